// A first look at a table: what each column seems to be, and the recipe that a person would most likely choose. Guesses are
// explained, because they are shown to be corrected.
import type { ColumnRecipe, TableRecipe } from './recipe.ts';
import {
  type Column,
  columnOf,
  defaultMissingTokens,
  parseBoolean,
  parseNumber,
  type Table,
  textsOf,
} from './table.ts';

/** What is seen in one column. */
export interface ColumnProfile {
  readonly name: string;
  readonly type: ColumnRecipe['type'];
  readonly missing: number;
  readonly distinct: number;
  /** The most frequent values, first the most frequent. */
  readonly examples: readonly string[];
  /** Of the numbers, where the column is one. */
  readonly range: { readonly min: number; readonly max: number; readonly mean: number } | null;
  /** Distinct values in the order of their one-hot columns, where the column is a category. */
  readonly categories: readonly string[];
  /** Why the type was chosen, where that is not plain. */
  readonly note: string | null;
}

const MAX_CATEGORIES = 50;
const MAX_NUMBERED_CLASSES = 20;
const CLASS_NAMES = ['label', 'labels', 'class', 'species', 'category', 'digit'];
const TARGET_NAMES = [...CLASS_NAMES, 'target', 'y', 'outcome'];
const ID_NAMES = /^(id|index|row|rownames|unnamed.*|.*_id)$/i;
const DATE = /^(\d{4}-\d{1,2}-\d{1,2}([t ].*)?|\d{1,2}[./-]\d{1,2}[./-]\d{2,4})$/i;

/** Looks at every column. */
export function profileTable(
  table: Table,
  missingTokens: readonly string[] = defaultMissingTokens,
): ColumnProfile[] {
  return table.columns.map((column) => profileColumn(table, column, missingTokens));
}

/**
 * The likely recipe: the target is the column with a telling name (target, label, class, …), else the last category, else
 * the last number; a number named label, class, … with few values is a class; ids, dates and texts are ignored; rows with missing values are dropped.
 */
export function guessRecipe(
  table: Table,
  profiles: readonly ColumnProfile[] = profileTable(table),
): TableRecipe {
  const usable = profiles.filter((p) => p.type !== 'text' && p.distinct > 1 && !isId(p, table.rows));
  const target =
    usable.find((p) => TARGET_NAMES.includes(p.name.toLowerCase())) ??
    usable.findLast((p) => p.type === 'category') ??
    usable.at(-1);
  const columns = profiles.map(({ name, type, categories }): ColumnRecipe => {
    const role =
      name === target?.name ? 'target' : usable.some((u) => u.name === name) ? 'feature' : 'ignore';
    return { name, type, role, missing: 'drop', categories: [...categories] };
  });
  const isNumberedClass =
    target?.type === 'number' &&
    CLASS_NAMES.includes(target.name.toLowerCase()) &&
    target.distinct <= Math.min(MAX_NUMBERED_CLASSES, table.rows / 2);
  return {
    columns: columns.map((c) =>
      isNumberedClass && c.role === 'target' ? retypeColumn(table, c, 'category') : c,
    ),
    standardise: true,
    standardiseTarget: true,
    missingTokens: [...defaultMissingTokens],
  };
}

/**
 * A column's recipe after the user chose another type: with its categories read from the table, and a rule for missing values
 * that the type has.
 */
export function retypeColumn(
  table: Table,
  recipe: ColumnRecipe,
  type: ColumnRecipe['type'],
  missingTokens: readonly string[] = defaultMissingTokens,
): ColumnRecipe {
  const isAverage = recipe.missing === 'mean' || recipe.missing === 'median';
  return {
    ...recipe,
    type,
    missing: type === 'category' && isAverage ? 'mode' : recipe.missing,
    categories:
      type === 'category'
        ? categoriesOf(textsOf(columnOf(table, recipe.name), missingTokens), table.decimal)
        : [],
  };
}

/** The distinct values in the order of their one-hot columns: by number where all are numbers, else by code point. */
export function categoriesOf(texts: readonly (string | null)[], decimal: '.' | ',' = '.'): string[] {
  const values = [...new Set(texts.filter((text) => text !== null))];
  const numbers = new Map(values.map((value) => [value, parseNumber(value, decimal)]));
  const numeric = values.every((value) => numbers.get(value) !== null);
  return values.sort((a, b) => {
    const byNumber = numeric ? (numbers.get(a) ?? 0) - (numbers.get(b) ?? 0) : 0;
    return byNumber !== 0 ? byNumber : a < b ? -1 : a > b ? 1 : 0;
  });
}

function profileColumn(table: Table, column: Column, missingTokens: readonly string[]): ColumnProfile {
  const texts = textsOf(column, missingTokens);
  const present = texts.filter((text) => text !== null);
  const counts = new Map<string, number>();
  for (const text of present) counts.set(text, (counts.get(text) ?? 0) + 1);
  const { type, note } = guessType(present, counts, table.decimal);
  return {
    name: column.name,
    type,
    note,
    missing: table.rows - present.length,
    distinct: counts.size,
    examples: [...counts]
      .sort((a, b) => b[1] - a[1])
      .slice(0, 5)
      .map(([text]) => text),
    range: type === 'number' ? rangeOf(present, table.decimal) : null,
    categories: type === 'category' ? categoriesOf(texts, table.decimal) : [],
  };
}

function guessType(
  present: readonly string[],
  counts: ReadonlyMap<string, number>,
  decimal: '.' | ',',
): { type: ColumnRecipe['type']; note: string | null } {
  const values = [...counts.keys()];
  if (values.length === 0) return { type: 'text', note: 'Every value is missing.' };
  if (values.every((value) => parseNumber(value, decimal) !== null)) return { type: 'number', note: null };
  if (values.every((value) => parseBoolean(value) !== null)) return { type: 'boolean', note: null };
  if (values.every((value) => DATE.test(value)))
    return { type: 'text', note: 'Dates are kept as text and ignored.' };

  const numbers = present.filter((text) => parseNumber(text, decimal) !== null).length;
  const odd = values.find((value) => parseNumber(value, decimal) === null);
  const mixed = numbers / present.length > 0.5 ? `Mostly numbers, but "${odd}" is not one.` : null;
  if (values.length > MAX_CATEGORIES || (values.length > 2 && values.length > present.length / 2)) {
    return {
      type: 'text',
      note: mixed ?? `${values.length} different values: taken as names, not as categories.`,
    };
  }
  return { type: 'category', note: mixed };
}

function rangeOf(present: readonly string[], decimal: '.' | ',') {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  let sum = 0;
  for (const text of present) {
    const value = parseNumber(text, decimal) ?? 0;
    min = Math.min(min, value);
    max = Math.max(max, value);
    sum += value;
  }
  return { min, max, mean: sum / present.length };
}

/** A column that numbers the rows. */
function isId({ name, type, distinct, range }: ColumnProfile, rows: number): boolean {
  const counts =
    type === 'number' && distinct === rows && range !== null && range.max - range.min === rows - 1;
  return counts && ID_NAMES.test(name);
}
