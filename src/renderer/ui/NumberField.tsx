/** A number that is typed (arithmetic is understood), stepped with the arrow keys, or dragged by its label. */
import { type PointerEvent, type ReactNode, useId, useRef, useState } from 'react';
import { evaluateExpression } from '../../engine/index.ts';
import styles from './Field.module.css';

export interface NumberFieldProps {
  readonly label: ReactNode;
  /** What the field is called by those who hear the form; the label's own text where this is absent. */
  readonly name?: string;
  readonly value: number;
  readonly min?: number | undefined;
  readonly max?: number | undefined;
  readonly integer?: boolean;
  readonly unit?: string | undefined;
  /** `gesture` is the same for all values of one drag. */
  onChange(value: number, gesture: string | undefined): void;
}

/** Pixels of dragging that change the number by a tenth of itself, or by one. */
const PIXELS_PER_STEP = 6;
let gestures = 0;

export function NumberField({
  label,
  name,
  value,
  min,
  max,
  integer = false,
  unit,
  onChange,
}: NumberFieldProps) {
  const id = useId();
  const [draft, setDraft] = useState<string | null>(null);
  const drag = useRef<{ x: number; from: number; gesture: string } | null>(null);
  const isWrong = draft !== null && evaluateExpression(draft) === null;

  const fit = (n: number): number => {
    const whole = integer ? Math.round(n) : Number(n.toPrecision(6));
    return Math.min(max ?? Number.POSITIVE_INFINITY, Math.max(min ?? Number.NEGATIVE_INFINITY, whole));
  };
  const commit = (): void => {
    const typed = draft === null ? null : evaluateExpression(draft);
    setDraft(null);
    if (typed !== null && fit(typed) !== value) onChange(fit(typed), undefined);
  };
  const startDrag = (event: PointerEvent<HTMLElement>): void => {
    drag.current = { x: event.clientX, from: value, gesture: `drag:${++gestures}` };
    event.currentTarget.setPointerCapture(event.pointerId);
  };
  const move = (event: PointerEvent): void => {
    if (!drag.current) return;
    const steps = Math.round((event.clientX - drag.current.x) / PIXELS_PER_STEP);
    if (steps !== 0) onChange(fit(stepped(drag.current.from, steps, integer)), drag.current.gesture);
  };
  const endDrag = (): void => {
    drag.current = null;
  };

  return (
    <div className={styles.row}>
      <label
        htmlFor={id}
        className={styles.scrub}
        onPointerDown={startDrag}
        onPointerMove={move}
        onPointerUp={endDrag}
        onPointerCancel={endDrag}
      >
        {label}
      </label>
      <span className={styles.box} data-wrong={isWrong}>
        <input
          id={id}
          aria-label={name}
          className={styles.input}
          value={draft ?? formatNumber(value)}
          inputMode="decimal"
          spellCheck={false}
          autoComplete="off"
          aria-invalid={isWrong}
          onFocus={(event) => event.currentTarget.select()}
          onChange={(event) => setDraft(event.target.value)}
          onBlur={commit}
          onKeyDown={(event) => {
            if (event.key === 'Enter') commit();
            if (event.key === 'Escape') setDraft(null);
            if (event.key === 'ArrowUp' || event.key === 'ArrowDown') {
              event.preventDefault();
              const size = event.shiftKey ? 10 : 1;
              setDraft(null);
              onChange(fit(stepped(value, event.key === 'ArrowUp' ? size : -size, integer)), 'keys');
            }
          }}
        />
        {unit === undefined ? null : <span className={styles.unit}>{unit}</span>}
      </span>
    </div>
  );
}

/** Whole numbers go up by one; others by steps of the size of a tenth of their leading digit's place. */
function stepped(from: number, steps: number, integer: boolean): number {
  if (integer) return from + steps;
  const size = from === 0 ? 0.01 : 10 ** (Math.floor(Math.log10(Math.abs(from))) - 1);
  return from + steps * size;
}

export function formatNumber(value: number): string {
  const size = Math.abs(value);
  return size !== 0 && (size < 1e-4 || size >= 1e15) ? value.toExponential() : String(value);
}
