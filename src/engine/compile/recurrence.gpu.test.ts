// Recurrent nets are unrolled: the same few kernels, step after step. What a step computes must not grow with the steps
// before it, neither in text nor in the time to compile.
import { describe, expect, test } from 'vitest';
import { gradients } from '../autodiff/grad.ts';
import { sizeOf } from '../ir/shape.ts';
import type { Value } from '../ir/value.ts';
import { concat, split } from '../ops/concat.ts';
import { reshape } from '../ops/core.ts';
import { add, mul, sigmoid, tanh } from '../ops/elementwise.ts';
import { evaluate } from '../ops/evaluate.ts';
import { input, inputAttrs } from '../ops/leaf.ts';
import { slice } from '../ops/movement.ts';
import { matmul } from '../ops/product.ts';
import { sum } from '../ops/reduce.ts';
import { runOnGpu } from '../runtime/testing.ts';
import { expectAllClose, randomArray } from '../testing.ts';
import { anyTarget, compileGraph } from './compile.ts';
import type { Place, Program } from './program.ts';

const batch = 5;
const units = 6;

/** A gated cell over time, as LSTMs have: a state that is never a product's operand, and one that is. */
function gated(time: number): { roots: Value[]; feeds: Map<Value, Float64Array> } {
  const x = input('x', [time, batch, 3 * units]);
  const w = input('w', [units, 3 * units]);
  const start = input('start', [batch, units]);
  let hidden = start;
  let cell = start;
  for (let t = 0; t < time; t++) {
    const now = reshape(slice(x, { axis: 0, start: t, size: 1 }), [batch, 3 * units]);
    const [forget, fresh, out] = split(add(now, matmul(hidden, w)), [units, units, units], 1);
    cell = add(mul(sigmoid(forget!), cell), mul(sigmoid(fresh!), tanh(fresh!)));
    hidden = mul(sigmoid(out!), tanh(cell));
  }
  const loss = sum(mul(hidden, hidden), 'all');
  const leaves = [x, w, start];
  const feeds = new Map(
    leaves.map((v, i) => [v, Float64Array.from(randomArray(sizeOf(v.shape), i + 1), Math.fround)]),
  );
  return { roots: [loss, concat([hidden, cell], 1), ...gradients(loss, leaves)], feeds };
}

const texts = ({ dispatches }: Program): number => new Set(dispatches.map((d) => d.wgsl)).size;
const longest = ({ dispatches }: Program): number => Math.max(...dispatches.map((d) => d.wgsl.length));

describe('a recurrence over time', () => {
  test('gives what the interpreter gives, forward and backward', async () => {
    const { roots, feeds } = gated(9);
    const { results } = await runOnGpu(roots, feeds);
    evaluate(roots, feeds).forEach((expected, i) => {
      expectAllClose(results[i]!, expected, { rtol: 1e-4, atol: 1e-5 });
    });
  });

  test('takes the same few kernels, however long it is', () => {
    const compiled = (time: number): Program => {
      const { roots } = gated(time);
      const placeOf = (leaf: Value): Place => ({
        buffer: inputAttrs(leaf)!.name,
        offset: 0,
        length: sizeOf(leaf.shape),
      });
      const options = { ...anyTarget('cpu'), arena: 'arena', uniforms: [] };
      return compileGraph(
        roots.map((value) => ({ value })),
        placeOf,
        options,
      ).program;
    };
    const [short, long] = [compiled(12), compiled(36)];
    expect(long.dispatches.length).toBeGreaterThan(2 * short.dispatches.length);
    // Three times the steps, and no text grows with them.
    expect(longest(long)).toBeLessThan(1.2 * longest(short));
    expect(texts(long)).toBeLessThanOrEqual(1.2 * texts(short));
  });
});
