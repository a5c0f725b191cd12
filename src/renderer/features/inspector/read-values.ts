/** What people type into fields, read as values; and a file's name. */
import { evaluateExpression, type Json } from '../../../engine/index.ts';

/** `28 × 28`, `28, 28` or `28 28`; −1 is a size that is worked out. Null for anything else. */
export function readSizes(text: string): number[] | null {
  const parts = text
    .replaceAll('−', '-')
    .split(/[\s,×x*]+/i)
    .filter(Boolean);
  const sizes = parts.map(Number);
  return sizes.length > 0 && sizes.every(Number.isInteger) ? sizes : null;
}

/** The last part of a path. */
export function fileName(path: string): string {
  return path.split(/[\\/]/).at(-1) ?? path;
}

/** JSON; undefined for any other text. */
export function readJson(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined; // an answer, and no failure: the field says so
  }
}

/** `= channels / 4` as a formula, `64` as a number; null for any other text. */
export function readFormula(text: string): { '=': string } | number | null {
  const formula = /^\s*=\s*(.+)$/.exec(text)?.[1]?.trim();
  if (formula !== undefined) return { '=': formula };
  return evaluateExpression(text);
}
