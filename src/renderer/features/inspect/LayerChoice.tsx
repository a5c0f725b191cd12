/** Which layer is looked at. */
import type { OutputFacts } from '../../../engine/index.ts';
import styles from './Inspect.module.css';

interface LayerChoiceProps {
  readonly layers: readonly OutputFacts[];
  readonly node: string;
  onChange(node: string): void;
}

export function LayerChoice({ layers, node, onChange }: LayerChoiceProps) {
  return (
    <select
      className={styles.select}
      aria-label="Layer"
      value={node}
      onChange={({ target }) => onChange(target.value)}
    >
      {layers.map((output) => (
        <option key={`${output.node} ${output.port}`} value={output.node}>
          {output.name}
        </option>
      ))}
    </select>
  );
}
