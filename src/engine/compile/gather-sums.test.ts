// Long sums become short ones: fewer terms, the same numbers.
import { describe, expect, test } from 'vitest';
import { topological } from '../ir/graph.ts';
import { sizeOf } from '../ir/shape.ts';
import type { Value } from '../ir/value.ts';
import { add } from '../ops/elementwise.ts';
import { evaluate } from '../ops/evaluate.ts';
import { input } from '../ops/leaf.ts';
import { pad, swapLast } from '../ops/movement.ts';
import { matmul } from '../ops/product.ts';
import { sum } from '../ops/reduce.ts';
import { expectAllClose, randomArray } from '../testing.ts';
import { gatherSums } from './gather-sums.ts';

const inputs = (count: number, shape: readonly number[]): Value[] =>
  Array.from({ length: count }, (_, i) => input(`${shape.join('x')}_${i}`, shape));
const feedsOf = (leaves: readonly Value[]): Map<Value, Float64Array> =>
  new Map(leaves.map((v, i) => [v, Float64Array.from(randomArray(sizeOf(v.shape), i + 1))]));
const countOf = (roots: readonly Value[], op: string): number =>
  topological(roots).filter((v) => v.op.id === op).length;

/** The gathered graph, which gives the same numbers. */
function gathered(roots: readonly Value[], leaves: readonly Value[]): Value[] {
  const now = gatherSums(roots);
  const feeds = feedsOf(leaves);
  const expected = evaluate(roots, feeds);
  evaluate(now, feeds).forEach((found, i) => {
    expectAllClose(found, expected[i]!, { rtol: 1e-12, atol: 1e-12 });
  });
  return now;
}

describe('a sum of many terms', () => {
  test('of products of one shape is one product', () => {
    const [as, bs] = [inputs(5, [3, 4]), inputs(5, [3, 2])];
    const total = as.map((a, i) => matmul(swapLast(a), bs[i]!)).reduce(add);
    const now = gathered([total], [...as, ...bs]);
    expect([countOf([total], 'matmul'), countOf(now, 'matmul'), countOf(now, 'add')]).toEqual([5, 1, 0]);
  });

  test('of few products stays', () => {
    const [as, bs] = [inputs(2, [3, 4]), inputs(2, [3, 2])];
    const total = as.map((a, i) => matmul(swapLast(a), bs[i]!)).reduce(add);
    expect(gatherSums([total])).toEqual([total]);
  });

  test('of padded pieces that lie side by side is one concatenation', () => {
    const pieces = inputs(4, [2, 3]);
    const framed = pieces.map((p, i) => pad(p, { axis: 1, before: 3 * i, after: 9 - 3 * i }));
    const now = gathered([framed.reverse().reduce(add)], pieces);
    expect([countOf(now, 'pad'), countOf(now, 'concat')]).toEqual([0, 1]);
  });

  test('keeps the frame of pieces that leave some of it open, and pieces that overlap', () => {
    const pieces = inputs(3, [2]);
    const at = (i: number, before: number): Value => pad(pieces[i]!, { axis: 0, before, after: 6 - before });
    const now = gathered([add(add(at(0, 1), at(1, 3)), at(2, 2))], pieces);
    expect([countOf(now, 'pad'), countOf(now, 'concat'), countOf(now, 'add')]).toEqual([2, 1, 1]);
  });

  test('of sums over rows is one sum', () => {
    const xs = inputs(6, [3, 2]);
    const now = gathered([xs.map((x) => sum(x, 0)).reduce(add)], xs);
    expect([countOf(now, 'sum'), countOf(now, 'add')]).toEqual([1, 0]);
  });

  test('keeps partial sums that somebody else reads', () => {
    const [as, bs] = [inputs(5, [3, 4]), inputs(5, [3, 2])];
    const products = as.map((a, i) => matmul(swapLast(a), bs[i]!));
    const partial = products.slice(0, 2).reduce(add);
    const total = products.slice(2).reduce(add, partial);
    gathered([partial, total], [...as, ...bs]);
  });
});
