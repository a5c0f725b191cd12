import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseCsv } from './csv.ts';
import type { Dataset } from './dataset.ts';
import { classesAsNumbers, classesAsOneHot, unstandardise } from './dataset.ts';
import { encodeFeatures, prepareTable } from './prepare.ts';
import { guessRecipe, profileTable, retypeColumn } from './profile.ts';
import { type ColumnRecipe, columnRecipe, describeTable, tableRecipe } from './recipe.ts';
import { splitSpec } from './split.ts';

const table = (text: string) => parseCsv(new TextEncoder().encode(text).buffer as ArrayBuffer, 'a.csv');
const recipe = (columns: Partial<ColumnRecipe>[], options: object = {}) =>
  tableRecipe.parse({
    columns: columns.map((c) => columnRecipe.parse({ type: 'number', role: 'feature', ...c })),
    ...options,
  });
const all = splitSpec.parse({ train: 1, validation: 0, test: 0 });
const features = (dataset: Dataset): number[][] => {
  const { data, shape } = dataset.inputs[0]!;
  const width = shape[0]!;
  return Array.from({ length: dataset.count }, (_, i) => [...data.subarray(i * width, (i + 1) * width)]);
};
const words = (title: string) => expect.objectContaining({ user: expect.objectContaining({ title }) });

describe('standardising', () => {
  test('uses mean and population deviation: 1, 2, 3, 6 by hand', () => {
    const { dataset, fitted } = prepareTable(
      table('x,y\n1,0\n2,0\n3,1\n6,1'),
      recipe([{ name: 'x' }, { name: 'y', role: 'target' }]),
      all,
    );
    // mean 3, deviations −2 −1 0 3, variance 14/4
    expect(fitted[0]).toMatchObject({ mean: 3, std: Math.sqrt(3.5) });
    [-2, -1, 0, 3].forEach((d, i) => {
      expect(features(dataset)[i]![0]).toBeCloseTo(d / Math.sqrt(3.5), 6);
    });
  });

  test('learns from the training part only: other parts may change and it does not', () => {
    const rows = Array.from({ length: 40 }, (_, i) => [i * i, i % 3]);
    const text = (shift: ReadonlySet<number>) =>
      `x,y\n${rows.map(([x, y], i) => `${x! + (shift.has(i) ? 1e6 : 0)},${y}`).join('\n')}`;
    const r = recipe([{ name: 'x' }, { name: 'y', role: 'target' }]);
    const spec = splitSpec.parse({ seed: 3 });
    const before = prepareTable(table(text(new Set())), r, spec);
    const after = prepareTable(
      table(text(new Set([...before.split.validation, ...before.split.test]))),
      r,
      spec,
    );
    expect(after.split).toEqual(before.split);
    expect(after.fitted).toEqual(before.fitted);
    const train = [...before.split.train].map((i) => rows[i]![0]!);
    const mean = train.reduce((a, b) => a + b, 0) / train.length;
    expect(before.fitted[0]!.mean).toBeCloseTo(mean, 9);
    expect(before.fitted[0]!.std).toBeCloseTo(
      Math.sqrt(train.reduce((s, v) => s + (v - mean) ** 2, 0) / train.length),
      9,
    );
  });

  test('training features have mean 0 and deviation 1, whatever the numbers', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -1e6, max: 1e6 }), { minLength: 3, maxLength: 60 }), (xs) => {
        fc.pre(new Set(xs).size > 1);
        const { dataset } = prepareTable(
          table(`x,y\n${xs.map((x, i) => `${x},${i}`).join('\n')}`),
          recipe([{ name: 'x' }, { name: 'y', role: 'target' }]),
          all,
        );
        const z = features(dataset).map(([v]) => v!);
        const mean = z.reduce((a, b) => a + b, 0) / z.length;
        expect(mean).toBeCloseTo(0, 5);
        expect(z.reduce((s, v) => s + (v - mean) ** 2, 0) / z.length).toBeCloseTo(1, 4);
      }),
    );
  });

  test('turns a constant column into zeros and says so, rounding in the mean notwithstanding', () => {
    const { dataset } = prepareTable(
      table('x,y\n0.1,1\n0.1,2\n0.1,3'),
      recipe([{ name: 'x' }, { name: 'y', role: 'target' }]),
      all,
    );
    expect(
      features(dataset)
        .flat()
        .every((v) => Math.abs(v) < 1e-12),
    ).toBe(true);
    expect(dataset.notes).toContain(
      'Column "x" has one value in the whole training part: it tells the model nothing.',
    );
  });

  test('can be switched off', () => {
    const { dataset } = prepareTable(
      table('x,y\n5,1\n7,2'),
      recipe([{ name: 'x' }, { name: 'y', role: 'target' }], {
        standardise: false,
        standardiseTarget: false,
      }),
      all,
    );
    expect(features(dataset)).toEqual([[5], [7]]);
    expect([...dataset.targets[0]!.data]).toEqual([1, 2]);
    expect(dataset.targets[0]).not.toHaveProperty('standardised');
  });

  test('keeps the way back for a regression target', () => {
    const { dataset } = prepareTable(
      table('x,y\n1,10\n2,20\n3,60'),
      recipe([{ name: 'x' }, { name: 'y', role: 'target' }]),
      all,
    );
    const [target] = dataset.targets;
    if (target?.kind !== 'regression') throw new Error('a number became a class');
    expect(target.standardised?.mean).toEqual([30]);
    unstandardise(target, target.data).forEach((v, i) => {
      expect(v).toBeCloseTo([10, 20, 60][i]!, 4);
    });
  });

  test('several numbers are one target of that width, each with its own scale', () => {
    const { dataset } = prepareTable(
      table('x,a,b\n1,10,1\n2,30,5'),
      recipe([{ name: 'x' }, { name: 'a', role: 'target' }, { name: 'b', role: 'target' }]),
      all,
    );
    expect(dataset.targets[0]).toMatchObject({
      shape: [2],
      columns: ['a', 'b'],
      standardised: { mean: [20, 3], std: [10, 2] },
    });
    expect([...dataset.targets[0]!.data]).toEqual([-1, -1, 1, 1]);
  });
});

describe('categories', () => {
  const text = 'colour,big,size,kind\nred,yes,1,a\ngreen,no,2,b\nred,no,3,a';
  const r = recipe([
    { name: 'colour', type: 'category', categories: ['green', 'red'] },
    { name: 'big', type: 'boolean' },
    { name: 'size' },
    { name: 'kind', type: 'category', role: 'target', categories: ['a', 'b'] },
  ]);

  test('become one column each, yes/no one, in the order of the recipe, unscaled', () => {
    const { dataset } = prepareTable(table(text), r, all);
    const scaled = Math.sqrt(1.5);
    expect(dataset.inputs[0]).toMatchObject({
      columns: ['colour = green', 'colour = red', 'big', 'size'],
      shape: [4],
    });
    const expected = [
      [0, 1, 1, -scaled],
      [1, 0, 0, 0],
      [0, 1, 0, scaled],
    ];
    features(dataset).forEach((row, i) => {
      row.forEach((v, c) => {
        expect(v).toBeCloseTo(expected[i]![c]!, 6);
      });
    });
  });

  test('of the target become indices with names, also as numbers and one-hot', () => {
    const [target] = prepareTable(table(text), r, all).dataset.targets;
    expect(target).toMatchObject({ kind: 'class', shape: [], names: ['a', 'b'] });
    expect([...target!.data]).toEqual([0, 1, 0]);
    if (target?.kind !== 'class') throw new Error('a category became a number');
    expect(classesAsNumbers(target)).toMatchObject({ shape: [1], data: Float32Array.of(0, 1, 0) });
    expect(classesAsOneHot(target)).toMatchObject({ shape: [2], data: Float32Array.of(1, 0, 0, 1, 1, 0) });
  });

  test('are described by the recipe alone as they will come out', () => {
    const { dataset } = prepareTable(table(text), r, all);
    expect(describeTable(r)).toEqual({
      inputs: [
        {
          name: 'features',
          dtype: 'f32',
          shape: [4],
          columns: dataset.inputs[0]!.dtype === 'f32' ? dataset.inputs[0]!.columns : [],
        },
      ],
      targets: [{ kind: 'class', name: 'kind', dtype: 'u32', shape: [], names: ['a', 'b'] }],
    });
  });

  test('one that the recipe does not know is refused with its line', () => {
    expect(() => prepareTable(table(`${text}\nblue,no,3,b`), r, all)).toThrow(
      words('Line 5, column "colour" of a.csv is "blue", not one of "green", "red"'),
    );
  });
});

describe('missing values', () => {
  const text = 'x,c,b,y\n1,u,yes,1\n?,v,no,2\n3,,no,3\n8,v,NA,4\n4,u,no,';
  const columns = (missing: ColumnRecipe['missing'], forNames: ColumnRecipe['missing']) => [
    { name: 'x', missing },
    { name: 'c', type: 'category' as const, categories: ['u', 'v'], missing: forNames },
    { name: 'b', type: 'boolean' as const, missing: forNames },
    { name: 'y', role: 'target' as const },
  ];
  const plain = { standardise: false, standardiseTarget: false };

  test('drop: the rows go, and the note counts them by column', () => {
    const { dataset } = prepareTable(table(text), recipe(columns('drop', 'drop'), plain), all);
    expect(features(dataset)).toEqual([[1, 1, 0, 1]]);
    expect(dataset.notes[0]).toBe(
      '4 of 5 rows dropped for missing values: 1 without the target "y", 1 without "x", 1 without "c", 1 without "b".',
    );
  });

  test('mean and mode: of the rows that have a target', () => {
    const { dataset } = prepareTable(table(text), recipe(columns('mean', 'mode'), plain), all);
    expect(features(dataset)).toEqual([
      [1, 1, 0, 1],
      [4, 0, 1, 0],
      [3, 0, 1, 0],
      [8, 0, 1, 0],
    ]);
    expect(dataset.notes).toContain('1 missing value of "x" replaced by the training part’s mean 4.');
    expect(dataset.notes).toContain(
      '1 missing value of "c" replaced by the training part’s most frequent value "v".',
    );
    expect(dataset.notes).toContain(
      '1 missing value of "b" replaced by the training part’s most frequent value "no".',
    );
  });

  test('median: the middle, or the mean of the two middle ones', () => {
    const even = prepareTable(
      table('x,y\n1,1\n10,2\n2,3\n5,4\n,5'),
      recipe(
        [
          { name: 'x', missing: 'median' },
          { name: 'y', role: 'target' },
        ],
        plain,
      ),
      all,
    );
    expect(features(even.dataset)[4]).toEqual([3.5]);
    const { dataset } = prepareTable(table(text), recipe(columns('median', 'mode'), plain), all);
    expect(features(dataset)[1]![0]).toBe(3);
  });

  test('indicator: a column that says where, and no category at all', () => {
    const { dataset } = prepareTable(table(text), recipe(columns('indicator', 'indicator'), plain), all);
    expect(dataset.inputs[0]).toMatchObject({
      columns: ['x', 'x is missing', 'c = u', 'c = v', 'c is missing', 'b', 'b is missing'],
    });
    expect(features(dataset)).toEqual([
      [1, 0, 1, 0, 0, 1, 0],
      [4, 1, 0, 1, 0, 0, 0],
      [3, 0, 0, 0, 1, 0, 0],
      [8, 0, 0, 1, 0, 0, 1],
    ]);
  });

  test('filling in by the mean leaves the mean, and the deviation counts the filled rows', () => {
    const { fitted } = prepareTable(
      table('x,y\n1,1\n3,2\n,3'),
      recipe([
        { name: 'x', missing: 'mean' },
        { name: 'y', role: 'target' },
      ]),
      all,
    );
    expect(fitted[0]).toMatchObject({ fill: 2, mean: 2, std: Math.sqrt(2 / 3) });
  });

  test('when no row is left, that is said with the causes', () => {
    const r = recipe([{ name: 'x' }, { name: 'y', role: 'target' }]);
    expect(() => prepareTable(table('x,y\n,1\n2,'), r, all)).toThrow(
      words(
        'a.csv has no data to train on: no row has all its values (1 without the target "y", 1 without "x")',
      ),
    );
  });

  test('a column with no value at all cannot be filled in', () => {
    const r = recipe([
      { name: 'x', missing: 'mean' },
      { name: 'y', role: 'target' },
    ]);
    expect(() => prepareTable(table('x,y\n,1\n,2'), r, all)).toThrow(
      words('Column "x" of a.csv has no value in the training part'),
    );
  });
});

describe('what cannot be trained on is refused in words', () => {
  const y = { name: 'y', role: 'target' as const };
  test.each([
    [
      'a word among numbers',
      'x,y\n1,2\ntwo,3',
      recipe([{ name: 'x' }, y]),
      'Line 3, column "x" of a.csv is "two", not a number',
    ],
    [
      'infinity',
      'x,y\n1,2\n1e999,3',
      recipe([{ name: 'x' }, y]),
      'Line 3, column "x" of a.csv is "1e999", not a number',
    ],
    [
      'a thousands separator',
      'x;y\n1,000;2\n',
      recipe([{ name: 'x' }, y]),
      'Line 2, column "x" of a.csv is "1,000", not a number',
    ],
    ['no such column', 'a,y\n1,2', recipe([{ name: 'x' }, y]), 'a.csv has no column "x"'],
    [
      'one class',
      'x,y\n1,a\n2,a',
      recipe([{ name: 'x' }, { ...y, type: 'category', categories: ['a', 'b'] }]),
      'Every row of a.csv that can be used has "a" in the target column "y"',
    ],
    ['no feature', 'x,y\n1,2', recipe([{ name: 'x', role: 'ignore' }, y]), 'No column is a feature'],
    ['no target', 'x,y\n1,2', recipe([{ name: 'x' }]), 'No column is the target'],
    [
      'text as a feature',
      'x,y\n1,2',
      recipe([{ name: 'x', type: 'text' }, y]),
      'Column "x" is text and cannot be used',
    ],
    [
      'the mean of names',
      'x,y\n1,2',
      recipe([{ name: 'x', type: 'category', categories: ['1'], missing: 'mean' }, y]),
      'Column "x" is a category and has no mean',
    ],
    [
      'a class and a number',
      'x,y,z\n1,2,a',
      recipe([{ name: 'x' }, y, { name: 'z', type: 'category', categories: ['a', 'b'], role: 'target' }]),
      'A class ("z") must be the only target, and there are 2',
    ],
  ])('%s', (_, text, r, title) => {
    expect(() => prepareTable(table(text), r, all)).toThrow(words(title));
  });
});

test('new rows are encoded as the training rows were', () => {
  const text = 'x,c,y\n1,u,1\n2,v,2\n6,u,3';
  const r = recipe([
    { name: 'x' },
    { name: 'c', type: 'category', categories: ['u', 'v'] },
    { name: 'y', role: 'target' },
  ]);
  const { dataset, fitted } = prepareTable(table(text), r, all);
  expect(encodeFeatures(table('c,x\nu,6'), r, fitted).data).toEqual(Float32Array.from(features(dataset)[2]!));
  expect(() => encodeFeatures(table('c,x\nu,?'), r, fitted)).toThrow(
    words('Column "x" of a.csv has no value in line 2'),
  );
});

describe('the first guess', () => {
  const text = [
    'id,weight,colour,ok,when,label,comment',
    '1,1.5,red,yes,2024-01-02,b,fine',
    '2,,green,no,2024-01-03,a,so so',
    '3,2e1,red,yes,2024-01-04,b,bad',
    '4,-3,red,no,2024-01-05,a,great',
    '5,7,green,no,2024-01-06,a,hm',
  ].join('\n');

  test('tells numbers, categories, yes/no, dates and names apart', () => {
    const profiles = profileTable(table(text));
    expect(profiles.map((p) => [p.name, p.type])).toEqual([
      ['id', 'number'],
      ['weight', 'number'],
      ['colour', 'category'],
      ['ok', 'boolean'],
      ['when', 'text'],
      ['label', 'category'],
      ['comment', 'text'],
    ]);
    expect(profiles[1]).toMatchObject({ missing: 1, distinct: 4, range: { min: -3, max: 20, mean: 6.375 } });
    expect(profiles[2]).toMatchObject({ categories: ['green', 'red'], examples: ['red', 'green'] });
    expect(profiles[4]?.note).toBe('Dates are kept as text and ignored.');
  });

  test('gives every column a role, and the recipe works as it is', () => {
    const t = table(text);
    const r = guessRecipe(t);
    expect(r.columns.map((c) => c.role)).toEqual([
      'ignore',
      'feature',
      'feature',
      'feature',
      'ignore',
      'target',
      'ignore',
    ]);
    expect(tableRecipe.parse(JSON.parse(JSON.stringify(r)))).toEqual(r);
    expect(prepareTable(t, r, all).dataset.count).toBe(4);
  });

  test('a column of mostly numbers names the text that is not one', () => {
    const [x] = profileTable(table('x,y\n1,1\n2,2\n3,3\noops,4'));
    expect(x?.note).toBe('Mostly numbers, but "oops" is not one.');
  });

  test('numbers in a column named label are classes when they are few', () => {
    const r = guessRecipe(
      table(`x,label\n${Array.from({ length: 12 }, (_, i) => `${i / 7},${(i % 3) + 8}`).join('\n')}`),
    );
    expect(r.columns[1]).toMatchObject({ type: 'category', role: 'target', categories: ['8', '9', '10'] });
    expect(guessRecipe(table('x,label\n1,0.5\n2,0.25\n3,0.75')).columns[1]?.type).toBe('number');
  });

  test('another type brings its categories, and a rule for missing values that it has', () => {
    const t = table('x,y\n10,1\n2,2\n?,3');
    const x = columnRecipe.parse({ name: 'x', type: 'number', role: 'feature', missing: 'mean' });
    const category = retypeColumn(t, x, 'category');
    expect(category).toMatchObject({ type: 'category', missing: 'mode', categories: ['2', '10'] });
    expect(retypeColumn(t, category, 'number')).toMatchObject({
      type: 'number',
      missing: 'mode',
      categories: [],
    });
  });

  test('categories that are numbers are in their order: 2 before 10', () => {
    const t = table('n,y\n10,a\n2,b\n10,a');
    const r = recipe([
      { name: 'n', type: 'category', categories: ['2', '10'] },
      { name: 'y', type: 'category', role: 'target', categories: ['a', 'b'] },
    ]);
    expect(features(prepareTable(t, r, all).dataset)).toEqual([
      [0, 1],
      [1, 0],
      [0, 1],
    ]);
  });
});
