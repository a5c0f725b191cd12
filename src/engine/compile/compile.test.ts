// What a program is made of depends on its graph alone.
import { describe, expect, test } from 'vitest';
import { gradients } from '../autodiff/grad.ts';
import { i32 } from '../ir/expr.ts';
import type { Value } from '../ir/value.ts';
import { add, relu } from '../ops/elementwise.ts';
import { input, inputAttrs } from '../ops/leaf.ts';
import { permute } from '../ops/movement.ts';
import { matmul } from '../ops/product.ts';
import { mean } from '../ops/reduce.ts';
import { anyTarget, compileGraph } from './compile.ts';

/** A layer whose result is also stored transposed, and its gradients. */
function graph(): Value[] {
  const x = input('x', [24, 20]);
  const w = input('w', [20, 12], 'parameter');
  const y = relu(add(matmul(x, w), input('b', [12], 'parameter')));
  return [mean(y, 'all'), permute(y, [1, 0]), ...gradients(mean(matmul(permute(y, [1, 0]), x), 'all'), [w])];
}

const textsOf = (): string[] =>
  compileGraph(
    graph().map((value) => ({ value })),
    (leaf) => ({ buffer: inputAttrs(leaf)!.name, offset: 0, length: 1024 }),
    { arena: 'arena', uniforms: [], ...anyTarget('cpu') },
  ).program.dispatches.map((d) => d.wgsl);

describe('compiling', () => {
  test('gives the same texts however many expressions were made before', () => {
    const first = textsOf();
    // Expressions that are equal are one object; how many are remembered is bounded, and the bound is met in here.
    for (let n = 0; n < 98_000; n++) i32(1_000_000 + n);
    for (let round = 0; round < 40; round++) expect(textsOf()).toEqual(first);
  });
});
