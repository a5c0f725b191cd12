/** How often an instance repeats, on the node itself: fewer, the number, more. */
import { Minus, Plus } from 'lucide-react';
import { setRepeat } from '../../document/commands/blocks.ts';
import { useWorkbench } from '../../session/workbench.ts';
import styles from './LayerNode.module.css';

interface Props {
  readonly id: string;
  readonly name: string;
  /** How often; null: once. */
  readonly repeat: number | null;
  /** It follows from a formula, which only the inspector changes. */
  readonly isFormula: boolean;
}

export function RepeatStepper({ id, name, repeat, isFormula }: Props) {
  const { document } = useWorkbench();
  const now = repeat ?? 1;
  const set = (n: number): void => document.getState().run(setRepeat(id, n, `repeat:${id}`));
  return (
    <fieldset className={`${styles.repeat} nodrag`} aria-label={`Repetitions of ${name}`}>
      {isFormula ? null : (
        <button type="button" aria-label="Fewer" disabled={now === 0} onClick={() => set(now - 1)}>
          <Minus aria-hidden />
        </button>
      )}
      <output>×{now}</output>
      {isFormula ? null : (
        <button type="button" aria-label="More" disabled={now >= 1000} onClick={() => set(now + 1)}>
          <Plus aria-hidden />
        </button>
      )}
    </fieldset>
  );
}
