/** A look at generated data: points in a picture, sequences as the first few of them with their answers. */
import { type Dataset, sampleOf } from '../../../engine/index.ts';
import styles from './Inspector.module.css';
import { ScatterPreview } from './ScatterPreview.tsx';

/** More do not help, and push the form down. */
const shownSamples = 6;

export function DataPreview({ dataset }: { readonly dataset: Dataset }) {
  const [input] = dataset.inputs;
  if (input?.dtype === 'f32' && input.shape.length === 1) return <ScatterPreview dataset={dataset} />;
  return <SamplePreview dataset={dataset} />;
}

function SamplePreview({ dataset }: { readonly dataset: Dataset }) {
  const [input] = dataset.inputs;
  const [target] = dataset.targets;
  if (!input || !target) return null;
  return (
    <ol className={styles.samples} aria-label={`The first samples of ${dataset.name}`}>
      {Array.from({ length: Math.min(shownSamples, dataset.count) }, (_, i) => {
        const [x, y] = [sampleText(input, i), sampleText(target, i)];
        return (
          <li key={`${x} ${y}`}>
            <span title={x}>{x}</span> → <span title={y}>{y}</span>
          </li>
        );
      })}
    </ol>
  );
}

/** Tokens by their names, joined where they are letters; numbers with two decimals, steps apart. */
function sampleText(field: Dataset['inputs'][number] | Dataset['targets'][number], sample: number): string {
  if (field.dtype === 'u32') return Array.from(sampleOf(field, sample), (code) => field.names[code]).join('');
  const numbers = Array.from(sampleOf(field, sample), (v) => String(Number(v.toFixed(2))));
  const width = field.shape.at(-1) ?? 1;
  const steps = Array.from({ length: numbers.length / width }, (_, t) =>
    numbers.slice(t * width, (t + 1) * width).join(' '),
  );
  return steps.join(', ');
}
