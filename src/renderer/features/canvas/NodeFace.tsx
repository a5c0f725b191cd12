/** What stands where other nodes have their strips: a data node says its data, a loss its number. */
import {
  type DataDescription,
  dataSpec,
  describeData,
  EngineError,
  generators,
  readable,
  shippedDatasets,
} from '../../../engine/index.ts';
import { useDocument, useLive } from '../../session/workbench.ts';
import styles from './LayerNode.module.css';

export function DataFace({ id }: { readonly id: string }) {
  const params = useDocument((s) => s.level.nodes[id]?.params);
  const spec = dataSpec.safeParse(params);
  if (!spec.success) return null;
  const { origin } = spec.data;
  return (
    <span className={styles.face}>
      <strong>{titleOf(origin)}</strong>
      <span>{shapeWords(describe(spec.data), isText(origin))}</span>
    </span>
  );
}

export function LossFace() {
  const loss = useLive((s) => s.loss);
  return (
    <span className={styles.face}>
      <strong className={styles.number}>{loss === null ? '–' : readable(loss)}</strong>
      <span>{loss === null ? 'not trained yet' : 'loss, smoothed'}</span>
    </span>
  );
}

type Origin = ReturnType<typeof dataSpec.parse>['origin'];

function titleOf(origin: Origin): string {
  if (origin.source === 'generated') return generators[origin.kind].title;
  if (origin.source === 'shipped') return shippedDatasets[origin.id].title;
  return origin.path.split(/[\\/]/).at(-1) ?? origin.path;
}

/** Null where the columns cannot be trained on, which is a problem said elsewhere. */
function describe(spec: ReturnType<typeof dataSpec.parse>): DataDescription | null {
  try {
    return describeData(spec);
  } catch (error) {
    if (error instanceof EngineError) return null;
    throw error;
  }
}

const isText = (origin: Origin): boolean =>
  origin.source === 'text' || (origin.source === 'shipped' && origin.id === 'sonnets');

/** `4 numbers → 3 classes`; of a text `64 characters → next of 27`. */
function shapeWords(data: DataDescription | null, isText: boolean): string {
  const [x] = data?.inputs ?? [];
  const [y] = data?.targets ?? [];
  if (!x || !y) return '';
  const of = isText ? 'character' : x.dtype === 'f32' ? 'number' : 'token';
  const given = x.shape.length > 1 ? x.shape.join(' × ') : count(x.shape[0] ?? 1, of);
  if (y.kind !== 'class') return `${given} → ${count(y.shape[0] ?? 1, 'number')}`;
  return isText ? `${given} → next of ${y.names.length}` : `${given} → ${count(y.names.length, 'class')}`;
}

function count(n: number, what: 'number' | 'class' | 'character' | 'token'): string {
  return n === 1 ? `1 ${what}` : `${n} ${what === 'class' ? 'classes' : `${what}s`}`;
}
