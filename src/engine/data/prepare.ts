// From a table and a recipe to a data set: rows without values dropped or filled in, categories one-hot, numbers
// standardised. Everything that is learnt from the data (means, deviations, fill-ins) is learnt from the training part alone, so
// validation and test stay unseen.
import { EngineError } from '../errors.ts';
import type { Dataset, NumberField, Provenance, TargetField } from './dataset.ts';
import { type ColumnRecipe, classNames, encodedNames, rolesOf, type TableRecipe } from './recipe.ts';
import { type Split, type SplitSpec, splitNotes, splitSamples } from './split.ts';
import { booleansOf, columnOf, numbersOf, type Table, textsOf, wrongCell } from './table.ts';

/** What was learnt of one feature column from the training part. Plain data: it can be saved and exported. */
export interface FittedColumn {
  readonly column: ColumnRecipe;
  /** What stands in for a missing value: a number (before scaling), a category's index, or null where there is none. */
  readonly fill: number | null;
  /** Standardised value = (value − mean) / std; 0 and 1 where the column is not standardised. */
  readonly mean: number;
  readonly std: number;
  /** Whether the training part has one value only. */
  readonly constant: boolean;
}

/** A table made ready. */
export interface Prepared {
  readonly dataset: Dataset;
  readonly split: Split;
  /** What `encodeFeatures` needs to treat new rows the same way. */
  readonly fitted: readonly FittedColumn[];
}

/** A column's values as numbers: the number, 0/1, or the category's index; NaN is missing. */
type Values = Float64Array<ArrayBuffer>;

/**
 * Makes a data set of a table.
 *
 * @throws EngineError `data/recipe`, `data/no-column`, `data/cell`, `data/category`, `data/empty`, `data/no-values`, `data/single-class`
 */
export function prepareTable(
  table: Table,
  recipe: TableRecipe,
  splitSpec: SplitSpec,
  provenance: Provenance = { source: table.name, licence: 'Yours.' },
): Prepared {
  const { features, targets } = rolesOf(recipe);
  const featureValues = features.map((column) => readValues(table, column, recipe.missingTokens));
  const targetValues = targets.map((column) => readValues(table, column, recipe.missingTokens));
  const { kept, notes: dropNotes } = keepRows(table, features, featureValues, targets, targetValues);

  const x = featureValues.map((values) => pick(values, kept));
  const y = targetValues.map((values) => pick(values, kept));
  const classes = targets[0] && targets[0].type !== 'number' ? checkClasses(table, targets[0], y[0]) : null;
  const split = splitSamples(kept.length, splitSpec, classes);

  const fitted = features.map((column, i) => fitColumn(table, column, x[i], split.train, recipe.standardise));
  const { target, notes: targetNotes } = makeTarget(
    targets,
    y,
    classes,
    split.train,
    recipe.standardiseTarget,
  );
  const input: NumberField = encodeColumns(fitted, x, kept.length);
  const dataset: Dataset = {
    name: table.name,
    count: kept.length,
    inputs: [input],
    targets: [target],
    provenance,
    notes: [
      ...dropNotes,
      ...fitted.flatMap((f, i) => fillNotes(f, x[i])),
      ...scaleNotes(fitted, recipe.standardise),
      ...targetNotes,
      ...splitNotes(split, splitSpec),
    ],
  };
  return { dataset, split, fitted };
}

/**
 * Features of new rows, scaled and filled in as the training data was.
 *
 * @throws EngineError `data/no-column`, `data/cell`, `data/category`; `data/no-values` where a value is missing and the rule was to drop the row
 */
export function encodeFeatures(
  table: Table,
  recipe: TableRecipe,
  fitted: readonly FittedColumn[],
): NumberField {
  const values = fitted.map(({ column }) => {
    const read = readValues(table, column, recipe.missingTokens);
    if (column.missing === 'drop' && read.some(Number.isNaN)) {
      throw new EngineError('data/no-values', {
        file: table.name,
        column: column.name,
        where: `line ${table.lineOf(read.findIndex(Number.isNaN))}`,
      });
    }
    return read;
  });
  return encodeColumns(fitted, values, table.rows);
}

/** A column’s values as numbers: the number, 0 or 1, or the category’s index; missing ones NaN. */
export function readValues(table: Table, recipe: ColumnRecipe, missing: readonly string[]): Values {
  const column = columnOf(table, recipe.name);
  if (recipe.type === 'number') return numbersOf(table, column, missing);
  if (recipe.type === 'boolean') return booleansOf(table, column, missing);
  const indices = new Map(recipe.categories.map((category, i) => [category, i]));
  return Float64Array.from(textsOf(column, missing), (text, row) => {
    if (text === null) return Number.NaN;
    const index = indices.get(text);
    if (index === undefined) throw wrongCell(table, column, row, `one of ${listed(recipe.categories)}`);
    return index;
  });
}

/** The rows that stay, and a sentence per column that made rows go. */
function keepRows(
  table: Table,
  features: readonly ColumnRecipe[],
  featureValues: readonly Values[],
  targets: readonly ColumnRecipe[],
  targetValues: readonly Values[],
): { kept: Uint32Array<ArrayBuffer>; notes: string[] } {
  const required = [
    ...targets.map((column, i) => ({ name: column.name, values: targetValues[i], what: 'target' })),
    ...features.flatMap((column, i) =>
      column.missing === 'drop' ? [{ name: column.name, values: featureValues[i], what: 'feature' }] : [],
    ),
  ];
  const kept: number[] = [];
  for (let row = 0; row < table.rows; row++) {
    if (!required.some(({ values }) => Number.isNaN(values?.[row]))) kept.push(row);
  }
  const gone = table.rows - kept.length;
  const causes = required
    .map(({ name, values, what }) => ({ name, what, missing: values?.filter(Number.isNaN).length ?? 0 }))
    .filter(({ missing }) => missing > 0)
    .map(
      ({ name, what, missing }) => `${missing} without ${what === 'target' ? 'the target ' : ''}"${name}"`,
    );
  if (kept.length === 0) {
    throw new EngineError('data/empty', {
      file: table.name,
      why: `no row has all its values (${causes.join(', ')})`,
    });
  }
  const notes =
    gone === 0 ? [] : [`${gone} of ${table.rows} rows dropped for missing values: ${causes.join(', ')}.`];
  return { kept: Uint32Array.from(kept), notes };
}

/** The classes of a target, or a sentence where there is only one. */
export function checkClasses(
  table: Table,
  target: ColumnRecipe,
  values: Values | undefined,
): Uint32Array<ArrayBuffer> {
  const classes = Uint32Array.from(values ?? []);
  const [first = 0] = classes;
  if (classes.every((c) => c === first)) {
    const value = classNames(target)[first] ?? '';
    throw new EngineError('data/single-class', { file: table.name, column: target.name, value });
  }
  return classes;
}

/** What is learnt of a column from the training part. */
export function fitColumn(
  table: Table,
  column: ColumnRecipe,
  values: Values | undefined,
  train: Uint32Array,
  standardise: boolean,
): FittedColumn {
  const known = Float64Array.from(train, (i) => values?.[i] ?? Number.NaN).filter((v) => !Number.isNaN(v));
  if (known.length === 0) {
    throw new EngineError('data/no-values', {
      file: table.name,
      column: column.name,
      where: 'the training part',
    });
  }
  const fill = fillFor(column, known);
  if (column.type !== 'number' || !standardise) return { column, fill, mean: 0, std: 1, constant: false };
  // The statistics are those of the column after filling in, as the model meets it.
  const missing = train.length - known.length;
  const filled =
    missing > 0 && fill !== null
      ? Float64Array.from([...known, ...new Array<number>(missing).fill(fill)])
      : known;
  return { column, fill, ...meanAndStd(filled) };
}

function fillFor({ type, missing }: ColumnRecipe, known: Values): number | null {
  switch (missing) {
    case 'drop':
      return null;
    case 'mean':
      return meanAndStd(known).mean;
    case 'median':
      return median(known);
    case 'mode':
      return mode(known);
    case 'indicator':
      // A missing category is all zeros, which no category is, and needs no stand-in.
      return type === 'number' ? meanAndStd(known).mean : type === 'boolean' ? mode(known) : null;
    default:
      missing satisfies never;
      return null;
  }
}

/** Features as the model takes them, row after row. */
export function encodeColumns(
  fitted: readonly FittedColumn[],
  values: readonly Values[],
  count: number,
): NumberField {
  const columns = fitted.flatMap(({ column }) => encodedNames(column));
  const width = columns.length;
  const data = new Float32Array(count * width);
  let at = 0;
  fitted.forEach(({ column, fill, mean, std }, f) => {
    const own = values[f] ?? new Float64Array(count);
    const wide = column.type === 'category' ? column.categories.length : 1;
    own.forEach((raw, row) => {
      const base = row * width + at;
      const value = Number.isNaN(raw) ? fill : raw;
      if (column.type === 'category') {
        if (value !== null) data[base + value] = 1;
      } else {
        data[base] = ((value ?? 0) - mean) / std;
      }
      if (column.missing === 'indicator') data[base + wide] = Number.isNaN(raw) ? 1 : 0;
    });
    at += encodedNames(column).length;
  });
  return { name: 'features', dtype: 'f32', shape: [width], data, columns };
}

/** The target field, with notes on what was done to it. */
export function makeTarget(
  targets: readonly ColumnRecipe[],
  values: readonly Values[],
  classes: Uint32Array<ArrayBuffer> | null,
  train: Uint32Array,
  standardise: boolean,
): { target: TargetField; notes: string[] } {
  const [only] = targets;
  if (classes && only) {
    const names = classNames(only);
    const seen = new Set(Array.from(train, (i) => classes[i] ?? 0));
    const unseen = names.filter((_, i) => !seen.has(i));
    return {
      target: { kind: 'class', name: only.name, dtype: 'u32', shape: [], data: classes, names },
      notes: unseen.map((name) => `No training sample has the class "${name}".`),
    };
  }
  const count = values[0]?.length ?? 0;
  const width = targets.length;
  const scales = values.map((v) =>
    standardise ? meanAndStd(Float64Array.from(train, (i) => v[i] ?? 0)) : { mean: 0, std: 1 },
  );
  const data = new Float32Array(count * width);
  values.forEach((v, t) => {
    const { mean, std } = scales[t] ?? { mean: 0, std: 1 };
    v.forEach((value, row) => {
      data[row * width + t] = (value - mean) / std;
    });
  });
  const columns = targets.map((t) => t.name);
  const name = columns.join(', ');
  const scale = { mean: scales.map((s) => s.mean), std: scales.map((s) => s.std) };
  return {
    target: {
      kind: 'regression',
      name,
      dtype: 'f32',
      shape: [width],
      data,
      columns,
      ...(standardise && { standardised: scale }),
    },
    notes: standardise
      ? columns.map(
          (c, i) =>
            `Target "${c}" standardised: mean ${short(scale.mean[i])}, standard deviation ${short(scale.std[i])} over the training part.`,
        )
      : [],
  };
}

/** A sentence where missing values were filled in. */
export function fillNotes({ column, fill }: FittedColumn, values: Values | undefined): string[] {
  const missing = values?.filter(Number.isNaN).length ?? 0;
  if (missing === 0) return [];
  const average = column.type === 'number' ? 'mean ' : 'most frequent value ';
  const rule = {
    drop: '',
    mean: 'mean ',
    median: 'median ',
    mode: 'most frequent value ',
    indicator: average,
  }[column.missing];
  const named = column.type === 'number' ? undefined : classNames(column)[fill ?? -1];
  const shown =
    fill === null
      ? 'all zeros'
      : `the training part’s ${rule}${named === undefined ? short(fill) : `"${named}"`}`;
  const flagged = column.missing === 'indicator' ? ', and flagged in a column of its own' : '';
  return [
    `${missing} missing ${missing === 1 ? 'value' : 'values'} of "${column.name}" replaced by ${shown}${flagged}.`,
  ];
}

/** Sentences on standardised columns. */
export function scaleNotes(fitted: readonly FittedColumn[], standardise: boolean): string[] {
  const numbers = fitted.filter(({ column }) => column.type === 'number');
  if (!standardise || numbers.length === 0) return [];
  const constant = numbers.filter(({ constant }) => constant).map(({ column }) => `"${column.name}"`);
  return [
    `${numbers.length} number ${numbers.length === 1 ? 'column' : 'columns'} standardised with the training part’s mean and standard deviation.`,
    ...constant.map(
      (name) => `Column ${name} has one value in the whole training part: it tells the model nothing.`,
    ),
  ];
}

/** Mean and population standard deviation (divided by n), two-pass. A constant column gets 1, so that it becomes zeros. */
function meanAndStd(values: Values): { mean: number; std: number; constant: boolean } {
  const mean = values.reduce((sum, v) => sum + v, 0) / values.length;
  const variance = values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length;
  const std = Math.sqrt(variance);
  // Rounding leaves a constant column a deviation of some ulps, which must not be divided by.
  const constant = std <= 1e-12 * Math.abs(mean);
  return { mean, std: constant ? 1 : std, constant };
}

function median(values: Values): number {
  const sorted = values.toSorted();
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
}

/** The most frequent value; of several, the smallest. */
function mode(values: Values): number {
  const counts = new Map<number, number>();
  for (const v of values.toSorted()) counts.set(v, (counts.get(v) ?? 0) + 1);
  return [...counts].reduce((best, entry) => (entry[1] > best[1] ? entry : best))[0];
}

function pick(values: Values, rows: Uint32Array): Values {
  return Float64Array.from(rows, (row) => values[row] ?? Number.NaN);
}

function listed(words: readonly string[]): string {
  const shown = words
    .slice(0, 6)
    .map((word) => `"${word}"`)
    .join(', ');
  return words.length > 6 ? `${shown}, …` : shown;
}

function short(value: number | undefined): string {
  return String(Number((value ?? 0).toPrecision(4)));
}
