// How a table becomes features and a target: the user's choices, column by column, as the document stores them. The recipe
// holds the categories, so the encoded shape is known without reading the file.
import { z } from 'zod';
import { EngineError } from '../errors.ts';
import type { DataDescription, Described, InputField, TargetField } from './dataset.ts';
import { defaultMissingTokens } from './table.ts';

/** What is done about a missing value in a feature; a row whose target is missing is always dropped. */
export const missingRules = {
  drop: 'Leave out every row where this column has no value.',
  mean: 'Put the mean of the training part’s values (numbers).',
  median: 'Put the median of the training part’s values (numbers, yes/no).',
  mode: 'Put the training part’s most frequent value (categories, yes/no, numbers).',
  indicator:
    'Put the mean (numbers), the mode (yes/no) or all zeros (categories), and add a column that is 1 where the value was missing.',
} as const;

/** One column's part in the recipe. */
export const columnRecipe = z.strictObject({
  name: z.string().min(1),
  type: z.enum(['number', 'category', 'boolean', 'text']).meta({
    title: 'Type',
    description: 'What the cells are. Text (names, dates, ids) cannot be a feature or a target.',
  }),
  role: z
    .enum(['feature', 'target', 'ignore'])
    .meta({ title: 'Role', description: 'Given to the model, told by it, or left out.' }),
  missing: z
    .enum(['drop', 'mean', 'median', 'mode', 'indicator'])
    .default('drop')
    .meta({ title: 'Missing values', description: 'What is done where this column has no value.' }),
  categories: z.array(z.string()).default([]).meta({
    title: 'Categories',
    description: 'The values of a category column, in the order of their one-hot columns.',
  }),
});

export type ColumnRecipe = z.infer<typeof columnRecipe>;

/** The whole recipe. Saved in documents. */
export const tableRecipe = z.strictObject({
  columns: z.array(columnRecipe).min(1),
  standardise: z.boolean().default(true).meta({
    title: 'Standardise features',
    description: 'Numbers get mean 0 and standard deviation 1 over the training part.',
  }),
  standardiseTarget: z.boolean().default(true).meta({
    title: 'Standardise the target',
    description:
      'A number to predict gets mean 0 and standard deviation 1 over the training part; predictions are turned back.',
  }),
  missingTokens: z
    .array(z.string())
    .default([...defaultMissingTokens])
    .meta({
      title: 'Missing means',
      description: 'Texts that stand for a missing value, upper or lower case.',
    }),
});

export type TableRecipe = z.infer<typeof tableRecipe>;

/** The recipe's columns by role. @throws EngineError `data/recipe` when they cannot be trained on */
export function rolesOf(recipe: TableRecipe): { features: ColumnRecipe[]; targets: ColumnRecipe[] } {
  const features = recipe.columns.filter((c) => c.role === 'feature');
  const targets = recipe.columns.filter((c) => c.role === 'target');
  const refuse = (why: string, fix: string) => new EngineError('data/recipe', { why, fix });

  if (features.length === 0)
    throw refuse('No column is a feature', 'Choose at least one column for the model to learn from.');
  if (targets.length === 0)
    throw refuse('No column is the target', 'Choose the column that the model is to predict.');
  for (const { name, type, missing, categories } of [...features, ...targets]) {
    if (type === 'text')
      throw refuse(`Column "${name}" is text and cannot be used`, 'Make it a category, or ignore it.');
    if (type === 'category' && categories.length === 0) {
      throw refuse(
        `Column "${name}" is a category without categories`,
        'Import the file again, or ignore the column.',
      );
    }
    if (type === 'category' && (missing === 'mean' || missing === 'median')) {
      throw refuse(
        `Column "${name}" is a category and has no ${missing}`,
        'Choose mode, indicator or drop for its missing values.',
      );
    }
  }
  const classTargets = targets.filter((t) => t.type !== 'number');
  if (classTargets.length > 0 && targets.length > 1) {
    throw refuse(
      `A class ("${classTargets[0]?.name}") must be the only target, and there are ${targets.length}`,
      'Keep one target, or choose numbers only.',
    );
  }
  return { features, targets };
}

/** The names of the numbers that one feature column becomes. */
export function encodedNames({ name, type, missing, categories }: ColumnRecipe): string[] {
  const own = type === 'category' ? categories.map((category) => `${name} = ${category}`) : [name];
  return missing === 'indicator' ? [...own, `${name} is missing`] : own;
}

/** What a table will be after this recipe. @throws EngineError `data/recipe` */
export function describeTable(recipe: TableRecipe): DataDescription {
  const { features, targets } = rolesOf(recipe);
  const columns = features.flatMap(encodedNames);
  const input: Described<InputField> = { name: 'features', dtype: 'f32', shape: [columns.length], columns };
  return { inputs: [input], targets: [describeTarget(targets)] };
}

/** The names of the classes of a class target. */
export function classNames({ type, categories }: ColumnRecipe): readonly string[] {
  return type === 'boolean' ? ['no', 'yes'] : categories;
}

/** What the target columns will be. */
export function describeTarget(targets: readonly ColumnRecipe[]): Described<TargetField> {
  const [only] = targets;
  if (only && only.type !== 'number') {
    return { kind: 'class', name: only.name, dtype: 'u32', shape: [], names: classNames(only) };
  }
  const columns = targets.map((t) => t.name);
  return { kind: 'regression', name: columns.join(', '), dtype: 'f32', shape: [columns.length], columns };
}
