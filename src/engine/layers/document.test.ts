// The pages of all layers: what stands in them, and that the committed ones are those of today's declarations.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { defineLayer, param, tensorIn, tensorOut } from './define.ts';
import { layerPage, layerPages } from './document.ts';
import { paramFields } from './fields.ts';
import { layerList, layerOf } from './index.ts';

const pageOf = (kind: string): string => {
  const spec = layerOf(kind);
  if (!spec) throw new Error(`${kind} is a layer`);
  return layerPage(spec);
};

/** A table's row by its cells: a bar ends a cell unless a backslash stands before it. */
const cellsOf = (row: string): string[] => row.split(/(?<!\\)\|/).slice(1, -1);

describe('the page of a layer', () => {
  test('has the formula, the ports, shapes, tensors, parameters, the source and PyTorch’s name', () => {
    const page = pageOf('linear');
    expect(page).toContain('# Linear\n\nA weighted sum of all features per unit, plus a bias.\n');
    expect(page).toContain('\n$$\ny = x W^\\top + b\n$$\n');
    expect(page).toContain('- Input `x` (tensor): The tensor that comes in.\n');
    expect(page).toContain('`x` of 4 × 6 gives `y` of 4 × 16.');
    expect(page).toContain('`weight` of 16 × 6, `bias` of 16.');
    expect(page).toContain(
      '| **Units** `units` | 16 | a whole number, 1 to 16,777,216 | How many features come out. |',
    );
    expect(page).toContain('Only where *Initial weights* is Xavier uniform, Xavier normal or Orthogonal.');
    expect(page).toContain('`torch.nn.Linear`');
    expect(page).toContain('Bishop, Pattern Recognition');
  });

  test('says which inputs may stay unwired, what may change while training, and what is remembered', () => {
    expect(pageOf('multiHeadAttention')).toContain('- Input `key` (tensor, may stay unwired)');
    expect(pageOf('dropout')).toContain('May change while training.');
    expect(pageOf('batchNorm2d')).toContain('Remembered between steps: `running_mean` of 2');
    expect(pageOf('globalAvgPool')).toContain('`torch.nn.AdaptiveAvgPool2d(1)` and `torch.nn.Flatten`');
  });

  test('keeps text with bars, stars and dollars as text, inside its table', () => {
    const odd = defineLayer({
      kind: 'odd',
      title: 'a*b',
      category: 'math',
      aliases: [],
      doc: 'Costs $1 | or [2] <b>.',
      formula: 'y = |x|',
      source: 'Nobody',
      pytorch: null,
      inputs: [tensorIn],
      outputs: [tensorOut],
      params: z.strictObject({
        p: param(z.number().default(1), { title: 'P | q', description: 'Where |x| < 1,\nand _so_ on.' }),
      }),
      build: (_, { x }) => ({ y: x! }),
    });
    const page = layerPage(odd);
    expect(page).toContain('# a\\*b\n\nCosts \\$1 | or \\[2\\] \\<b\\>.\n');
    expect(page).toContain('$$\ny = |x|\n$$');
    expect(page).toContain('| **P \\| q** `p` | 1 | a number | Where \\|x\\| \\< 1, and \\_so\\_ on. |');
  });

  test.each(layerList.map((spec) => [spec.kind, spec] as const))('of %s is whole', (_, spec) => {
    const page = layerPage(spec);
    const rows = page.split('\n').filter((line) => line.startsWith('|'));
    const fields = paramFields(spec.params);
    expect(rows).toHaveLength(fields.length === 0 ? 0 : fields.length + 2);
    expect(rows.every((row) => cellsOf(row).length === 4)).toBe(true);
    for (const port of [...spec.inputs, ...spec.outputs]) expect(page).toContain(`put \`${port.name}\` (`);
    expect(page).not.toMatch(/undefined|null|NaN|\[object/);
  });
});

describe('docs/layers', () => {
  test('holds the pages of today’s declarations, and no others', () => {
    const folder = join(import.meta.dirname, '../../../docs/layers');
    const committed = new Map(
      readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]),
    );
    const pages = layerPages(layerList);
    const stale = [...new Set([...pages.keys(), ...committed.keys()])].filter(
      (name) => pages.get(name) !== committed.get(name),
    );
    expect(stale, 'these pages are not what the layers declare now: run `npm run docs`').toEqual([]);
  });

  test('links every layer from its index, under names that no file system confuses', () => {
    const pages = layerPages(layerList);
    const index = pages.get('README.md') ?? '';
    for (const { kind } of layerList) expect(index).toContain(`](${kind}.md): `);
    expect(new Set([...pages.keys()].map((name) => name.toLowerCase())).size).toBe(layerList.length + 1);
  });
});
