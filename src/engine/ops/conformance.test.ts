// Every op answers for its own samples, so a new op is tested the moment it is declared.
import { afterAll, describe, expect, test } from 'vitest';
import { sizeOf } from '../ir/shape.ts';
import {
  directionalDerivative,
  dot,
  evaluateOne,
  expectAllClose,
  feedsOf,
  formatSample,
  numericalVjp,
  ParityTable,
  randomArray,
  relativeError,
  sampleInputs,
  straySamples,
} from '../testing.ts';
import { opList } from './index.ts';
import { interpretLowering } from './interpret-lowering.ts';
import { input } from './leaf.ts';

/** Up to this many elements each derivative is taken by itself; beyond it, along a few directions. */
const fewElements = 40;

const cases = opList.flatMap((op) =>
  op.samples.map((sample) => ({ op, sample, name: formatSample(sample) })),
);

test('names are unique', () => {
  const ids = opList.map((op) => op.id);
  expect(ids).toEqual([...new Set(ids)]);
});

/** A law that says nothing of an op is no test of it: neither passed nor skipped. */
function testWhere(applies: boolean, name: string, body: () => void): void {
  if (applies) test(name, body);
}

const table = new ParityTable('Ops: lowering against reference, float64', 'ops', 'samples');
afterAll(() => console.log(`${table}`));

describe.each(cases)('$op.id $name', ({ op, sample }) => {
  const inputs = sampleInputs(sample);
  const out = op.infer(inputs, sample.attrs);
  const floats = inputs.flatMap((x, i) => (x.dtype === 'f32' ? [i] : []));
  const { values, feeds } = feedsOf(inputs);
  const y = { ...input('y', out.shape, 'feed', out.dtype), op, inputs: values, attrs: sample.attrs };
  const dy = input('dy', out.shape);
  const seed = randomArray(sizeOf(out.shape), 77);
  feeds.set(dy, seed);
  const pulled =
    out.dtype === 'f32' ? op.vjp({ dy, y, inputs: values, attrs: sample.attrs }) : values.map(() => null);
  const pulledBack = (i: number): Float64Array => {
    const dx = pulled[i];
    return dx ? evaluateOne(dx, feeds) : new Float64Array(inputs[i]!.data.length);
  };

  test('the reference fills the shape that infer says', () => {
    expect(op.reference(inputs, sample.attrs, out)).toHaveLength(sizeOf(out.shape));
  });

  testWhere(op.lower.kind !== 'leaf', 'the lowering means the same as the reference', () => {
    const expected = op.reference(inputs, sample.attrs, out);
    const got = interpretLowering(op, inputs, sample.attrs, out);
    table.add(op.id, relativeError(got, expected));
    expectAllClose(got, expected, {
      rtol: sample.precision ?? 1e-12,
    });
  });

  test('gradients have the shape of their inputs, and integers have none', () => {
    values.forEach((x, i) => {
      const dx = pulled[i];
      if (dx) expect({ shape: dx.shape, dtype: x.dtype }).toEqual({ shape: x.shape, dtype: 'f32' });
    });
  });

  testWhere(sample.smooth !== false && out.dtype === 'f32', 'the VJP matches central differences', () => {
    for (const i of floats) {
      const dx = pulledBack(i);
      const tolerance = { rtol: 1e-6, atol: 1e-6 * Math.max(1, Math.sqrt(seed.length / 10)) };
      if (dx.length <= fewElements) {
        expectAllClose(dx, numericalVjp(op, inputs, sample.attrs, seed, i), tolerance);
        continue;
      }
      for (const s of [1, 2, 3]) {
        const v = randomArray(dx.length, 100 + s);
        const moved = directionalDerivative(op, inputs, sample.attrs, seed, i, v);
        expectAllClose([dot(dx, v)], [moved], { rtol: 1e-6, atol: 1e-5 });
      }
    }
  });

  testWhere(out.dtype === 'f32' && floats.length > 0, 'the VJP is the adjoint of the JVP', () => {
    const directions = inputs.map((x, i) => (x.dtype === 'f32' ? randomArray(x.data.length, 50 + i) : null));
    const moving = directions.map((d, i) => {
      if (!d) return null;
      const t = input(`t${i}`, inputs[i]!.shape);
      feeds.set(t, d);
      return t;
    });
    const pushed = (which: readonly number[]): Float64Array => {
      const tangents = moving.map((t, i) => (which.includes(i) ? t : null));
      const t = op.jvp({ tangents, y, inputs: values, attrs: sample.attrs });
      if (t) expect(t.shape).toEqual(out.shape);
      return t ? evaluateOne(t, feeds) : new Float64Array(sizeOf(out.shape));
    };
    const adjoint = floats.map((i) => dot(pulledBack(i), directions[i]!));
    expectAllClose(
      floats.map((i) => dot(seed, pushed([i]))),
      adjoint,
    );
    const all = adjoint.reduce((a, b) => a + b, 0);
    expectAllClose([dot(seed, pushed(floats))], [all]);
  });
});

/** What float arithmetic treats in its own way, and what it must pass on. */
const specials = [Number.NaN, Infinity, -Infinity, 0, -0, 1, 1e30, -1e30, 1e-30];

const maps = opList.flatMap((op) => {
  const sample = op.samples.find((s) => s.shapes.every((_, i) => (s.dtypes?.[i] ?? 'f32') === 'f32'));
  const isMap = op.lower.kind === 'pull' && op.lower.form === 'map' && sample;
  return isMap && op.infer(sampleInputs(sample), sample.attrs).dtype === 'f32' ? [{ op, sample }] : [];
});

test.each(maps)('$op.id treats NaN, Inf and both zeros as its reference does', ({ op, sample }) => {
  const count = sample.shapes.length;
  const size = specials.length ** count;
  // Every combination of special numbers, one digit of the position for each input.
  const inputs = sample.shapes.map((_, i) => ({
    shape: [size],
    dtype: 'f32' as const,
    data: new Float64Array(size).map(
      (_, n) => specials[Math.floor(n / specials.length ** i) % specials.length]!,
    ),
  }));
  const out = op.infer(inputs, sample.attrs);
  expectAllClose(interpretLowering(op, inputs, sample.attrs, out), op.reference(inputs, sample.attrs, out), {
    rtol: sample.precision ?? 1e-12,
  });
});

const reductions = opList.filter((op) => op.lower.kind === 'reduce' || op.lower.kind === 'pull');

describe.each(reductions.map((op) => [op.id, op] as const))('%s', (_, op) => {
  test('passes NaN, infinities and large numbers on as its reference does', () => {
    for (const { name, sample, inputs } of straySamples(op)) {
      const out = op.infer(inputs, sample.attrs);
      try {
        expectAllClose(
          interpretLowering(op, inputs, sample.attrs, out),
          op.reference(inputs, sample.attrs, out),
          { rtol: sample.precision ?? 1e-12 },
        );
      } catch (error) {
        throw new Error(`${op.id} of ${name}`, { cause: error });
      }
    }
  });
});
