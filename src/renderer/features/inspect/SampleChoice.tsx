/** Which sample is looked at: a part of the data and a place in it, with the sample in small. */
import { ChevronLeft, ChevronRight } from 'lucide-react';
import type { Inside, Part } from '../../../engine/index.ts';
import { IconButton } from '../../ui/Button.tsx';
import { readTarget } from './answers.ts';
import styles from './Inspect.module.css';
import { PartChoice } from './PartChoice.tsx';
import { SampleFace } from './SampleFace.tsx';

/** A place in a part of the data. */
export interface Chosen {
  readonly part: Part;
  readonly index: number;
}

interface SampleChoiceProps {
  readonly inside: Inside;
  readonly chosen: Chosen;
  /** The sample itself, where it has arrived. */
  readonly inputs: Float32Array | null;
  readonly targets: Float32Array | null;
  onChange(chosen: Chosen): void;
}

export function SampleChoice({ inside, chosen, inputs, targets, onChange }: SampleChoiceProps) {
  const { part, index } = chosen;
  const last = inside.parts[part] - 1;
  const go = (to: number): void => onChange({ part, index: Math.min(last, Math.max(0, to)) });
  return (
    <span className={styles.choice}>
      <PartChoice inside={inside} part={part} onChange={(next) => onChange({ part: next, index: 0 })} />
      <IconButton label="Sample before" disabled={index === 0} onClick={() => go(index - 1)}>
        <ChevronLeft aria-hidden />
      </IconButton>
      <input
        type="number"
        className={styles.number}
        aria-label="Sample"
        min={0}
        max={last}
        value={index}
        onChange={({ target }) => go(Math.round(target.valueAsNumber || 0))}
      />
      <IconButton label="Sample after" disabled={index >= last} onClick={() => go(index + 1)}>
        <ChevronRight aria-hidden />
      </IconButton>
      {inputs && inputs.length > 0 ? <SampleFace field={inside.input} data={inputs} size={26} /> : null}
      {targets && targets.length > 0 ? <small>truth: {readTarget(inside, targets)}</small> : null}
    </span>
  );
}

/** The choice in a line of its own, over what is made of the sample. */
export function SampleBar(props: SampleChoiceProps) {
  return (
    <div className={styles.bar}>
      <SampleChoice {...props} />
    </div>
  );
}
