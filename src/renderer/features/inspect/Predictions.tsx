/** The answers of a part of the data in a table, the worst first, or in the data's order. */
import { Copy } from 'lucide-react';
import { useMemo, useState } from 'react';
import { toast } from 'sonner';
import { type Inside, type Part, readable } from '../../../engine/index.ts';
import type { RunView } from '../../engine-client/run.ts';
import { useAnswer } from '../../engine-client/use-answer.ts';
import { Button } from '../../ui/Button.tsx';
import { csvOf } from '../../ui/picture.ts';
import { WhatIsThis } from '../../ui/WhatIsThis.tsx';
import { answeredOf, answeredWords, isClassifier, readAnswer, readTarget, rowOf } from './answers.ts';
import styles from './Inspect.module.css';
import { PartChoice } from './PartChoice.tsx';
import { SampleFace } from './SampleFace.tsx';
import { Waiting } from './Waiting.tsx';

const PAGE = 40;

interface PredictionsProps {
  readonly run: RunView;
  readonly inside: Inside;
  onLook(part: Part, index: number): void;
}

export function Predictions({ run, inside, onLook }: PredictionsProps) {
  const [part, setPart] = useState<Part>(inside.parts.validation > 0 ? 'validation' : 'train');
  const [order, setOrder] = useState<'worst' | 'data'>('worst');
  const [page, setPage] = useState(0);
  const most = answeredOf(inside, part);
  const request = useMemo(() => ({ kind: 'answers' as const, part, most }), [part, most]);
  const { value, problem } = useAnswer<'answers'>(run, request);
  const places = useMemo(() => {
    const all = Array.from(value?.losses ?? [], (_, i) => i);
    return order === 'data' ? all : all.sort((a, b) => (value?.losses[b] ?? 0) - (value?.losses[a] ?? 0));
  }, [value, order]);
  const pages = Math.max(1, Math.ceil(places.length / PAGE));
  const now = Math.min(page, pages - 1);
  const shown = places.slice(now * PAGE, (now + 1) * PAGE);
  const key = shown.join();
  const asked = useMemo(
    () => ({ kind: 'samples' as const, part, places: key === '' ? [] : key.split(',').map(Number) }),
    [part, key],
  );
  const samples = useAnswer<'samples'>(run, asked).value?.samples;
  if (!value) return <Waiting problem={problem} />;
  const isClass = isClassifier(inside);
  const targetOf = (i: number): Float32Array => rowOf(value.targets, i, inside.target.size);
  const answerOf = (i: number): Float32Array => rowOf(value.answers.data, i, inside.answerSize);

  async function copy(): Promise<void> {
    if (!value) return;
    const rows = places.map((i) => [
      i,
      readTarget(inside, targetOf(i)),
      readAnswer(inside, answerOf(i)).text,
      value.losses[i] ?? '',
    ]);
    await navigator.clipboard.writeText(csvOf([['sample', 'truth', 'answer', 'loss'], ...rows]));
    toast.success(`Copied ${rows.length} rows as CSV`);
  }

  return (
    <div className={styles.table}>
      <header>
        <strong>Predictions</strong>
        <WhatIsThis topic="predictions" />
        <span className={styles.note}>
          weights of step {value.step} · {answeredWords(inside, part)}
        </span>
        <span className={styles.spring} />
        <PartChoice inside={inside} part={part} onChange={setPart} />
        <select
          className={styles.select}
          aria-label="Order"
          value={order}
          onChange={({ target }) => setOrder(target.value === 'data' ? 'data' : 'worst')}
        >
          <option value="worst">largest loss first</option>
          <option value="data">as in the data</option>
        </select>
        <Button tone="quiet" disabled={now === 0} onClick={() => setPage(now - 1)}>
          Back
        </Button>
        <span className={styles.note}>
          {now + 1} of {pages}
        </span>
        <Button tone="quiet" disabled={now >= pages - 1} onClick={() => setPage(now + 1)}>
          On
        </Button>
        <Button tone="quiet" onClick={() => void copy()}>
          <Copy aria-hidden /> CSV
        </Button>
      </header>
      <div className={styles.scroll}>
        <table>
          <thead>
            <tr>
              <th scope="col">#</th>
              <th scope="col">sample</th>
              <th scope="col">truth</th>
              <th scope="col">answer</th>
              <th scope="col">loss</th>
              <th aria-label="Look" />
            </tr>
          </thead>
          <tbody>
            {shown.map((place) => {
              const at = samples?.places.indexOf(place) ?? -1;
              const { label, text } = readAnswer(inside, answerOf(place));
              const isWrong = isClass && label !== targetOf(place)[0];
              return (
                <tr key={place} data-wrong={isWrong}>
                  <td>{place}</td>
                  <td>
                    {at < 0 ? (
                      '…'
                    ) : (
                      <SampleFace
                        field={inside.input}
                        data={rowOf(samples?.inputs, at, inside.input.size)}
                        size={28}
                      />
                    )}
                  </td>
                  <td>{readTarget(inside, targetOf(place))}</td>
                  <td>
                    {isWrong ? '✕ ' : ''}
                    {text}
                  </td>
                  <td>{readable(value.losses[place] ?? Number.NaN)}</td>
                  <td>
                    <button type="button" className={styles.link} onClick={() => onLook(part, place)}>
                      Microscope
                    </button>
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </div>
  );
}
