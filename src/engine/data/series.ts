// A table as a time series: its rows follow one another, a sample is a window of them, and what is to be predicted are the rows
// after it. Rows are told apart by time alone, and everything that is learnt from the data is learnt from the training block.
import { z } from 'zod';
import type { DataDescription, Dataset, Described, InputField, Provenance, TargetField } from './dataset.ts';
import {
  checkClasses,
  encodeColumns,
  fillNotes,
  fitColumn,
  makeTarget,
  type Prepared,
  readValues,
  scaleNotes,
} from './prepare.ts';
import { describeTarget, encodedNames, rolesOf, type TableRecipe } from './recipe.ts';
import type { SplitSpec } from './split.ts';
import type { Table } from './table.ts';
import { type Cut, splitWindows, windowCount, windowNotes } from './windows.ts';

/** How the rows of a table become samples. Saved in documents. */
export const seriesWindows = z.strictObject({
  length: z.int().min(1).max(4096).default(16).meta({
    title: 'Window',
    description: 'How many rows the net sees at once.',
  }),
  horizon: z.int().min(1).max(1024).default(1).meta({
    title: 'Horizon',
    description: 'How many of the rows after the window are predicted.',
  }),
  stride: z.int().min(1).max(65_536).default(1).meta({
    title: 'Stride',
    description: 'Rows from the start of one window to the start of the next.',
  }),
  ownPast: z.boolean().default(true).meta({
    title: 'Own past',
    description: 'What is to be predicted is among the inputs too, as it was.',
  }),
});

export type SeriesWindows = z.infer<typeof seriesWindows>;

/** Fields of a series, without reading it. @throws EngineError `data/recipe` */
export function describeSeries(recipe: TableRecipe, windows: SeriesWindows): DataDescription {
  const { features, targets } = seriesRoles(recipe, windows);
  const columns = features.flatMap(encodedNames);
  const shape = [windows.length, columns.length];
  const input: Described<InputField> = { name: 'features', dtype: 'f32', shape, columns };
  return { inputs: [input], targets: [overHorizon(describeTarget(targets), windows)] };
}

/**
 * Windows over the rows of a table. A row whose value is missing, where the rule is to drop it, is a gap: no window touches it.
 *
 * @throws EngineError as `prepareTable`, and `data/windows` where no window fits into the training block
 */
export function prepareSeries(
  table: Table,
  recipe: TableRecipe,
  windows: SeriesWindows,
  spec: SplitSpec,
  provenance: Provenance,
): Prepared {
  const { features, targets } = seriesRoles(recipe, windows);
  const { length, horizon, stride } = windows;
  const x = features.map((column) => readValues(table, column, recipe.missingTokens));
  const y = targets.map((column) => readValues(table, column, recipe.missingTokens));
  const required = [...y, ...x.filter((_, i) => features[i]?.missing === 'drop')];
  const isGap = (row: number): boolean => required.some((values) => Number.isNaN(values[row]));
  const cut: Cut = {
    ...{ rows: table.rows, span: length + horizon, stride, measuredStride: stride },
    ...{ unit: 'rows', name: table.name, isGap },
  };
  const split = splitWindows(cut, spec);
  const trained = Math.round(spec.train * table.rows);
  const rows = Uint32Array.from({ length: trained }, (_, row) => row).filter((row) => !isGap(row));

  const fitted = features.map((column, i) => fitColumn(table, column, x[i], rows, recipe.standardise));
  const classes = targets[0] && targets[0].type !== 'number' ? checkClasses(table, targets[0], y[0]) : null;
  const { target, notes } = makeTarget(targets, y, classes, rows, recipe.standardiseTarget);
  const input = encodeColumns(fitted, x, table.rows);
  const gaps = Array.from({ length: table.rows }, (_, row) => row).filter(isGap).length;
  const after = overHorizon(target, windows);
  // Nothing reads a gap; it holds 0 all the same, so that no number of the data is NaN.
  if (after.dtype === 'f32') after.data.set(after.data.map((v) => (Number.isNaN(v) ? 0 : v)));
  const dataset: Dataset = {
    name: table.name,
    count: windowCount(cut),
    inputs: [{ ...input, shape: [length, ...input.shape], windows: { stride, offset: 0, length } }],
    targets: [{ ...after, windows: { stride, offset: length, length: horizon } }],
    provenance,
    notes: [
      ...(gaps > 0 ? [`${gaps} of ${table.rows} rows lack a value: no window touches them.`] : []),
      ...fitted.flatMap((f, i) => fillNotes(f, x[i])),
      ...scaleNotes(fitted, recipe.standardise),
      ...notes,
      ...windowNotes(cut, split, spec),
    ],
  };
  return { dataset, split, fitted };
}

/** The columns by role; what is predicted is a feature too where its own past is an input. */
function seriesRoles(recipe: TableRecipe, { ownPast }: SeriesWindows): ReturnType<typeof rolesOf> {
  if (!ownPast) return rolesOf(recipe);
  const own = recipe.columns
    .filter((c) => c.role === 'target')
    .map((c) => ({ ...c, role: 'feature' as const }));
  return rolesOf({ ...recipe, columns: [...recipe.columns, ...own] });
}

/** A target of one row as one of all rows that are predicted. */
function overHorizon<T extends TargetField | Described<TargetField>>(
  target: T,
  { horizon }: SeriesWindows,
): T {
  return horizon === 1 ? target : { ...target, shape: [horizon, ...target.shape] };
}
