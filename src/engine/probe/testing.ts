/** For tests: captures made on the CPU from given tensors, and nets whose gradients follow a given profile. */
import {
  binCount,
  foldedCount,
  momentCount,
  momentNames,
  type ProbeCapture,
  type ProbeSegment,
} from './types.ts';
import type { LayerFacts, NetFacts } from './verdict.ts';

/** What the GPU's probe kernel is to deliver for these tensors, computed in float64. */
export function captureOf(step: number, tensors: readonly ArrayLike<number>[]): ProbeCapture {
  const bins = new Uint32Array(tensors.length * binCount);
  const moments = new Float32Array(tensors.length * momentCount);
  const bits = new Uint32Array(1);
  const value = new Float32Array(bits.buffer);
  tensors.forEach((tensor, segment) => {
    const sums = new Map<string, number>(momentNames.map((name) => [name, 0]));
    const add = (name: string, by: number): unknown => sums.set(name, sums.get(name)! + by);
    for (let i = 0; i < tensor.length; i++) {
      value[0] = tensor[i]!;
      const x = value[0]!;
      bins[segment * binCount + (bits[0]! >>> 23)]!++;
      if (Number.isNaN(x)) add('nans', 1);
      else if (x === Infinity) add('positiveInfinities', 1);
      else if (x === -Infinity) add('negativeInfinities', 1);
      else {
        if (x === 0) add('zeros', 1);
        add('sum', x);
        add('sumOfSquares', x * x);
        add('sumOfMagnitudes', Math.abs(x));
        sums.set('largestMagnitude', Math.max(sums.get('largestMagnitude')!, Math.abs(x)));
      }
    }
    momentNames.forEach((name, i) => {
      moments[segment * momentCount + i] = sums.get(name)!;
    });
  });
  const folded = new Float32Array(tensors.length * foldedCount).fill(Number.NaN);
  return { step, bins, moments, folded, tracks: new Float32Array(0) };
}

/** Numbers from a bell curve, the same for the same seed (mulberry32 and Box–Muller). */
export function normalNumbers(count: number, { std = 1, seed = 1 } = {}): Float32Array {
  let state = seed;
  const uniform = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return (((t ^ (t >>> 14)) >>> 0) + 0.5) / 2 ** 32;
  };
  return Float32Array.from(
    { length: count },
    () => std * Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform()),
  );
}

export function segmentOf(facts: Partial<ProbeSegment>): ProbeSegment {
  return {
    node: 'n',
    name: 'n',
    what: 'activation',
    tensor: 'y',
    shape: [64],
    elements: 64,
    depth: 0,
    branch: null,
    counted: null,
    units: 0,
    ...facts,
  };
}

/** linear_1 → act_1 → … → linear_n → act_n → output, each probed in all its tensors of 64 elements. */
export function chainNet(
  hidden: number,
  { kind = 'sigmoid', learningRate = 0.1, family = 'plain' as NetFacts['optimizer']['family'] } = {},
): NetFacts {
  const segments: ProbeSegment[] = [];
  const layers: Record<string, LayerFacts> = {};
  const add = (name: string, facts: Omit<LayerFacts, 'name'>, depth: number): void => {
    layers[name] = { ...facts, name };
    segments.push(segmentOf({ node: name, name, depth }));
    segments.push(segmentOf({ node: name, name, depth, what: 'gradient' }));
    if (facts.kind !== 'linear') return;
    const weight = { node: name, name, depth, tensor: 'weight', shape: [8, 8] };
    for (const what of ['weight', 'weightGradient', 'update'] as const)
      segments.push(segmentOf({ ...weight, what }));
  };
  for (let i = 1; i <= hidden; i++) {
    add(`linear_${i}`, { kind: 'linear', category: 'basic' }, 2 * (hidden - i) + 3);
    add(`${kind}_${i}`, { kind, category: 'activation' }, 2 * (hidden - i) + 2);
  }
  add('output', { kind: 'linear', category: 'basic' }, 1);
  const optimizer = { family, title: 'SGD', learningRate };
  return {
    segments,
    tracks: [],
    layers,
    optimizer,
    batch: 8,
    stepsPerEpoch: 10,
    chanceLoss: null,
    constantLoss: null,
  };
}

/** A capture of a chain net whose gradients have the given RMS at a depth (a hidden layer adds 2). */
export function captureOfNet(
  net: NetFacts,
  step: number,
  gradientAt: (depth: number) => number,
): ProbeCapture {
  const tensors = net.segments.map(({ what, depth, elements }, i) => {
    const { learningRate, family } = net.optimizer;
    const gradient = gradientAt(depth);
    const stds = {
      activation: 1,
      gradient,
      weight: 0.3,
      weightGradient: gradient,
      update: family === 'plain' ? learningRate * gradient : learningRate,
    };
    const std = stds[what];
    return normalNumbers(elements, { std, seed: 1000 * step + i + 1 });
  });
  return captureOf(step, tensors);
}
