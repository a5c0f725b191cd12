/** Values that follow from parameters around them: a block's inner nodes read what the block is set to. */
import { evaluateExpression, namesIn } from './expression.ts';
import { listWords } from './problems.ts';
import type { Formula, Json } from './schema.ts';

/** What formulas may read, by name. */
export type Surroundings = Readonly<Record<string, Json>>;

export function isFormula(value: unknown): value is Formula {
  return (
    typeof value === 'object' &&
    value !== null &&
    Object.keys(value).length === 1 &&
    '=' in value &&
    typeof value['='] === 'string'
  );
}

export type Evaluated = { readonly value: Json } | { readonly why: string };

/** A value as it is, or what its formula comes to; a name alone may stand for anything, arithmetic takes numbers. */
export function evaluate(value: Json, around: Surroundings): Evaluated {
  if (!isFormula(value)) return { value };
  const text = value['='].trim();
  const alone = Object.hasOwn(around, text) ? around[text] : undefined;
  if (alone !== undefined) return { value: alone };
  const number = evaluateExpression(text, around);
  if (number !== null) return { value: number };
  const unknown = namesIn(text).filter((name) => !Object.hasOwn(around, name));
  return {
    why:
      unknown.length > 0
        ? `reads ${listWords(unknown)}, and there is no parameter called so`
        : `is no number: ${text || 'nothing is written'}`,
  };
}

/**
 * A value as it reads outside of its block: names are replaced by what the instance gives for them, values or formulas of its
 * own surroundings.
 */
export function takenOut(value: Json, given: Surroundings): Json {
  if (!isFormula(value)) return value;
  const text = value['='].trim();
  if (Object.hasOwn(given, text)) return given[text] ?? null;
  const outside = text.replaceAll(/[a-z_]\w*/gi, (name) => {
    const stands = Object.hasOwn(given, name) ? given[name] : undefined;
    return isFormula(stands) ? `(${stands['=']})` : stands === undefined ? name : String(stands);
  });
  const number = evaluateExpression(outside);
  return number ?? { '=': outside };
}
