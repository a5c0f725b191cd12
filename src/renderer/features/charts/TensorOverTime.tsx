/** One tensor over time, chosen from all that are captured: as ridges, or as the strip that stands on nodes. */
import { useMemo, useRef, useState } from 'react';
import type { RunView } from '../../engine-client/run.ts';
import { useTraining, useTrainingClient } from '../../engine-client/training.ts';
import { StripColumns } from '../../pictures/strip-columns.ts';
import { useSavePicture } from '../../session/save-picture.ts';
import { useSession } from '../../session/workbench.ts';
import choices from '../../ui/Choices.module.css';
import { Drawing } from '../../ui/Drawing.tsx';
import styles from './Charts.module.css';
import { tensorWords } from './overlay-option.ts';
import { drawRidges, fitting, type Ridge, ridgeAt, ridgesOf, ridgeTable, ridgeWords } from './ridgeline.ts';
import { versionOf } from './runs.ts';
import { drawStrip, followStrip, stripColumnAt, stripTable, stripWords } from './tensor-strip.ts';

type View = 'ridges' | 'strip';

export function TensorOverTime({ run }: { readonly run: RunView }) {
  const { client } = useTrainingClient();
  const at = useTraining((s) => s.at);
  const onSave = useSavePicture();
  const selected = useSession((s) => [...s.selection.nodes][0]);
  const [chosen, setChosen] = useState<number | null>(null);
  const [view, setView] = useState<View>('ridges');
  const segments = run.facts?.segments ?? [];
  const ofSelection = segments.findIndex(({ node, what }) => node === selected && what === 'gradient');
  const segment = chosen ?? Math.max(0, ofSelection);
  const tensor = segments[segment];
  const known = useRef({ of: '', ridges: new Map<number, Ridge>(), columns: new StripColumns() });
  const key = `${run.id}.${run.generation}.${segment}`;
  if (known.current.of !== key) known.current = { of: key, ridges: new Map(), columns: new StripColumns() };
  const history = run.log?.history;
  const version = `${versionOf([run])} ${segment} ${view}`;
  // A history grows in place, and `version` says when.
  const ridges = useMemo(
    () => (version && history ? ridgesOf(history, segment, known.current.ridges) : []),
    [version, history, segment],
  );
  if (!tensor || !history) return null;
  const { columns } = known.current;
  if (view === 'strip') followStrip(columns, history, segment);
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
      topic={view === 'ridges' ? 'ridgeline' : 'strips'}
      words={
        view === 'ridges'
          ? `One histogram of ${name} per captured step, the newest in front.`
          : `The strip of ${name}: time to the right, magnitude upwards.`
      }
      version={`${version} ${at}`}
      draw={(brush, size, theme) =>
        view === 'ridges'
          ? drawRidges(brush, fitting(ridges, size), size, { theme, at })
          : drawStrip(brush, columns, size, { theme, at })
      }
      hover={(x, y, size) =>
        view === 'ridges' ? ridgeWords(fitting(ridges, size), x, y, size) : stripWords(columns, x, y, size)
      }
      press={(x, y, size) => {
        const shown = fitting(ridges, size);
        const place = view === 'ridges' ? ridgeAt(y, shown.length, size) : stripColumnAt(columns, x, size);
        if (place === null) return;
        client.seek((view === 'ridges' ? shown[place]?.step : columns.lastSteps[place]) ?? null);
      }}
      move={(dx, dy) => step(dx + dy)}
      table={() => (view === 'ridges' ? ridgeTable(ridges) : stripTable(columns))}
      onSave={onSave}
      legend={
        <>
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
          <span>
            {view === 'ridges'
              ? 'share of all elements, one scale; the ends hold what lies beyond'
              : 'each column by itself'}
          </span>
        </>
      }
    >
      <div className={choices.choices} role="radiogroup" aria-label="Drawn as">
        {(['ridges', 'strip'] as const).map((kind) => (
          <label key={kind} data-checked={kind === view}>
            <input type="radio" name="over-time" checked={kind === view} onChange={() => setView(kind)} />
            {kind}
          </label>
        ))}
      </div>
    </Drawing>
  );
}
