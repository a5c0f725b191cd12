/** The attention weights of one sample, a map for each head. */
import { useMemo, useState } from 'react';
import type { Inside, Wish } from '../../../engine/index.ts';
import type { RunView } from '../../engine-client/run.ts';
import { HeatMaps } from './HeatMaps.tsx';
import type { HeatMap } from './heat-maps.ts';
import styles from './Inspect.module.css';
import { type Chosen, SampleBar } from './SampleChoice.tsx';
import { useSample } from './use-sample.ts';
import { Waiting } from './Waiting.tsx';

interface AttentionProps {
  readonly run: RunView;
  readonly inside: Inside;
  readonly node: string | null;
}

export function Attention({ run, inside, node }: AttentionProps) {
  const layers = attentionsOf(inside);
  const [chosen, setChosen] = useState<string | null>(null);
  const [sample, setSample] = useState<Chosen>({ part: 'train', index: 0 });
  const layer = layers.find(({ id }) => id === chosen) ?? layers.find((l) => l.node === node) ?? layers[0];
  const key = layer ? JSON.stringify([layer.wish]) : '[]';
  const wishes = useMemo((): readonly Wish[] => JSON.parse(key), [key]);
  const { inputs, targets, tensors, step, problem } = useSample(run, sample, wishes);
  const [tensor] = tensors ?? [];
  if (!layer) return null;
  const [queries = 1, keys = 1] = layer.shape.slice(-2);
  const heads = layer.shape.slice(0, -2).reduce((n, d) => n * d, 1);
  const size = queries * keys;
  const maps: HeatMap[] = tensor
    ? Array.from({ length: heads }, (_, i) => ({
        title: heads === 1 ? 'weights' : `head ${i}`,
        width: keys,
        height: queries,
        data: tensor.data.slice(i * size, (i + 1) * size),
      }))
    : [];
  const token = (i: number): string => {
    const name = inside.input.names[inputs?.[i] ?? -1];
    return name === undefined ? String(i) : `${i} “${name}”`;
  };
  return (
    <div className={styles.stack}>
      <SampleBar inside={inside} chosen={sample} inputs={inputs} targets={targets} onChange={setSample} />
      {tensor ? (
        <HeatMaps
          title={`Attention of ${layer.title}`}
          topic="attentionMaps"
          words="Queries in rows, keys in columns."
          maps={maps}
          range={{ low: 0, high: 1 }}
          note={`weights of step ${step} · rows: queries, columns: keys; each row adds up to 1`}
          name={(_, row, column) => `query ${token(row)} takes from key ${token(column)}`}
        >
          <select
            className={styles.select}
            aria-label="Attention"
            value={layer.id}
            onChange={({ target }) => setChosen(target.value)}
          >
            {layers.map(({ id, title }) => (
              <option key={id} value={id}>
                {title}
              </option>
            ))}
          </select>
        </HeatMaps>
      ) : (
        <Waiting problem={problem} />
      )}
    </div>
  );
}

interface AttentionSource {
  readonly id: string;
  readonly title: string;
  readonly node: string;
  readonly shape: readonly number[];
  readonly wish: Wish;
}

/** What layers show of their attentions, and ports that give the weights of one. */
export function attentionsOf({
  outputs,
  attentions,
}: Pick<Inside, 'outputs' | 'attentions'>): readonly AttentionSource[] {
  const shown = attentions.map(({ node, name, look, shape }): AttentionSource => {
    const many = attentions.filter((other) => other.node === node).length > 1;
    const title = many ? `${name} · ${look}` : name;
    return { id: `${node} ${look}`, title, node, shape, wish: { of: 'heads', node, look } };
  });
  const ports = outputs
    .filter(
      ({ category, port, shape }) => category === 'attention' && port === 'weights' && shape.length >= 2,
    )
    .filter(({ node }) => shown.every((other) => other.node !== node))
    .map(({ node, name, port, shape }): AttentionSource => {
      return { id: node, title: name, node, shape, wish: { of: 'output', node, port } };
    });
  return [...shown, ...ports];
}
