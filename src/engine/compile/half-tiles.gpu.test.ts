// Tiles of 16-bit numbers. No adapter of these tests has such numbers, so there are two halves of a proof: the texts as they
// are compile on Dawn's null backend, which takes the feature; and with the two functions that narrow and widen said in what
// every adapter has (pack2x16float), the same texts compute on a real one.
import { describe, expect, test } from 'vitest';
import { create } from 'webgpu';
import { gradients } from '../autodiff/grad.ts';
import { topological } from '../ir/graph.ts';
import { sizeOf } from '../ir/shape.ts';
import type { Value } from '../ir/value.ts';
import { conv } from '../ops/convolution.ts';
import { broadcastTo } from '../ops/core.ts';
import { add, relu } from '../ops/elementwise.ts';
import { evaluate } from '../ops/evaluate.ts';
import { input, inputAttrs } from '../ops/leaf.ts';
import { swapLast } from '../ops/movement.ts';
import { matmul } from '../ops/product.ts';
import { openDevice, targetOf } from '../runtime/device.ts';
import { Machine } from '../runtime/machine.ts';
import { type RunOptions, runOnGpu } from '../runtime/testing.ts';
import { randomArray, relativeError } from '../testing.ts';
import { compileGraph } from './compile.ts';

// A GPU that is collected takes its devices along.
const nullGpu = create(['backend=null']);

const tiles = 'workgroup 4×4×8 on 8×8';
const halfTiles = `${tiles} f16`;

/** A layer without bias and its gradients, and a convolution and its: whatever else wants their factors is kept out of them. */
const cases: Readonly<Record<string, () => Value[]>> = {
  layer() {
    const [x, w] = [input('x', [13, 37]), input('w', [11, 37])];
    const y = relu(matmul(x, swapLast(w)));
    return [y, ...gradients(y, [x, w], input('dy', y.shape))];
  },
  convolution() {
    const [x, w] = [input('x', [2, 5, 9, 7]), input('w', [6, 5, 3, 3])];
    const y = conv(x, w, { padding: 1 });
    return [y, ...gradients(y, [x, w], input('dy', y.shape))];
  },
  attention: () => [matmul(input('q', [3, 2, 19, 12]), swapLast(input('k', [3, 2, 17, 12])))],
};

function feedsOf(roots: readonly Value[], of: (seed: number, length: number) => Float64Array) {
  const leaves = topological(roots).filter((v) => v.op.id === 'input');
  return new Map(leaves.map((v, i) => [v, of(i + 1, sizeOf(v.shape))]));
}

/** The two functions that have 16-bit numbers, in words that need none. */
function packed(wgsl: string): string {
  return wgsl
    .replace('enable f16;\n', '')
    .replace('alias halves = vec4<f16>;', 'alias halves = vec2<u32>;')
    .replace('return vec4<f16>(x);', 'return vec2(pack2x16float(x.xy), pack2x16float(x.zw));')
    .replace('return vec4<f32>(x);', 'return vec4(unpack2x16float(x.x), unpack2x16float(x.y));');
}

const halved: RunOptions = { halves: true, choices: { get: () => halfTiles }, text: packed };
const whole: RunOptions = { choices: { get: () => tiles } };

describe.each(Object.entries(cases))('%s', (_, make) => {
  test('is the same to the bit where 16 bits hold the factors', async () => {
    const roots = make();
    // Sixteenths between -4 and 4.
    const feeds = feedsOf(roots, (seed, n) =>
      Float64Array.from(randomArray(n, seed), (v) => Math.max(-4, Math.min(4, Math.round(16 * v) / 16))),
    );
    const expected = await runOnGpu(roots, feeds, whole);
    const { results, compiled } = await runOnGpu(roots, feeds, halved);
    expect(compiled.program.dispatches.map((d) => d.variant)).toContain(halfTiles);
    expect(results).toEqual(expected.results);
  });

  test('is off by what rounding factors to 16 bits makes, and no more', async () => {
    const roots = make();
    const feeds = feedsOf(roots, (seed, n) => Float64Array.from(randomArray(n, seed), Math.fround));
    const expected = evaluate(roots, feeds);
    const { results } = await runOnGpu(roots, feeds, halved);
    results.forEach((got, i) => {
      const error = relativeError(got, expected[i]!);
      expect(error).toBeGreaterThan(1e-6);
      expect(error).toBeLessThan(2 ** -10);
    });
  });

  test('compiles on a device that has 16-bit numbers', async () => {
    const { device } = await openDevice(nullGpu, { f16: true });
    expect(device.features.has('shader-f16')).toBe(true);
    const target = targetOf({ device, name: 'null', software: false });
    const { program } = compileGraph(
      make().map((value) => ({ value })),
      (leaf) => ({ buffer: inputAttrs(leaf)!.name, offset: 0, length: sizeOf(leaf.shape) }),
      { ...target, arena: 'arena', uniforms: [], choices: { get: () => halfTiles } },
    );
    const narrow = program.dispatches.filter((d) => d.wgsl.startsWith('enable f16;'));
    expect(narrow.length).toBeGreaterThan(0);
    expect(narrow.every((d) => d.variant === halfTiles)).toBe(true);
    const machine = new Machine(device);
    await machine.reserve(
      Object.fromEntries(narrow.flatMap((d) => d.bindings.map((b) => [b.buffer, 2 ** 16]))),
    );
    device.pushErrorScope('validation');
    await machine.load({ ...program, dispatches: narrow });
    expect((await device.popErrorScope())?.message).toBeUndefined();
    machine.dispose();
  });
});

test('gradients that are too small for 16 bits are not lost, and what is no gradient is not made too large for them', async () => {
  const [x, w] = [input('x', [16, 24]), input('w', [24, 20])];
  const y = matmul(x, w);
  const dy = input('dy', y.shape);
  const roots = [y, ...gradients(y, [x, w], dy)];
  const sixteenths = (seed: number, n: number, by: number): Float64Array =>
    Float64Array.from(randomArray(n, seed), (v) => Math.round(16 * v) * by);
  const feeds = new Map([
    [x, sixteenths(1, 16 * 24, 2 ** 6)],
    [w, sixteenths(2, 24 * 20, 2 ** -4)],
    [dy, sixteenths(3, 16 * 20, 2 ** -26)],
  ]);
  const expected = await runOnGpu(roots, feeds, whole);
  const scaled = await runOnGpu(roots, feeds, { ...halved, gradientScale: 1024, forward: 1 });
  expect(scaled.compiled.program.dispatches.map((d) => d.variant)).toEqual([halfTiles, halfTiles, halfTiles]);
  expect(scaled.results).toEqual(expected.results);
  const plain = await runOnGpu(roots, feeds, halved);
  expect(plain.results).not.toEqual(expected.results);
});

test('sums of factors, which are no products, are those of the factors themselves', async () => {
  const [x, w, b] = [input('x', [64, 40]), input('w', [24, 40]), input('b', [24])];
  const y = add(matmul(x, swapLast(w)), broadcastTo(b, [64, 24]));
  const roots = gradients(y, [w, b], input('dy', y.shape));
  const feeds = feedsOf(roots, (seed, n) => Float64Array.from(randomArray(n, seed), Math.fround));
  const { results, compiled } = await runOnGpu(roots, feeds, halved);
  expect(compiled.program.dispatches.length).toBe(1);
  expect(relativeError(results[1]!, evaluate(roots, feeds)[1]!)).toBeLessThan(1e-6);
});

test('only what was measured has 16 bits', async () => {
  const product = [matmul(input('a', [256, 512]), input('b', [512, 256]))];
  const feeds = feedsOf(product, (seed, n) => Float64Array.from(randomArray(n, seed), Math.fround));
  const { compiled } = await runOnGpu(product, feeds, { halves: true, processor: 'gpu' });
  expect(compiled.program.dispatches.map((d) => d.variant?.endsWith('f16'))).toEqual([false]);
  expect(compiled.questions[0]!.cuts(6).filter((cut) => cut.endsWith(' f16')).length).toBeGreaterThan(0);
});
