/** One sample, node by node: forward with its numbers, then backward with its gradient. */
import { ArrowLeft, ArrowRight, ChevronLeft, ChevronRight } from 'lucide-react';
import { type KeyboardEvent, useMemo, useState } from 'react';
import { formatShape, type Inside, layerOf, readable, type Tensor } from '../../../engine/index.ts';
import type { RunView } from '../../engine-client/run.ts';
import { allWeights, useAnswer } from '../../engine-client/use-answer.ts';
import { showNode } from '../../session/navigate.ts';
import { useWorkbench } from '../../session/workbench.ts';
import { Button } from '../../ui/Button.tsx';
import { Markdown } from '../../ui/Markdown.tsx';
import { WhatIsThis } from '../../ui/WhatIsThis.tsx';
import { readAnswer, readTarget } from './answers.ts';
import { letterOf, matrixLatex, tensorWords, withNumbers } from './formula.ts';
import styles from './Inspect.module.css';
import { type Chosen, SampleChoice } from './SampleChoice.tsx';
import { type Stage, stagesOf, wishesOf } from './stages.ts';
import { TensorFace } from './TensorFace.tsx';
import { useSample } from './use-sample.ts';
import { Waiting } from './Waiting.tsx';

interface MicroscopeProps {
  readonly run: RunView;
  readonly inside: Inside;
  /** Where to begin: the stage of this node on the way forward. */
  readonly node: string | null;
  readonly sample: Chosen;
  onSample(chosen: Chosen): void;
}

export function Microscope({ run, inside, node, sample, onSample }: MicroscopeProps) {
  const workbench = useWorkbench();
  const stages = useMemo(() => stagesOf(inside), [inside]);
  const wishes = useMemo(() => wishesOf(inside), [inside]);
  const [place, setPlace] = useState(() =>
    Math.max(
      0,
      stages.findIndex((s) => s.output.node === node),
    ),
  );
  const { inputs, targets, tensors, step, problem } = useSample(run, sample, wishes);
  const weights = useAnswer<'weights'>(run, allWeights);
  const stage = stages[place];
  const found = useMemo(() => {
    const byKey = new Map<string, Tensor>();
    wishes.forEach((wish, i) => {
      const tensor = tensors?.[i];
      if (tensor) byKey.set(keyOf(wish), tensor);
    });
    return byKey;
  }, [wishes, tensors]);

  function go(to: number): void {
    const next = Math.min(stages.length - 1, Math.max(0, to));
    setPlace(next);
    const at = stages[next]?.output.node;
    // The canvas shows where we are.
    if (at !== undefined) showNode(workbench, at, { keepFocus: true });
  }
  function keys(event: KeyboardEvent): void {
    const isField = event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement;
    const by = isField ? 0 : event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (by === 0) return;
    event.preventDefault();
    event.stopPropagation();
    go(place + by);
  }

  if (!stage) return null;
  const loss = found.get('loss')?.data[0];
  const answer = found.get('answer');
  return (
    <div className={styles.stack}>
      <div className={styles.bar}>
        <strong>Microscope</strong>
        <WhatIsThis topic="microscope" />
        <SampleChoice inside={inside} chosen={sample} inputs={inputs} targets={targets} onChange={onSample} />
        <span className={styles.spring} />
        {answer && targets ? (
          <span className={styles.note}>
            answer {readAnswer(inside, answer.data).text} · truth {readTarget(inside, targets)} · loss{' '}
            {readable(loss ?? Number.NaN)} · weights of step {step}
          </span>
        ) : null}
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: a walk through stages, no fieldset */}
      <div
        className={styles.walk}
        role="group"
        aria-label="Stages. Arrow keys walk."
        // biome-ignore lint/a11y/noNoninteractiveTabindex: arrows walk through the stages
        tabIndex={0}
        onKeyDown={keys}
      >
        <nav className={styles.way} aria-label="The way of the sample">
          <Button tone="quiet" disabled={place === 0} onClick={() => go(place - 1)}>
            <ChevronLeft aria-hidden /> Back
          </Button>
          <ol>
            {stages.map(({ direction, output }, i) => (
              <li key={`${direction} ${output.node}`}>
                <button
                  type="button"
                  data-direction={direction}
                  aria-current={i === place ? 'step' : undefined}
                  title={`${output.name}, ${direction}`}
                  aria-label={`${output.name}, ${direction}`}
                  onClick={() => go(i)}
                />
              </li>
            ))}
          </ol>
          <Button tone="primary" disabled={place === stages.length - 1} onClick={() => go(place + 1)}>
            On <ChevronRight aria-hidden />
          </Button>
        </nav>
        {tensors ? (
          <StageView
            inside={inside}
            stage={stage}
            found={found}
            weights={weights.value?.tensors ?? {}}
            sample={inputs}
          />
        ) : (
          <Waiting problem={problem} />
        )}
      </div>
    </div>
  );
}

interface StageViewProps {
  readonly inside: Inside;
  readonly stage: Stage;
  readonly found: ReadonlyMap<string, Tensor>;
  readonly weights: Readonly<Record<string, Tensor>>;
  readonly sample: Float32Array | null;
}

function StageView({ inside, stage, found, weights, sample }: StageViewProps) {
  const { output, direction, inputs } = stage;
  const layer = layerOf(output.kind);
  const isBack = direction === 'backward';
  const value = found.get(`output ${output.node} ${output.port}`);
  const gradient = found.get(`gradient ${output.node} ${output.port}`);
  const entering = inputs.map(({ letter, node, port }) => ({
    letter,
    node,
    value: found.get(`output ${node} ${port}`) ?? dataTensor(inside, sample, node, found),
    gradient: found.get(`gradient ${node} ${port}`),
  }));
  const own = inside.parameters.filter((p) => p.node === output.node);
  const numbers = new Map<string, Tensor>();
  for (const { letter, value: tensor } of entering) if (tensor) numbers.set(letter, tensor);
  if (value) numbers.set('y', value);
  for (const { name, tensor } of own) {
    const found = weights[name];
    const letter = letterOf[tensor];
    if (found && letter !== undefined) numbers.set(letter, found);
  }
  const written = layer && !isBack ? withNumbers(layer, numbers) : null;
  const chain =
    '\\frac{\\partial L}{\\partial x} = \\frac{\\partial L}{\\partial y} \\, \\frac{\\partial y}{\\partial x}';
  const name = inputs.length === 0 ? 'data' : inputs.map(({ node }) => nameOf(inside, node)).join(', ');
  return (
    <article className={styles.stage} aria-live="polite">
      <header>
        {isBack ? <ArrowLeft aria-hidden /> : <ArrowRight aria-hidden />}
        <h3>
          {output.name} <small>{layer?.title ?? output.kind}</small>
        </h3>
        <WhatIsThis topic="tensorFace" />
        <span className={styles.note}>
          {isBack ? `the gradient goes back to ${name}` : `from ${name}`} · shape {formatShape(output.shape)}
        </span>
      </header>
      <Markdown
        text={[
          layer ? `$$\n${layer.formula}\n$$` : '',
          isBack ? `$$\n${chain}\n$$` : '',
          written === null ? '' : `$$\n${written}\n$$`,
        ]
          .filter(Boolean)
          .join('\n\n')}
      />
      <div className={styles.tensors}>
        {isBack ? (
          <>
            <Part symbol="∂L/∂y" what={`arrives at ${output.name}`} tensor={gradient} />
            {entering.map(({ letter, node, gradient: passed }) => (
              <Part
                key={letter}
                symbol={`∂L/∂${letter}`}
                what={passed ? `goes on to ${nameOf(inside, node)}` : 'ends here: the data has no gradient'}
                tensor={passed}
              />
            ))}
          </>
        ) : (
          <>
            {entering.map(({ letter, node, value: tensor }) => (
              <Part key={letter} symbol={letter} what={`from ${nameOf(inside, node)}`} tensor={tensor} />
            ))}
            {own.map((p) => (
              <Part
                key={p.name}
                symbol={letterOf[p.tensor] ?? p.tensor}
                what={p.name}
                tensor={weights[p.name]}
              />
            ))}
            <Part symbol="y" what={`what ${output.name} gives`} tensor={value} />
          </>
        )}
      </div>
    </article>
  );
}

function Part({
  symbol,
  what,
  tensor,
}: {
  readonly symbol: string;
  readonly what: string;
  readonly tensor: Tensor | undefined;
}) {
  const latex = tensor && matrixLatex(tensor);
  return (
    <section className={styles.tensor}>
      <h4>
        {symbol} <small>{what}</small>
      </h4>
      {tensor ? (
        <>
          {latex === null || latex === undefined ? (
            <TensorFace tensor={tensor} />
          ) : (
            <Markdown text={`$$\n${latex}\n$$`} />
          )}
          <small>
            {formatShape(tensor.shape)} · {tensorWords(tensor)}
          </small>
        </>
      ) : null}
    </section>
  );
}

function nameOf(inside: Inside, node: string): string {
  return inside.outputs.find((output) => output.node === node)?.name ?? node;
}

/** What the data node gives is the sample itself. */
function dataTensor(
  { input, outputs }: Inside,
  sample: Float32Array | null,
  node: string,
  found: ReadonlyMap<string, Tensor>,
): Tensor | undefined {
  const isData = sample !== null && found.size > 0 && !outputs.some((output) => output.node === node);
  return isData ? { shape: [1, ...input.shape], data: Float32Array.from(sample) } : undefined;
}

function keyOf(wish: { readonly of: string; readonly node?: string; readonly port?: string }): string {
  return wish.node === undefined ? wish.of : `${wish.of} ${wish.node} ${wish.port}`;
}
