/**
 * What is wrong with a document, in words, at a place on the canvas, with a repair where one is known. A repair is data
 * (edits of the document), so whoever shows the problem can apply it as one undoable step.
 */
import type { z } from 'zod';
import { EngineError } from '../errors.ts';
import { type ParamField, paramFields } from '../layers/fields.ts';
import type { Json } from './schema.ts';

/** One change of a document; see `applyEdits`. */
export type Edit =
  | { readonly kind: 'setParam'; readonly node: string; readonly param: string; readonly value: Json }
  /** Back to the default. */
  | { readonly kind: 'unsetParam'; readonly node: string; readonly param: string }
  | { readonly kind: 'rename'; readonly node: string; readonly name: string }
  /** Another layer kind in the same place; wires stay, parameters are those given. */
  | {
      readonly kind: 'setKind';
      readonly node: string;
      readonly to: string;
      readonly name?: string;
      readonly params: Record<string, Json>;
    }
  | { readonly kind: 'removeNode'; readonly node: string }
  | { readonly kind: 'removeWire'; readonly wire: string }
  | {
      readonly kind: 'connect';
      readonly from: readonly [string, string];
      readonly to: readonly [string, string];
    };

export interface QuickFix {
  /** What the button says: `Set units to 10`. */
  readonly title: string;
  readonly edits: readonly Edit[];
}

/** Something that keeps a document from being trained (`error`), or is probably not what was meant (`warning`). */
export interface Problem {
  /** Stable: `wire/missing`. */
  readonly code: string;
  readonly severity: 'error' | 'warning';
  /** What is wrong and where, naming nodes by their names. */
  readonly title: string;
  /** What to do. */
  readonly advice: string;
  /** Ids in the document; of what lies inside of a block, paths of ids (model/blocks.ts). */
  readonly node?: string;
  readonly wire?: string;
  readonly port?: string;
  readonly param?: string;
  readonly fix?: QuickFix;
}

/** Where a problem is. */
export type Place = Pick<Problem, 'node' | 'wire' | 'port' | 'param' | 'fix'>;

/** A failure with words, at its place. A title that does not name the node gets its name in front. */
export function problemOf(error: unknown, name: string, place: Place): Problem {
  if (!(error instanceof EngineError))
    return {
      ...place,
      code: 'internal',
      severity: 'error',
      title: `${name} cannot be built: ${error instanceof Error ? error.message : String(error)}`,
      advice: 'This is a fault of Gradloom. Please report it with this document.',
    };
  const { title, fix } = error.user;
  return {
    ...place,
    code: error.code,
    severity: 'error',
    // A name is identifiers with points between them.
    title: new RegExp(`\\b${name.replaceAll('.', '\\.')}\\b`).test(title) ? title : `${name}: ${title}`,
    advice: fix,
  };
}

/** What a zod object finds wrong with a node's parameters, one problem per parameter. */
export function paramProblems(
  schema: z.ZodObject,
  raw: unknown,
  { node, name, title }: { readonly node?: string; readonly name: string; readonly title: string },
): Problem[] {
  const parsed = schema.safeParse(raw);
  if (parsed.success) return [];
  const fields = new Map(paramFields(schema).map((f) => [f.name, f]));
  return parsed.error.issues.flatMap((issue) => {
    const at = node === undefined ? {} : { node };
    if (issue.code === 'unrecognized_keys')
      return issue.keys.map((key) => ({
        ...at,
        ...(node !== undefined && {
          fix: { title: `Remove ${key}`, edits: [{ kind: 'unsetParam' as const, node, param: key }] },
        }),
        code: 'param/unknown',
        severity: 'error' as const,
        title: `${name}: ${title} has no parameter called ${key}`,
        advice: `Remove it, or choose one of ${listWords([...fields.keys()]) || 'none: there are no parameters'}.`,
        param: key,
      }));
    const param = String(issue.path[0] ?? '');
    const field = fields.get(param);
    return [
      {
        ...at,
        ...(node !== undefined && field && backToDefault(node, field)),
        code: 'param/invalid',
        severity: 'error' as const,
        title: `${name}: ${field?.title ?? param} (${param}) ${issueWords(issue, field)}`,
        advice: `Change ${param} of ${name}.`,
        param,
      },
    ];
  });
}

function backToDefault(node: string, field: ParamField): { fix: QuickFix } {
  return {
    fix: {
      title: `Set ${field.name} to ${JSON.stringify(field.default)}`,
      edits: [{ kind: 'unsetParam', node, param: field.name }],
    },
  };
}

const typeWords: Readonly<Record<string, string>> = {
  number: 'must be a number',
  int: 'must be a whole number',
  integer: 'must be a whole number',
  boolean: 'must be true or false',
  string: 'must be a text',
  array: 'must be a list',
  object: 'must be a group of settings',
};

/** What an issue of zod's means, as the end of a sentence. */
export function issueWords(issue: z.core.$ZodIssue, field?: ParamField): string {
  switch (issue.code) {
    case 'too_small':
      return `must ${sizeWords(issue.origin)} at least ${issue.minimum}`;
    case 'too_big':
      return `must ${sizeWords(issue.origin)} at most ${issue.maximum}`;
    case 'invalid_type':
      return field?.type === 'integer'
        ? 'must be a whole number'
        : (typeWords[issue.expected] ?? `must be ${issue.expected}`);
    case 'invalid_value':
      return `must be one of ${listWords(issue.values.map(String))}`;
    default:
      return issue.message;
  }
}

const sizeWords = (origin: string): string =>
  origin === 'array' ? 'hold' : origin === 'string' ? 'be as many letters as' : 'be';

/** `a`, `a and b`, `a, b and c`. */
export function listWords(words: readonly string[]): string {
  const last = words.at(-1) ?? '';
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} and ${last}`;
}
