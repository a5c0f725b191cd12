// The kernels of a look against float64, on tensors that hold whatever a float can hold.
import { expect, test } from 'vitest';
import { momentAt } from '../probe/statistics.ts';
import { captureOf, normalNumbers } from '../probe/testing.ts';
import { binCount, momentCount } from '../probe/types.ts';
import { Machine } from '../runtime/machine.ts';
import { testDevice } from '../runtime/testing.ts';
import { beforeBuffer, type LookedAt, probeProgram } from './probe-program.ts';

let seed = 0;
const normal = (count: number, std = 1): Float32Array => normalNumbers(count, { std, seed: ++seed });

/** Looks once at tensors that lie one after the other in one buffer, each at a multiple of 64. */
async function look(
  tensors: readonly Float32Array[],
  how: (offset: number, index: number) => Omit<LookedAt, 'place'>,
  summed: (places: readonly number[]) => readonly Omit<LookedAt, 'place'>[] = () => [],
  before = new Float32Array(64),
) {
  const machine = new Machine(await testDevice());
  const offsets: number[] = [];
  let size = 0;
  for (const t of tensors) {
    offsets.push(size);
    size += Math.ceil(t.length / 64) * 64;
  }
  const place = (i: number) => ({ buffer: 'tensors', offset: offsets[i]!, length: tensors[i]!.length });
  const probe = probeProgram(
    tensors.map((_, i) => ({ ...how(offsets[i]!, i), place: place(i) })),
    summed(offsets).map((one) => ({ ...one, place: place(0) })),
    before.length,
    'cpu',
  );
  await machine.reserve({ tensors: size, ...probe.program.buffers });
  tensors.forEach((t, i) => {
    machine.write(place(i), t);
  });
  machine.write({ buffer: beforeBuffer, offset: 0, length: before.length }, before);
  const loaded = await machine.load(probe.program);
  for (const t of probe.tables) machine.write(t.place, t.data);
  const encoder = machine.device.createCommandEncoder();
  machine.clear(encoder, probe.bins.buffer);
  const pass = encoder.beginComputePass();
  machine.encode(pass, loaded);
  pass.end();
  machine.device.queue.submit([encoder.finish()]);
  const counted = new Uint32Array(await machine.read(probe.bins));
  const moments = new Float32Array(await machine.read(probe.moments));
  const result = { counted, moments, masks: probe.masks, dispatches: probe.program.dispatches.length };
  machine.dispose();
  return result;
}

test('bins and moments are those of float64, for tensors of any size and range', async () => {
  const tensors = [
    normal(1),
    normal(4097, 1e-6),
    normal(10_000, 30),
    Float32Array.of(0, -0, Number.NaN, Infinity, -Infinity, 1e30, -1e-30, 2 ** -126, 0.97),
  ];
  const { counted, moments, dispatches } = await look(tensors, () => ({}));
  const expected = captureOf(0, tensors);
  expect(dispatches).toBe(2);
  expect([...counted]).toEqual([...expected.bins]);
  tensors.forEach((tensor, row) => {
    for (const name of [
      'zeros',
      'nans',
      'positiveInfinities',
      'negativeInfinities',
      'largestMagnitude',
    ] as const)
      expect([row, name, momentAt(moments, row, name)]).toEqual([
        row,
        name,
        momentAt(expected.moments, row, name),
      ]);
    const rounding = 1e-6 * Math.sqrt(tensor.length) * momentAt(expected.moments, row, 'sumOfMagnitudes');
    for (const name of ['sum', 'sumOfMagnitudes'] as const)
      expect(
        Math.abs(momentAt(moments, row, name) - momentAt(expected.moments, row, name)),
      ).toBeLessThanOrEqual(rounding + 1e-30);
  });
  for (const row of [1, 2]) {
    const squares = tensors[row]!.reduce((sum, x) => sum + x * x, 0);
    expect(momentAt(moments, row, 'sumOfSquares') / squares).toBeCloseTo(1, 5);
  }
});

test('the ends of a squashing activation are counted, zeros among them', async () => {
  const sigmoids = Float32Array.of(0, 0.02, 0.031, 0.5, 0.969, 0.98, 1);
  const { moments } = await look([sigmoids, normal(5000, 2).map(Math.tanh)], (_, i) => ({
    range: i === 0 ? [0.03, 0.97] : [-0.97, 0.97],
  }));
  expect(momentAt(moments, 0, 'saturated')).toBe(4);
  expect(momentAt(moments, 1, 'saturated')).toBeGreaterThan(500);
});

test('every unit that leaves its range anywhere sets its bit, whichever axis units stand on', async () => {
  // [3, 40]: the last axis; [2, 3, 5]: axis 1, where everything from −0.5 to 0 is as good as nothing.
  const dense = new Float32Array(120);
  dense[40 + 33] = 0.1;
  dense[80 + 2] = 5;
  const channels = new Float32Array(30).fill(-0.25);
  channels[15 + 5 + 4] = 1e-20;
  channels[2] = -0.75;
  const { counted, masks } = await look([dense, channels], (_, i) => ({
    units: i === 0 ? { inner: 1, count: 40, alive: true } : { inner: 5, count: 3, alive: true },
    range: [i === 0 ? 0 : -0.5, 0],
  }));
  expect(masks).toEqual([2 * binCount, 2 * binCount + 2]);
  expect([...counted.subarray(2 * binCount)]).toEqual([1 << 2, 1 << 1, (1 << 0) | (1 << 1)]);
});

test('units that are alike have no spread', async () => {
  const alike = Float32Array.from({ length: 300 * 20 }, (_, i) => Math.sin(i % 300));
  const differ = normal(300 * 20);
  const { moments } = await look([alike, differ], () => ({ units: { inner: 300, count: 20, alive: false } }));
  const spread = differ.reduce((sum, x, i) => sum + (x - differ[i % 300]!) ** 2, 0);
  expect(momentAt(moments, 0, 'unitSpread')).toBe(0);
  expect(momentAt(moments, 1, 'unitSpread') / spread).toBeCloseTo(1, 5);
});

test('a tensor is compared with what it was before the step', async () => {
  const now = normal(5000);
  const was = now.map((x, i) => x + 1e-3 * Math.cos(i));
  const before = new Float32Array(64 + was.length);
  before.set(was, 64);
  const { counted, moments } = await look(
    [now, now],
    (_, i) => ({ mode: i === 0 ? 'change' : 'pair', before: 64 }),
    undefined,
    before,
  );
  const changes = now.map((x, i) => x - was[i]!);
  expect([...counted.subarray(0, binCount)]).toEqual([...captureOf(0, [changes]).bins]);
  const product = now.reduce((sum, x, i) => sum + x * was[i]!, 0);
  const difference = changes.reduce((sum, x) => sum + x * x, 0);
  expect(momentAt(moments, 1, 'productWithPrevious') / product).toBeCloseTo(1, 5);
  expect(momentAt(moments, 1, 'differenceFromPrevious') / difference).toBeCloseTo(1, 4);
});

test('parts of a tensor are summed apart, and entropies add up', async () => {
  // 4 samples × 3 heads × (2 queries × 5 keys): shares that add up to 1.
  const raw = normal(4 * 3 * 2 * 5).map(Math.exp);
  const weights = raw.map((x, i) => {
    const row = raw.subarray(i - (i % 5), i - (i % 5) + 5);
    return x / row.reduce((sum, y) => sum + y, 0);
  });
  weights[0] = 0;
  const head = (h: number) => ({ first: h * 10, length: 10, stride: 30, count: 4 });
  const { moments } = await look(
    [weights],
    () => ({}),
    () => [0, 1, 2].map((h) => ({ runs: head(h), mode: 'entropy' as const })),
  );
  [0, 1, 2].forEach((h) => {
    const expected = weights.reduce(
      (sum, p, i) => sum - (Math.floor(i / 10) % 3 === h && p > 0 ? p * Math.log(p) : 0),
      0,
    );
    expect(momentAt(moments, 1 + h, 'sum')).toBeCloseTo(expected, 4);
  });
  expect(moments.length).toBe(4 * momentCount);
});
