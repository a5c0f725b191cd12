// Every map on NaN, Inf, both zeros and large numbers, on the GPU against its reference: nothing may hide a NaN.
import { expect, test } from 'vitest';
import { applyOp } from '../ir/value.ts';
import { opList } from '../ops/index.ts';
import { input } from '../ops/leaf.ts';
import { runOnGpu } from '../runtime/testing.ts';
import { sampleInputs, straySamples } from '../testing.ts';

const specials = [Number.NaN, Infinity, -Infinity, 0, -0, 1, -1, 2, 1e30, -1e30, 1e-30];

const maps = opList.flatMap((op) => {
  const sample = op.samples.find((s) => s.shapes.every((_, i) => (s.dtypes?.[i] ?? 'f32') === 'f32'));
  const isMap = op.lower.kind === 'pull' && op.lower.form === 'map' && sample;
  return isMap && op.infer(sampleInputs(sample), sample.attrs).dtype === 'f32' ? [{ op, sample }] : [];
});

/** Where f32 leaves a choice, the driver's is right: sines of huge angles; 0, 1 and −∞ to extreme powers. */
function isDefined(id: string, at: readonly number[]): boolean {
  if (id === 'sin' || id === 'cos') return Math.abs(at[0]!) < 1e6 || !Number.isFinite(at[0]!);
  if (id !== 'pow') return true;
  const [base, exponent] = at as [number, number];
  const extreme = !Number.isFinite(exponent) || Math.abs(exponent) < 1e-20;
  return exponent === 0 || !extreme || ![0, 1, -1, -Infinity].includes(base);
}

test.each(maps)('$op.id', async ({ op, sample }) => {
  const count = sample.shapes.length;
  const size = specials.length ** count;
  // Every combination, one digit of the position for each input; rounded to what f32 holds.
  const data = sample.shapes.map((_, i) =>
    new Float64Array(size).map((_, n) =>
      Math.fround(specials[Math.floor(n / specials.length ** i) % specials.length]!),
    ),
  );
  const inputs = data.map((_, i) => input(`x${i}`, [size]));
  const y = applyOp(op, inputs, sample.attrs);
  const { results } = await runOnGpu([y], new Map(inputs.map((v, i) => [v, data[i]!])));
  const expected = op.reference(
    data.map((d) => ({ shape: [size], dtype: 'f32', data: d })),
    sample.attrs,
    y,
  );
  const wrong: string[] = [];
  expected.forEach((exact, n) => {
    const at = data.map((d) => d[n]!);
    const right = Math.fround(exact);
    const got = results[0]![n]!;
    const same =
      Object.is(right, got) || right === got || Math.abs(right - got) <= 1e-5 * Math.abs(right) + 1e-20;
    if (!same && isDefined(op.id, at)) wrong.push(`${op.id}(${at.join(', ')}) is ${got}, not ${right}`);
  });
  expect(wrong).toEqual([]);
});

/** Ops that join, move or reduce: what is out of the ordinary among ordinary numbers, in the first samples of each. */
const others = opList.filter((op) => !maps.some((m) => m.op === op) && straySamples(op).length > 0);

test.each(others.map((op) => [op.id, op] as const))('%s among ordinary numbers', async (_, op) => {
  for (const { name, sample, inputs: dense } of straySamples(op).slice(4, 8)) {
    const inputs = dense.map((d, i) => input(`x${i}`, d.shape, 'feed', d.dtype));
    const y = applyOp(op, inputs, sample.attrs);
    const { results } = await runOnGpu([y], new Map(inputs.map((v, i) => [v, dense[i]!.data])));
    const expected = op.reference(dense, sample.attrs, y).map(y.dtype === 'f32' ? Math.fround : Number);
    expect([name, worstOf(results[0]!, expected)]).toEqual([name, null]);
  }
});

/** The first element that is not what is expected, in words. */
function worstOf(got: ArrayLike<number>, expected: Float64Array): string | null {
  const scale = expected.reduce((m, v) => (Number.isFinite(v) ? Math.max(m, Math.abs(v)) : m), 1);
  const at = expected.findIndex(
    (right, n) =>
      !Object.is(right, got[n]) && right !== got[n] && !(Math.abs(right - got[n]!) <= 1e-5 * scale),
  );
  return at < 0 ? null : `element ${at} is ${got[at]}, not ${expected[at]}`;
}
