// Every variant of the product family gives the same product: odd sizes, every way the operands can lie, every convolution.
import { describe, expect, test } from 'vitest';
import { gradients } from '../autodiff/grad.ts';
import { topological } from '../ir/graph.ts';
import { sizeOf } from '../ir/shape.ts';
import type { Value } from '../ir/value.ts';
import { conv } from '../ops/convolution.ts';
import { broadcastTo } from '../ops/core.ts';
import { add, relu } from '../ops/elementwise.ts';
import { evaluate } from '../ops/evaluate.ts';
import { gather } from '../ops/indexing.ts';
import { input } from '../ops/leaf.ts';
import { swapLast } from '../ops/movement.ts';
import { matmul } from '../ops/product.ts';
import { sum } from '../ops/reduce.ts';
import { type RunOptions, runOnGpu } from '../runtime/testing.ts';
import { expectAllClose, randomArray } from '../testing.ts';

/** A layer with its bias and activation, and all its gradients: products plain, transposed on either side, with row sums. */
function layer(
  samples: number,
  inputs: number,
  units: number,
  x: Value = input('x', [samples, inputs]),
): Value[] {
  const [w, b] = [input('w', [units, inputs]), input('b', [units])];
  const y = relu(add(matmul(x, swapLast(w)), broadcastTo(b, [samples, units])));
  return [y, ...gradients(y, [x, w, b], input('dy', [samples, units]))];
}

/** A layer whose samples are found by their numbers, as those of a batch are. */
function batchLayer(samples: number, inputs: number, units: number): Value[] {
  const all = input('data', [2 * samples, inputs]);
  return layer(samples, inputs, units, gather(all, input('batch', [samples], 'batch', 'i32')));
}

/** A convolution and its gradients by input and by weight. */
function convolution(
  x: readonly number[],
  w: readonly number[],
  options: Parameters<typeof conv>[2],
): Value[] {
  const [a, b] = [input('x', x), input('w', w)];
  const y = conv(a, b, options);
  return [y, ...gradients(y, [a, b], input('dy', y.shape))];
}

const cases: Readonly<Record<string, () => Value[]>> = {
  'a layer of odd sizes': () => layer(13, 37, 11),
  'a layer in fours': () => layer(36, 72, 20),
  'a batch of odd sizes': () => batchLayer(13, 37, 11),
  'a batch in fours': () => batchLayer(36, 72, 20),
  'a layer larger than a tile': () => layer(67, 130, 70),
  'a product of both transposed': () => [
    matmul(swapLast(input('a', [21, 9])), swapLast(input('b', [17, 21]))),
  ],
  'batches of products': () => [matmul(input('a', [3, 2, 19, 12]), input('b', [3, 2, 12, 5]))],
  'batches that share an operand': () => [matmul(input('a', [5, 7, 8]), input('b', [8, 33]))],
  'a long sum that is cut': () => [matmul(swapLast(input('a', [2048, 7])), input('b', [2048, 9]))],
  'a product of one row': () => [matmul(input('a', [1, 50]), input('b', [50, 6]))],
  'a sum of one': () => [matmul(input('a', [9, 1]), input('b', [1, 10]))],
  'a padded convolution': () => convolution([2, 5, 9, 7], [6, 5, 3, 3], { padding: 1 }),
  'a convolution with stride': () => convolution([3, 4, 11, 8], [5, 4, 3, 2], { stride: 2 }),
  'a dilated convolution': () => convolution([2, 3, 12], [4, 3, 3], { dilation: 2 }),
  'groups of convolutions': () => convolution([2, 6, 8, 8], [8, 3, 3, 3], { groups: 2, padding: 1 }),
  'a convolution of one tap': () => convolution([2, 12, 6, 5], [9, 12, 1, 1], {}),
};

/** Cuts that fit every product, small ones and large: what a text is like depends on the product, not on how large its tiles are. */
const [small, large] = ['workgroup 4×4×8 on 8×8', 'workgroup 8×4×16 on 8×16'] as const;

function feedsOf(roots: readonly Value[]): Map<Value, Float64Array> {
  const leaves = topological(roots).filter((v) => v.op.lower.kind === 'leaf' && v.inputs.length === 0);
  const fed = leaves.filter((v) => v.op.id === 'input');
  return new Map(
    fed.map((v, i) => {
      const values = Float64Array.from(randomArray(sizeOf(v.shape), i + 1), Math.fround);
      return [v, v.dtype === 'i32' ? values.map((_, n) => (7 * n) % values.length) : values];
    }),
  );
}

async function check(roots: readonly Value[], options: RunOptions): Promise<ReadonlyArray<string | null>> {
  const feeds = feedsOf(roots);
  const expected = evaluate(roots, feeds);
  const { results, compiled } = await runOnGpu(roots, feeds, options);
  roots.forEach((_, i) => {
    const scale = expected[i]!.reduce((m, v) => Math.max(m, Math.abs(v)), 1e-3);
    expectAllClose(results[i]!, expected[i]!, { rtol: 1e-5, atol: 1e-5 * scale });
  });
  return compiled.program.dispatches.map((d) => d.variant);
}

describe.each(Object.entries(cases))('%s', (_, make) => {
  test('is the same laid out in workgroup memory', async () => {
    expect(await check(make(), { choices: { get: () => small } })).toContain(small);
  });

  test('is the same to the bit from the text that it starts with', async () => {
    const steady = make();
    const { results } = await runOnGpu(steady, feedsOf(steady));
    const roots = make();
    const quick = await runOnGpu(roots, feedsOf(roots), { startsQuickly: true });
    expect(quick.results).toEqual(results);
    // In parts, too, which stand in for the parts of a dispatch that may be more or fewer.
    const again = make();
    const parts = await runOnGpu(again, feedsOf(again), { startsQuickly: true, parts: 3 });
    expect(parts.results).toEqual(results);
  });

  test('is the same told within subgroups', async () => {
    const told = await check(make(), { choices: { get: () => 'subgroup 6×4×1' } });
    expect(told.some((v) => v?.startsWith('workgroup '))).toBe(false);
  });
});

test.each(['a layer larger than a tile', 'a padded convolution'])(
  '%s is the same in large tiles',
  async (name) => {
    expect(await check(cases[name]!(), { choices: { get: () => large } })).toContain(large);
  },
);

test('without subgroups and workgroup memory, every thread reads for itself', async () => {
  const variants = await check(cases['a layer in fours']!(), { without: ['subgroups', 'workgroupTiles'] });
  expect(variants.filter((v) => v !== null && !v.startsWith('direct '))).toEqual([]);
});

test('a large product for a GPU is laid out in workgroup memory, and one for a processor with subgroups told', async () => {
  const product = (): Value[] => [sum(matmul(input('a', [256, 128]), input('b', [128, 256])), 0)];
  const [large] = await check(product(), { processor: 'gpu' });
  expect(large).toMatch(/^workgroup /);
  const [told] = await check(product(), {});
  expect(told).toMatch(/^subgroup /);
});

test('a product that takes long to compile starts with a shorter text, unless it is told not to', async () => {
  const product = (): Value[] => [relu(matmul(input('x', [64, 256]), input('w', [256, 256])))];
  const start = async (without: RunOptions['without'] = []) => {
    const roots = product();
    const { compiled } = await runOnGpu(roots, feedsOf(roots), { startsQuickly: true, without });
    return compiled.program.dispatches[0]!;
  };
  const { wgsl, quick } = await start();
  expect(quick![0]!.wgsl.length).toBeLessThan(wgsl.length / 4);
  expect((await start(['quickStart'])).quick).toBeUndefined();
});

test('the samples of a batch are read four numbers at a time', async () => {
  const [y] = batchLayer(36, 72, 20);
  const { compiled } = await runOnGpu([y!], feedsOf([y!]));
  const [{ wgsl, bindings } = { wgsl: '', bindings: [] }] = compiled.program.dispatches;
  const at = bindings.findIndex((b) => b.buffer === 'feed:data');
  expect(wgsl).toMatch(new RegExp(`@binding\\(${at}\\)[^;]*array<vec4<f32>>`));
});

test('what was chosen for another device and does not fit is not used', async () => {
  const product = [matmul(input('a', [5, 6]), input('b', [6, 7]))];
  const [variant] = await check(product, { choices: { get: () => 'workgroup 64×64×64 on 64×64' } });
  expect(variant).toMatch(/^(direct|subgroup) /);
});
