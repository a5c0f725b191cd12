/** One tensor over time, chosen from all that are captured. */
import { useMemo, useRef, useState } from 'react';
import type { RunView } from '../../engine-client/run.ts';
import { useTraining, useTrainingClient } from '../../engine-client/training.ts';
import { useSavePicture } from '../../session/save-picture.ts';
import { useSession } from '../../session/workbench.ts';
import { Drawing } from '../../ui/Drawing.tsx';
import styles from './Charts.module.css';
import { tensorWords } from './overlay-option.ts';
import { drawRidges, fitting, type Ridge, ridgeAt, ridgesOf, ridgeTable, ridgeWords } from './ridgeline.ts';
import { versionOf } from './runs.ts';

export function Ridgeline({ run }: { readonly run: RunView }) {
  const { client } = useTrainingClient();
  const at = useTraining((s) => s.at);
  const onSave = useSavePicture();
  const selected = useSession((s) => [...s.selection.nodes][0]);
  const [chosen, setChosen] = useState<number | null>(null);
  const segments = run.facts?.segments ?? [];
  const ofSelection = segments.findIndex(({ node, what }) => node === selected && what === 'gradient');
  const segment = chosen ?? Math.max(0, ofSelection);
  const tensor = segments[segment];
  const known = useRef({ of: '', ridges: new Map<number, Ridge>() });
  const key = `${run.id}.${run.generation}.${segment}`;
  if (known.current.of !== key) known.current = { of: key, ridges: new Map() };
  const history = run.log?.history;
  const version = `${versionOf([run])} ${segment}`;
  const ridges = useMemo(
    () => (history ? ridgesOf(history, segment, known.current.ridges) : []),
    [version, history, segment],
  );
  if (!tensor) return null;
  const step = (by: number): string => {
    const now = at === null ? ridges.length - 1 : ridges.findLastIndex((ridge) => ridge.step <= at);
    const ridge = ridges[Math.min(ridges.length - 1, Math.max(0, now + by))];
    if (!ridge) return '';
    client.seek(ridge.step);
    return `step ${ridge.step}`;
  };
  const name = `${tensor.name} · ${tensor.tensor} · ${tensorWords[tensor.what]}`;
  return (
    <Drawing
      title="One tensor over time"
      topic="ridgeline"
      words={`One histogram of ${name} per captured step, the newest in front.`}
      version={`${version} ${at}`}
      draw={(brush, size, theme) => drawRidges(brush, fitting(ridges, size), size, { theme, at })}
      hover={(x, y, size) => ridgeWords(fitting(ridges, size), x, y, size)}
      press={(_, y, size) => {
        const shown = fitting(ridges, size);
        const place = ridgeAt(y, shown.length, size);
        if (place !== null) client.seek(shown[place]?.step ?? null);
      }}
      move={(dx, dy) => step(dx + dy)}
      table={() => ridgeTable(ridges)}
      onSave={onSave}
      legend="share of all elements, one scale for all steps"
    >
      <select
        className={styles.tensor}
        aria-label="Tensor"
        value={segment}
        onChange={({ target }) => setChosen(Number(target.value))}
      >
        {segments.map(({ node, name: layer, what, tensor: part }, i) => (
          <option key={`${node} ${what} ${part}`} value={i}>
            {layer} · {part} · {tensorWords[what]}
          </option>
        ))}
      </select>
    </Drawing>
  );
}
