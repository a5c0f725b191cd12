import { expect, test } from 'vitest';
import { addStep, noCourse } from '../course.ts';
import { type JudgeState, judge, judgeStart, noVerdicts } from '../judge.ts';
import { captureOf, captureOfNet, chainNet, segmentOf } from '../testing.ts';
import type { LayerFacts, NetFacts, Verdict } from '../verdict.ts';

interface Course {
  readonly net?: NetFacts;
  readonly steps?: number;
  readonly loss?: (step: number) => number;
  readonly gradient: (depth: number, step: number) => number;
}

const course = addStep(noCourse, { loss: 1, gradientNorm: 1, learningRate: 0.1 });

/** Plays a run through the judge; what the rule says after each step. */
function play({
  net = chainNet(8),
  steps = 60,
  loss = () => 0.69,
  gradient,
}: Course): (Verdict | undefined)[] {
  let state: JudgeState = noVerdicts;
  let course = noCourse;
  return Array.from({ length: steps }, (_, step) => {
    course = addStep(course, { loss: loss(step), gradientNorm: 1, learningRate: 0.1 });
    const capture = captureOfNet(net, step, (depth) => gradient(depth, step));
    state = judge(state, { net, capture, course });
    return state.verdicts.find(({ rule }) => rule === 'vanishing');
  });
}

const fadingFrom = (start: number) => (depth: number) =>
  0.1 * 10 ** (-0.7 * Math.max(0, (depth - start) / 2));
const fading = fadingFrom(2);

test('a gradient that fades through all hidden layers while the loss stands still is named within 60 steps', () => {
  const said = play({ gradient: fading });
  expect(said.findIndex(Boolean)).toBe(19);
  expect(said.at(-1)).toMatchObject({
    rule: 'vanishing',
    culprit: { node: 'sigmoid_8', name: 'sigmoid_8' },
    raisedAt: 19,
    clearedAt: null,
    window: { from: 0, to: 59, captures: 60 },
    fixes: ['relu-he', 'xavier', 'batch-norm', 'layer-norm', 'residual', 'selu'],
  });
  expect(said.at(-1)?.sentence).toMatch(
    /^`sigmoid_1` receives \d(\.\d)?·10⁻⁵ of the signal at the output; the decay begins at `sigmoid_8`; loss has not moved for 60 steps\.$/,
  );
});

test('no start alone is offered first where layers are too many for their width', () => {
  const widthOf = (units: number): NetFacts => {
    const net = chainNet(8, { kind: 'tanh' });
    return { ...net, segments: net.segments.map((s) => ({ ...s, shape: [64 / units, units] })) };
  };
  expect(play({ gradient: fading, net: widthOf(16) }).at(-1)?.fixes[0]).toBe('xavier');
  expect(
    play({ gradient: fading, net: widthOf(4) })
      .at(-1)
      ?.fixes.slice(0, 2),
  ).toEqual(['residual', 'xavier']);
});

test('the culprit is the layer where the decay begins, not the last one', () => {
  // Depth 8 is sigmoid_5: the three layers behind it pass the gradient on in full.
  expect(play({ gradient: fadingFrom(8), net: chainNet(10) }).at(-1)?.culprit?.name).toBe('sigmoid_7');
});

test('a level profile is healthy', () => {
  expect(play({ gradient: () => 0.01 }).every((verdict) => verdict === undefined)).toBe(true);
});

test('small everywhere is not vanishing: a converged net', () => {
  expect(play({ gradient: () => 1e-9 }).some(Boolean)).toBe(false);
});

test('a net whose loss falls is left alone, however its gradients fade', () => {
  expect(play({ gradient: fading, loss: (step) => 0.69 * 0.97 ** step }).some(Boolean)).toBe(false);
});

test('one odd batch, or fifteen, raise no alarm', () => {
  const gradient = (depth: number, step: number): number => (step < 15 ? fading(depth) : 0.1);
  expect(play({ gradient }).some(Boolean)).toBe(false);
});

test('a gradient that is cut off at one dead layer is not called vanishing', () => {
  expect(play({ gradient: (depth) => (depth > 8 ? 0 : 0.1) }).some(Boolean)).toBe(false);
});

test('a steep but ragged profile is not called vanishing', () => {
  const ragged = (depth: number): number => (depth >= 16 ? 1e-6 : depth % 4 === 0 ? 1e-4 : 1e-5 * depth ** 2);
  expect(play({ gradient: ragged }).some(Boolean)).toBe(false);
});

test('two hidden layers show no trend', () => {
  expect(play({ net: chainNet(2), gradient: (depth) => 10 ** -depth }).some(Boolean)).toBe(false);
});

test('a gradient that underflows to zero layer by layer is vanishing', () => {
  const said = play({ net: chainNet(12), gradient: (depth) => 10 ** (-4 * depth) });
  expect(said.at(-1)?.severity).toBe('severe');
});

test('nothing is said of captures that are not finite', () => {
  const net = chainNet(4);
  const capture = captureOf(
    0,
    net.segments.map(() => [Number.NaN]),
  );
  expect(judge(noVerdicts, { net, capture, course }).verdicts).toEqual([]);
});

test('an alarm stays through a short recovery and is cleared by a lasting one, and the card remains', () => {
  const gradient = (depth: number, step: number): number =>
    step < 40 || (step >= 50 && step < 80) ? fading(depth) : 0.1;
  const said = play({ gradient, steps: 140 });
  expect(said[75]).toMatchObject({ raisedAt: 19, clearedAt: null });
  expect(said[139]?.raisedAt).toBe(19);
  expect(said[139]?.clearedAt).toBeGreaterThan(99);
});

test('a plain optimiser whose update is below 10⁻⁵ of the weight makes it severe; Adam hides that', () => {
  const plain = play({ net: chainNet(8, { learningRate: 0.01 }), gradient: fading }).at(-1);
  const adam = play({ net: chainNet(8, { learningRate: 0.01, family: 'scaled' }), gradient: fading }).at(-1);
  expect([plain?.severity, adam?.severity]).toEqual(['severe', 'warning']);
});

test('thresholds can be changed, and the card shows those in force', () => {
  const net = chainNet(8);
  let state = noVerdicts;
  for (let step = 0; step < 5; step++) {
    const capture = captureOfNet(net, step, fading);
    state = judge(state, { net, capture, course }, { vanishing: { captures: 5, ratio: -2 } });
  }
  expect(state.verdicts[0]?.thresholds.ratio?.value).toBe(-2);
});

/** stem → (linear → tanh → linear) + skip, so many times → output; what is left of the gradient in each branch is given. */
function residualNet(blocks: number): NetFacts {
  const chain = chainNet(0);
  const segments = [...chain.segments];
  const layers: Record<string, LayerFacts> = { ...chain.layers };
  const add = (name: string, kind: string, category: string, depth: number, branch: string | null): void => {
    layers[name] = { name, kind, category };
    const facts = { node: name, name, depth, branch };
    segments.push(segmentOf({ ...facts, what: 'gradient' }));
    if (kind === 'linear')
      segments.push(segmentOf({ ...facts, what: 'weightGradient', tensor: 'weight', shape: [8, 8] }));
  };
  for (let n = 0; n < blocks; n++) {
    const sum = `sum_${blocks - n}`;
    add(sum, 'add', 'merge', 4 * n + 2, null);
    add(`b_${blocks - n}`, 'linear', 'basic', 4 * n + 3, sum);
    add(`tanh_${blocks - n}`, 'tanh', 'activation', 4 * n + 4, sum);
    add(`a_${blocks - n}`, 'linear', 'basic', 4 * n + 5, sum);
  }
  add('stem', 'linear', 'basic', 4 * blocks + 2, null);
  return { ...chain, segments, layers };
}

test('a level way of skips is healthy however weak the branches are beside it, as long as they keep a hundredth', () => {
  const inBranch = (depth: number): number => (depth % 4 === 2 ? 0.01 : 1e-4);
  expect(play({ net: residualNet(5), gradient: inBranch }).every((verdict) => verdict === undefined)).toBe(
    true,
  );
});

test('branches that lose the gradient are named though the skips pass all of it on', () => {
  const inBranch = (depth: number): number => (depth % 4 === 2 ? 0.01 : 1e-7);
  const said = play({ net: residualNet(5), gradient: inBranch }).at(-1);
  expect(said).toMatchObject({ rule: 'vanishing', severity: 'warning', culprit: { name: 'tanh_5' } });
  expect(said?.sentence).toMatch(
    /^The residual branch that ends in `sum_5` keeps 1?\.?\d?·?10⁻⁵ of the gradient at its sum; the decay begins at `tanh_5`; only the skips carry it; loss/,
  );
});

test('branches that start at exactly nothing are not faded', () => {
  const inBranch = (depth: number): number => (depth % 4 === 2 ? 0.01 : 0);
  expect(play({ net: residualNet(5), gradient: inBranch }).every((verdict) => verdict === undefined)).toBe(
    true,
  );
});

test('before training, nothing is said of a loss that could not have moved', () => {
  const net = chainNet(8);
  const [said] = judgeStart({ net, capture: captureOfNet(net, 0, fading), course });
  expect(said?.sentence).toMatch(/; the decay begins at `sigmoid_8`\.$/);
  expect(said?.because).toMatch(/^Seen in one mini-batch, before training\./);
  expect(said?.numbers.map(({ label }) => label)).not.toContain('loss now : at the start');
});
