// Graphs that nobody thought of: random nets of ops, compiled and fused, must give what the interpreter gives.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { gradients } from '../autodiff/grad.ts';
import { printGraph } from '../ir/graph.ts';
import { sizeOf } from '../ir/shape.ts';
import type { Value } from '../ir/value.ts';
import { broadcastTo, reshape } from '../ops/core.ts';
import { add, exp, maximum, mul, relu, sigmoid, sub, tanh } from '../ops/elementwise.ts';
import { evaluate } from '../ops/evaluate.ts';
import { input, scalar } from '../ops/leaf.ts';
import { flip, swapLast } from '../ops/movement.ts';
import { layerNorm } from '../ops/normalise.ts';
import { matmul } from '../ops/product.ts';
import { max, mean, sum } from '../ops/reduce.ts';
import { softmax } from '../ops/softmax.ts';
import { type RunOptions, runOnGpu } from '../runtime/testing.ts';
import { expectAllClose, randomArray } from '../testing.ts';
import { passNames } from './compile.ts';
import { lookingUniform } from './looks.ts';
import type { ProcessorKind } from './tiling.ts';

/** Ways to make a matrix out of one or two; every one keeps numbers small. */
const steps: ReadonlyArray<(a: Value, b: Value) => Value> = [
  (a) => tanh(a),
  (a) => relu(a),
  (a) => sigmoid(mul(a, scalar(2))),
  (a) => mul(exp(mul(a, scalar(0.1))), scalar(0.5)),
  (a) => softmax(a, -1),
  (a) => layerNorm(a, a.shape.slice(-1)),
  (a) => sub(a, mean(a, 0, { keep: true })),
  (a) => mul(a, broadcastTo(max(a, -1, { keep: true }), a.shape)),
  (a) => swapLast(a),
  (a) => flip(a, 0),
  (a) => reshape(a, [a.shape[1]!, a.shape[0]!]),
  (a) => matmul(a, swapLast(a)),
  (a) => mul(matmul(swapLast(a), a), scalar(0.3)),
  (a, b) => (a.shape.join() === b.shape.join() ? add(a, mul(b, scalar(0.5))) : a),
  (a, b) => (a.shape.join() === b.shape.join() ? maximum(a, b) : add(a, sum(b, 'all'))),
  (a, b) => (a.shape[1] === b.shape[0] ? mul(matmul(a, b), scalar(0.3)) : mul(a, mean(b, 'all'))),
];

interface Plan {
  readonly rows: number;
  readonly columns: number;
  readonly moves: readonly (readonly [step: number, left: number, right: number])[];
}

const plans: fc.Arbitrary<Plan> = fc.record({
  rows: fc.integer({ min: 1, max: 37 }),
  columns: fc.integer({ min: 1, max: 37 }),
  moves: fc.array(fc.tuple(fc.nat(steps.length - 1), fc.nat(3), fc.nat(5)), { minLength: 2, maxLength: 8 }),
});

function graphOf({ rows, columns, moves }: Plan): {
  roots: Value[];
  /** What lies between the leaves and the loss, and its gradients. */
  between: Value[];
  feeds: Map<Value, Float64Array>;
} {
  const leaves = [input('a', [rows, columns]), input('b', [columns, rows])];
  const values = [...leaves];
  for (const [step, left, right] of moves) {
    const a = values[Math.max(0, values.length - 1 - left)]!;
    const b = values[Math.max(0, values.length - 1 - right)]!;
    values.push(steps[step]!(a, b));
  }
  const last = values.at(-1)!;
  const loss = mean(mul(last, last), 'all');
  const feeds = new Map(
    leaves.map((v, i) => [v, Float64Array.from(randomArray(sizeOf(v.shape), i + 1), Math.fround)]),
  );
  const between = values.slice(2);
  return {
    roots: [loss, values[Math.floor(values.length / 2)]!, ...gradients(loss, leaves)],
    between: [...between, ...gradients(loss, between)],
    feeds,
  };
}

async function compare(plan: Plan, options: RunOptions): Promise<void> {
  const { roots, feeds } = graphOf(plan);
  const expected = evaluate(roots, feeds);
  const { results } = await runOnGpu(roots, feeds, options);
  roots.forEach((root, i) => {
    const scale = expected[i]!.reduce((m, v) => Math.max(m, Math.abs(v)), 1e-3);
    try {
      expectAllClose(results[i]!, expected[i]!, { rtol: 1e-4, atol: 1e-4 * scale });
    } catch (error) {
      throw new Error(`root ${i} (${root.op.id})\n${printGraph(roots)}`, { cause: error });
    }
  });
}

/**
 * Looks change no bit of what a program is for, and find what the interpreter gives.
 *
 * @returns how many of them were not even written where nobody looked
 */
async function compareLooks(plan: Plan, processor: ProcessorKind): Promise<number> {
  const { roots, between, feeds } = graphOf(plan);
  const looked = [...roots, ...between];
  const options = { processor, hypers: { [lookingUniform]: 0 } };
  const none = await runOnGpu(roots, feeds, options);
  const off = await runOnGpu(looked, feeds, { ...options, looks: between.length });
  const on = await runOnGpu(looked, feeds, {
    ...options,
    looks: between.length,
    hypers: { [lookingUniform]: 1 },
  });
  const always = off.compiled.program.dispatches.filter((d) => !d.onlyLooks);
  expect(always.length).toBe(none.compiled.program.dispatches.length);
  roots.forEach((_, i) => {
    expect(off.results[i]).toEqual(none.results[i]);
    expect(on.results[i]).toEqual(none.results[i]);
  });
  const expected = evaluate(between, feeds);
  between.forEach((value, i) => {
    const scale = expected[i]!.reduce((m, v) => Math.max(m, Math.abs(v)), 1e-3);
    try {
      expectAllClose(on.results[roots.length + i]!, expected[i]!, { rtol: 1e-4, atol: 1e-4 * scale });
    } catch (error) {
      throw new Error(`look ${i} (${value.op.id})\n${printGraph(looked)}`, { cause: error });
    }
  });
  const isWritten = (result: Float64Array): boolean => result.some((x) => x !== 0);
  return between.filter((_, i) => {
    const at = roots.length + i;
    return isWritten(on.results[at]!) && !isWritten(off.results[at]!);
  }).length;
}

const corpus = (runs: number) => ({ numRuns: runs, seed: 2026, endOnFailure: false });

describe.each(['cpu', 'gpu'] as const)('random graphs, cut for a %s', (processor) => {
  test('give what the interpreter gives', async () => {
    await fc.assert(
      fc.asyncProperty(plans, (plan) => compare(plan, { processor })),
      corpus(25),
    );
  });
});

test.each(['cpuTeam', 'gpuTeam'] as const)(
  'random graphs give what the interpreter gives as one kernel of a %s',
  async (processor) => {
    await fc.assert(
      fc.asyncProperty(plans, (plan) => compare(plan, { processor })),
      corpus(15),
    );
  },
);

test.each(['cpu', 'gpu', 'cpuTeam', 'gpuTeam'] as const)(
  'random graphs give the same to the bit whether one looks or not, cut for a %s',
  async (processor) => {
    let spared = 0;
    await fc.assert(
      fc.asyncProperty(plans, async (plan) => {
        spared += await compareLooks(plan, processor);
      }),
      corpus(10),
    );
    expect(spared).toBeGreaterThan(0);
  },
);

test('random graphs give the same with every dispatch cut in parts', async () => {
  await fc.assert(
    fc.asyncProperty(plans, (plan) => compare(plan, { parts: 3 })),
    corpus(6),
  );
});

test.each(passNames)('random graphs give the same without the pass %s', async (pass) => {
  await fc.assert(
    fc.asyncProperty(plans, (plan) => compare(plan, { without: [pass] })),
    corpus(6),
  );
});
