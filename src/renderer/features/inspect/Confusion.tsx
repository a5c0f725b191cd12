/** The confusion matrix, and the samples behind the chosen cell. */
import { useMemo, useState } from 'react';
import type { Inside, Part } from '../../../engine/index.ts';
import type { RunView } from '../../engine-client/run.ts';
import { useAnswer } from '../../engine-client/use-answer.ts';
import { useSavePicture } from '../../session/save-picture.ts';
import { Drawing } from '../../ui/Drawing.tsx';
import { Empty } from '../../ui/Empty.tsx';
import { answeredOf, answeredWords, readAnswer, rowOf } from './answers.ts';
import {
  accuracyOf,
  type Cell,
  cellAt,
  cellWords,
  confusionOf,
  confusionTable,
  drawConfusion,
} from './confusion.ts';
import styles from './Inspect.module.css';
import { PartChoice } from './PartChoice.tsx';
import { SampleFace } from './SampleFace.tsx';
import { Waiting } from './Waiting.tsx';

/** Samples of a cell that are shown. */
const MOST_SHOWN = 40;

interface ConfusionProps {
  readonly run: RunView;
  readonly inside: Inside;
  /** A sample of a part was chosen, to be looked at node by node. */
  onLook(part: Part, index: number): void;
}

export function Confusion({ run, inside, onLook }: ConfusionProps) {
  const [part, setPart] = useState<Part>(inside.parts.validation > 0 ? 'validation' : 'train');
  const [chosen, setChosen] = useState<Cell | null>(null);
  const onSave = useSavePicture();
  const most = answeredOf(inside, part);
  const request = useMemo(() => ({ kind: 'answers' as const, part, most }), [part, most]);
  const { value, problem } = useAnswer<'answers'>(run, request);
  const confusion = useMemo(() => value && confusionOf(inside, value), [inside, value]);
  const behind = useMemo(
    () => (chosen && confusion?.cells[chosen[0]]?.[chosen[1]]) ?? [],
    [chosen, confusion],
  );
  const shown = behind.slice(0, MOST_SHOWN).join();
  const asked = useMemo(
    () => ({ kind: 'samples' as const, part, places: shown === '' ? [] : shown.split(',').map(Number) }),
    [part, shown],
  );
  const samples = useAnswer<'samples'>(run, asked).value?.samples;
  if (!value || !confusion) return <Waiting problem={problem} />;
  const n = confusion.names.length;
  return (
    <div className={styles.pair}>
      <Drawing
        title="Confusion matrix"
        topic="confusion"
        words={`Truth in rows, answers in columns, of ${answeredWords(inside, part)}.`}
        version={{ confusion, chosen }}
        draw={(brush, size, theme) => drawConfusion(brush, confusion, size, { theme, chosen })}
        hover={(x, y, size) => {
          const cell = cellAt(confusion, size, x, y);
          return cell && cellWords(confusion, cell);
        }}
        press={(x, y, size) => setChosen(cellAt(confusion, size, x, y))}
        move={(dx, dy) => {
          const [truth, answer] = chosen ?? [0, 0];
          const clip = (i: number): number => Math.min(n - 1, Math.max(0, i));
          const next: Cell = chosen ? [clip(truth + dy), clip(answer + dx)] : [0, 0];
          setChosen(next);
          const { title, lines } = cellWords(confusion, next);
          return [title, ...lines].join(', ');
        }}
        table={() => confusionTable(confusion)}
        onSave={onSave}
        legend={`weights of step ${value.step} · ${answeredWords(inside, part)} · ${Math.round(1000 * accuracyOf(confusion)) / 10} % right · colour: share of the row`}
      >
        <PartChoice inside={inside} part={part} onChange={setPart} />
      </Drawing>
      <section className={styles.behind} aria-label="Samples behind the cell">
        {chosen === null ? (
          <Empty>Choose a cell to see its samples.</Empty>
        ) : (
          <>
            <h3>
              {confusion.names[chosen[0]]} answered with {confusion.names[chosen[1]]}: {behind.length}
            </h3>
            <ul>
              {(samples?.places ?? []).map((index, i) => (
                <li key={index}>
                  <SampleFace field={inside.input} data={rowOf(samples?.inputs, i, inside.input.size)} />
                  <span>
                    <small>#{index}</small>{' '}
                    {readAnswer(inside, rowOf(value.answers.data, index, inside.answerSize)).text}
                  </span>
                  <button type="button" className={styles.link} onClick={() => onLook(part, index)}>
                    Microscope
                  </button>
                </li>
              ))}
            </ul>
          </>
        )}
      </section>
    </div>
  );
}
