/** Which part of the data: training, validation or test, with how many samples each has. */
import type { Inside, Part } from '../../../engine/index.ts';
import styles from './Inspect.module.css';

const titles: Readonly<Record<Part, string>> = { train: 'training', validation: 'validation', test: 'test' };

export function PartChoice({
  inside,
  part,
  onChange,
}: {
  readonly inside: Inside;
  readonly part: Part;
  onChange(part: Part): void;
}) {
  const parts = (['train', 'validation', 'test'] as const).filter((name) => inside.parts[name] > 0);
  return (
    <select
      className={styles.select}
      aria-label="Part of the data"
      value={part}
      onChange={({ target }) => onChange(parts.find((name) => name === target.value) ?? part)}
    >
      {parts.map((name) => (
        <option key={name} value={name}>
          {titles[name]} ({inside.parts[name]})
        </option>
      ))}
    </select>
  );
}
