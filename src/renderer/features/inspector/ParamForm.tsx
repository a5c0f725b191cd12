/** A form made from a declaration: layers and optimisers alike. A dot marks what differs from the default, and resets it. */
import { SquareFunction } from 'lucide-react';
import { isFieldShown, isFormula, type Json, type ParamField } from '../../../engine/index.ts';
import { SelectField, SwitchField, TextField } from '../../ui/Fields.tsx';
import { NumberField } from '../../ui/NumberField.tsx';
import { Tip } from '../../ui/Tip.tsx';
import styles from './Inspector.module.css';
import { readFormula, readJson, readSizes } from './read-values.ts';

export interface ParamFormProps {
  readonly fields: readonly ParamField[];
  readonly values: Readonly<Record<string, Json>>;
  /** `undefined` puts the default back; `gesture` is the same for all values of one drag. */
  onChange(name: string, value: Json | undefined, gesture?: string): void;
  /** Makes a field a parameter of the canvas; absent where a form's fields cannot be. */
  onExpose?(field: ParamField, value: Json): void;
}

export function ParamForm({ fields, values, onChange, onExpose }: ParamFormProps) {
  const all = Object.fromEntries(fields.map((f) => [f.name, values[f.name] ?? f.default]));
  const shown = fields.filter((field) => isFieldShown(field, all));
  return (
    <div className={styles.form}>
      {shown.map((field) => (
        <Field
          key={field.name}
          field={field}
          value={all[field.name]}
          onChange={(value, gesture) => onChange(field.name, value, gesture)}
          {...(onExpose && { onExpose: (value: Json) => onExpose(field, value) })}
        />
      ))}
    </div>
  );
}

interface FieldProps {
  readonly field: ParamField;
  readonly value: unknown;
  onChange(value: Json | undefined, gesture?: string): void;
  onExpose?(value: Json): void;
}

function Field({ field, value, onChange, onExpose }: FieldProps) {
  const differs = JSON.stringify(value) !== JSON.stringify(field.default);
  const hot = field.hot ? ' May change while training.' : '';
  const label = (
    <>
      <Tip side="left" text={`${field.description}${hot}${boundsText(field)}`}>
        <span>{field.title}</span>
      </Tip>
      {differs ? (
        <Tip text={`Reset to ${String(field.default)}`} side="left">
          <button
            type="button"
            className={styles.changed}
            aria-label={`${field.title} differs from its default. Reset it.`}
            onPointerDown={(event) => event.stopPropagation()}
            onClick={() => onChange(undefined)}
          />
        </Tip>
      ) : null}
      {onExpose && isPlain(value) ? (
        <Tip text="Make it a parameter of this canvas, read by a formula" side="left">
          <button
            type="button"
            className={styles.expose}
            aria-label={`Make ${field.title} a parameter`}
            onPointerDown={(event) => event.stopPropagation()}
            onClick={() => onExpose(value)}
          >
            <SquareFunction aria-hidden />
          </button>
        </Tip>
      ) : null}
    </>
  );
  if (isFormula(value))
    return (
      <TextField
        label={label}
        name={field.title}
        value={`= ${value['=']}`}
        whyNot={(text) =>
          readFormula(text) === null ? 'A number, or = and a formula: = channels / 4.' : null
        }
        onChange={(text) => onChange(readFormula(text) ?? undefined)}
      />
    );
  switch (field.type) {
    case 'number':
    case 'integer':
      return (
        <NumberField
          label={label}
          name={field.title}
          value={Number(value)}
          min={field.min}
          max={field.max}
          integer={field.type === 'integer'}
          unit={field.unit}
          onChange={onChange}
        />
      );
    case 'boolean':
      return <SwitchField label={label} name={field.title} value={value === true} onChange={onChange} />;
    case 'choice':
      return (
        <SelectField
          label={label}
          name={field.title}
          value={String(value)}
          options={(field.values ?? []).map((v) => ({ value: v, title: field.choices?.[v] ?? v }))}
          onChange={onChange}
        />
      );
    case 'text':
      return <TextField label={label} name={field.title} value={String(value)} onChange={onChange} />;
    case 'sizes':
      return (
        <TextField
          label={label}
          name={field.title}
          value={Array.isArray(value) ? value.join(' × ') : ''}
          whyNot={(text) => (readSizes(text) ? null : 'Whole numbers with × or commas between: 28 × 28.')}
          onChange={(text) => onChange(readSizes(text) ?? undefined)}
        />
      );
    case 'json':
      return (
        <TextField
          label={label}
          name={field.title}
          value={JSON.stringify(value)}
          whyNot={(text) => (readJson(text) === undefined ? 'This is not JSON.' : null)}
          onChange={(text) => onChange(readJson(text))}
        />
      );
    default:
      field.type satisfies never;
      return null;
  }
}

function isPlain(value: unknown): value is number | boolean | string {
  return typeof value === 'number' || typeof value === 'boolean' || typeof value === 'string';
}

function boundsText({ min, max }: ParamField): string {
  if (min !== undefined && max !== undefined) return ` From ${min} to ${max}.`;
  if (min !== undefined) return ` At least ${min}.`;
  return max === undefined ? '' : ` At most ${max}.`;
}
