// Parameters as plain data, read from zod: what the inspector draws, `layers --json` prints and the documentation lists.
import { z } from 'zod';
import type { ParamMeta } from './define.ts';

/** What kind of control fits. `sizes` is a list of whole numbers, `json` anything else. */
export type FieldType = 'number' | 'integer' | 'boolean' | 'choice' | 'text' | 'sizes' | 'json';

/** One parameter of a layer kind or an optimiser. */
export interface ParamField extends ParamMeta {
  readonly name: string;
  readonly type: FieldType;
  readonly default: unknown;
  /** Inclusive bounds of a number, or of each size. */
  readonly min?: number;
  readonly max?: number;
  /** The values of a choice, in order; words for them are in `choices`. */
  readonly values?: readonly string[];
}

/** The part of JSON Schema that zod writes for our parameters. */
interface FieldSchema extends Partial<ParamMeta> {
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly items?: FieldSchema;
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
}

const known = new WeakMap<z.ZodObject, readonly ParamField[]>();

/** The fields of a parameter object, in the order they were declared. */
export function paramFields(params: z.ZodObject): readonly ParamField[] {
  const found = known.get(params);
  if (found) return found;
  const schema = z.toJSONSchema(params, { io: 'input' }) as { properties?: Record<string, FieldSchema> };
  // A schema that accepts several forms does not carry its default into JSON Schema.
  const defaults = paramDefaults(params);
  const fields = Object.entries(schema.properties ?? {}).map(([name, field]) =>
    readField(name, { ...field, default: field.default ?? defaults[name] }),
  );
  known.set(params, fields);
  return fields;
}

/** Whether a field applies, given the values of all parameters. */
export function isFieldShown(field: ParamField, values: Readonly<Record<string, unknown>>): boolean {
  return Object.entries(field.showWhen ?? {}).every(([name, wanted]) =>
    (wanted as readonly unknown[]).includes(values[name]),
  );
}

/** The defaults of all parameters. */
export function paramDefaults(params: z.ZodObject): Record<string, unknown> {
  return params.parse({});
}

function readField(name: string, field: FieldSchema): ParamField {
  const numbers = field.type === 'array' ? field.items : field;
  return {
    name,
    type: typeOf(field),
    title: field.title ?? name,
    description: field.description ?? '',
    default: field.default ?? null,
    ...(field.unit !== undefined && { unit: field.unit }),
    ...(field.showWhen && { showWhen: field.showWhen }),
    ...(field.hot && { hot: true }),
    ...(field.enum && { values: field.enum }),
    ...(field.choices && { choices: field.choices }),
    ...(numbers?.minimum !== undefined && { min: numbers.minimum }),
    ...(numbers?.maximum !== undefined && { max: numbers.maximum }),
  };
}

function typeOf(field: FieldSchema): FieldType {
  if (field.enum) return 'choice';
  if (field.type === 'number' || field.type === 'integer' || field.type === 'boolean') return field.type;
  if (field.type === 'string') return 'text';
  if (field.type === 'array' && field.items?.type === 'integer') return 'sizes';
  return 'json';
}
