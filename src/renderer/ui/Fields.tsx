/** The plain fields of forms: one row with words on the left and a control on the right. */
import { Check, ChevronDown } from 'lucide-react';
import { Select, Switch } from 'radix-ui';
import { type ReactNode, useId, useState } from 'react';
import styles from './Field.module.css';

export interface Option {
  readonly value: string;
  readonly title: string;
}

export interface SelectFieldProps {
  readonly label: ReactNode;
  readonly name: string;
  readonly value: string;
  readonly options: readonly Option[];
  onChange(value: string): void;
}

export function SelectField({ label, name, value, options, onChange }: SelectFieldProps) {
  return (
    <div className={styles.row}>
      <span className={styles.label}>{label}</span>
      <Select.Root value={value} onValueChange={onChange}>
        <Select.Trigger className={styles.select} aria-label={name}>
          <Select.Value />
          <Select.Icon asChild>
            <ChevronDown aria-hidden />
          </Select.Icon>
        </Select.Trigger>
        <Select.Portal>
          <Select.Content className={styles.menu} position="popper" sideOffset={4} collisionPadding={8}>
            <Select.Viewport>
              {options.map((option) => (
                <Select.Item key={option.value} value={option.value} className={styles.option}>
                  <Select.ItemText>{option.title}</Select.ItemText>
                  <Select.ItemIndicator>
                    <Check aria-hidden />
                  </Select.ItemIndicator>
                </Select.Item>
              ))}
            </Select.Viewport>
          </Select.Content>
        </Select.Portal>
      </Select.Root>
    </div>
  );
}

export interface SwitchFieldProps {
  readonly label: ReactNode;
  readonly name: string;
  readonly value: boolean;
  onChange(value: boolean): void;
}

export function SwitchField({ label, name, value, onChange }: SwitchFieldProps) {
  const id = useId();
  return (
    <div className={styles.row}>
      <label htmlFor={id} className={styles.label}>
        {label}
      </label>
      <Switch.Root
        id={id}
        aria-label={name}
        className={styles.switch}
        checked={value}
        onCheckedChange={onChange}
      >
        <Switch.Thumb className={styles.thumb} />
      </Switch.Root>
    </div>
  );
}

export interface TextFieldProps {
  readonly label: ReactNode;
  readonly name: string;
  readonly value: string;
  /** Why a text is refused; null where it is taken. */
  whyNot?(text: string): string | null;
  onChange(value: string): void;
}

export function TextField({ label, name, value, whyNot, onChange }: TextFieldProps) {
  const id = useId();
  const [draft, setDraft] = useState<string | null>(null);
  const refusal = draft === null ? null : (whyNot?.(draft) ?? null);
  const commit = (): void => {
    setDraft(null);
    if (draft !== null && refusal === null && draft !== value) onChange(draft);
  };
  return (
    <>
      <div className={styles.row}>
        <label htmlFor={id} className={styles.label}>
          {label}
        </label>
        <span className={styles.box} data-wrong={refusal !== null}>
          <input
            id={id}
            aria-label={name}
            className={styles.input}
            value={draft ?? value}
            spellCheck={false}
            autoComplete="off"
            aria-invalid={refusal !== null}
            onChange={(event) => setDraft(event.target.value)}
            onBlur={commit}
            onKeyDown={(event) => {
              if (event.key === 'Enter') commit();
              if (event.key === 'Escape') setDraft(null);
            }}
          />
        </span>
      </div>
      {refusal === null ? null : (
        <p className={styles.refusal} role="alert">
          {refusal}
        </p>
      )}
    </>
  );
}
