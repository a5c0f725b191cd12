// Concatenations whose parts are computed one after another take no kernel: each part is written where it belongs.
import { describe, expect, test } from 'vitest';
import { sizeOf } from '../ir/shape.ts';
import type { Value } from '../ir/value.ts';
import { concat } from '../ops/concat.ts';
import { sigmoid, tanh } from '../ops/elementwise.ts';
import { input, inputAttrs } from '../ops/leaf.ts';
import { matmul } from '../ops/product.ts';
import { anyTarget, compileGraph } from './compile.ts';

function compiled(...wanted: readonly Value[]) {
  return compileGraph(
    wanted.map((value) => ({ value })),
    (leaf) => ({ buffer: inputAttrs(leaf)!.name, offset: 0, length: sizeOf(leaf.shape) }),
    { ...anyTarget('cpu'), arena: 'arena', uniforms: [] },
  );
}

const x = input('x', [4, 8]);
const w = input('w', [8, 3]);
const parts = [tanh(x), sigmoid(x), tanh(sigmoid(x))];

describe('a concatenation that a product reads', () => {
  test('takes no kernel where its parts are computed and lie one after another', () => {
    const whole = concat(parts, 0);
    const { program, places } = compiled(matmul(whole, w), ...parts);
    const labels = program.dispatches.map((d) => d.label);
    expect(labels.filter((l) => l.startsWith('concat'))).toEqual([]);
    const [, ...found] = places;
    expect(found.map((p) => p.offset - found[0]!.offset)).toEqual([0, 32, 64]);
  });

  test('is written by a kernel of its own where its parts lie apart', () => {
    const { program } = compiled(matmul(concat(parts, 1), input('v', [24, 3])), ...parts);
    expect(program.dispatches.filter((d) => d.label.startsWith('concat'))).toHaveLength(1);
  });

  test('lies within a longer one of the same parts', () => {
    const run = concat(parts.slice(1), 0);
    const { program } = compiled(matmul(concat(parts, 0), w), matmul(run, w));
    expect(program.dispatches.filter((d) => d.label.startsWith('concat'))).toEqual([]);
  });

  test('copies what is given rather than computed', () => {
    const { program } = compiled(matmul(concat([tanh(x), input('y', [4, 8])], 0), w));
    expect(program.dispatches.filter((d) => d.label.startsWith('concat'))).toHaveLength(1);
  });
});
