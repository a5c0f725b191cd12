// Every op on the GPU against its float64 reference: the result, and the gradients of all its inputs.
import { afterAll, describe, test } from 'vitest';
import { gradients } from '../autodiff/grad.ts';
import type { OpSample } from '../ir/op.ts';
import { sizeOf } from '../ir/shape.ts';
import { applyOp, type Value } from '../ir/value.ts';
import { evaluate } from '../ops/evaluate.ts';
import { opList } from '../ops/index.ts';
import { input } from '../ops/leaf.ts';
import { runOnGpu } from '../runtime/testing.ts';
import { expectAllClose, ParityTable, randomArray, relativeError, sampleInputs } from '../testing.ts';

const nameOf = (s: OpSample<number, unknown>): string =>
  `${s.shapes.map((d) => `[${d.join(', ')}]`).join(' ')} ${s.attrs ? JSON.stringify(s.attrs) : ''}`;

const table = new ParityTable('Ops: results and gradients on the GPU against float64', 'ops', 'samples');
afterAll(() => console.log(`${table}`));

describe.each(opList.filter((op) => op.samples.length > 0))('$id', (op) => {
  test.each(op.samples.map((s) => ({ title: nameOf(s), sample: s })))('$title', async ({ sample }) => {
    const dense = sampleInputs(sample);
    const inputs = dense.map((d, i) => input(`x${i}`, d.shape, 'feed', d.dtype));
    // References start from what float32 can hold, so that only the arithmetic is compared.
    const feeds = new Map<Value, Float64Array>(
      inputs.map((v, i) => [
        v,
        v.dtype === 'f32' ? Float64Array.from(dense[i]!.data, Math.fround) : dense[i]!.data,
      ]),
    );

    const y = applyOp(op, inputs, sample.attrs);
    const floats = inputs.filter((v) => v.dtype === 'f32');
    const dy = input('dy', y.shape);
    const roots = y.dtype === 'f32' && floats.length > 0 ? [y, ...gradients(y, floats, dy)] : [y];
    if (roots.length > 1) feeds.set(dy, Float64Array.from(randomArray(sizeOf(y.shape), 99), Math.fround));

    const { results } = await runOnGpu(roots, feeds);
    const expected = evaluate(roots, feeds);
    table.add(op.id, Math.max(...roots.map((_, i) => relativeError(results[i]!, expected[i]!))));
    roots.forEach((_, i) => {
      const scale = expected[i]!.reduce((m, v) => (Number.isFinite(v) ? Math.max(m, Math.abs(v)) : m), 0);
      expectAllClose(results[i]!, expected[i]!, { rtol: 1e-5, atol: 1e-5 * Math.max(scale, 1e-3) });
    });
  });
});
