/** The attention weights of one sample, a map for each head. */
import { useMemo, useState } from 'react';
import type { Inside } from '../../../engine/index.ts';
import type { RunView } from '../../engine-client/run.ts';
import { HeatMaps } from './HeatMaps.tsx';
import type { HeatMap } from './heat-maps.ts';
import styles from './Inspect.module.css';
import { LayerChoice } from './LayerChoice.tsx';
import { type Chosen, SampleChoice } from './SampleChoice.tsx';
import { useSample } from './use-sample.ts';
import { Waiting } from './Waiting.tsx';

interface AttentionProps {
  readonly run: RunView;
  readonly inside: Inside;
  readonly node: string | null;
}

export function Attention({ run, inside, node }: AttentionProps) {
  const layers = attentionLayers(inside);
  const [chosen, setChosen] = useState<string | null>(null);
  const [sample, setSample] = useState<Chosen>({ part: 'train', index: 0 });
  const wanted = chosen ?? node;
  const layer = layers.find((output) => output.node === wanted) ?? layers[0];
  const wishes = useMemo(
    () => (layer ? [{ of: 'output' as const, node: layer.node, port: layer.port }] : []),
    [layer],
  );
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
      <div className={styles.bar}>
        <SampleChoice
          inside={inside}
          chosen={sample}
          inputs={inputs}
          targets={targets}
          onChange={setSample}
        />
      </div>
      {tensor ? (
        <HeatMaps
          title={`Attention of ${layer.name}`}
          topic="attentionMaps"
          words="Queries in rows, keys in columns."
          maps={maps}
          range={{ low: 0, high: 1 }}
          note={`weights of step ${step} · rows: queries, columns: keys; each row adds up to 1`}
          name={(_, row, column) => `query ${token(row)} takes from key ${token(column)}`}
        >
          <LayerChoice layers={layers} node={layer.node} onChange={setChosen} />
        </HeatMaps>
      ) : (
        <Waiting problem={problem} />
      )}
    </div>
  );
}

/** Ports that give the weights of an attention. */
export function attentionLayers({ outputs }: Pick<Inside, 'outputs'>) {
  return outputs.filter(
    ({ category, port, shape }) => category === 'attention' && port === 'weights' && shape.length >= 2,
  );
}
