// Every rule on courses that are ill in its own way, and on ones that look like it and are not.
import { expect, test } from 'vitest';
import { addEvaluation, addStep, type Course, noCourse } from '../course.ts';
import { addFailure, addSteps, noDiagnosis, verdictsOf } from '../diagnosis.ts';
import { type JudgeState, judge, judgeStart, noVerdicts, rules } from '../judge.ts';
import { captureOfNet, chainNet } from '../testing.ts';
import {
  foldedCount,
  foldedNames,
  momentCount,
  momentNames,
  type ProbeCapture,
  type ProbeSegment,
  type ProbeTrack,
} from '../types.ts';
import type { NetFacts, Verdict } from '../verdict.ts';

interface Play {
  readonly net?: NetFacts;
  readonly steps?: number;
  readonly loss?: (step: number) => number;
  readonly norm?: (step: number) => number;
  readonly gradient?: (depth: number, step: number) => number;
  readonly change?: (capture: ProbeCapture, net: NetFacts) => void;
  /** Validation loss at every tenth step. */
  readonly validation?: (step: number) => number;
}

/** The first verdict of each rule over a run that is made up. */
function said(play: Play): Map<string, Verdict> {
  const { net = chainNet(4, { kind: 'relu' }), steps = 100, loss = falling, norm = () => 1 } = play;
  let state: JudgeState = noVerdicts;
  let course: Course = noCourse;
  const found = new Map<string, Verdict>();
  for (let step = 0; step < steps; step++) {
    course = addStep(course, { loss: loss(step), gradientNorm: norm(step), learningRate: 0.1 });
    if (play.validation && step % 10 === 9) course = addEvaluation(course, step, play.validation(step));
    const capture = captureOfNet(net, step, (depth) => play.gradient?.(depth, step) ?? 0.01);
    play.change?.(capture, net);
    state = judge(state, { net, capture, course });
    for (const verdict of state.verdicts) if (!found.has(verdict.rule)) found.set(verdict.rule, verdict);
  }
  return found;
}

const falling = (step: number): number => 0.7 * 0.98 ** step + 0.01 * (step % 3);
const standing = (step: number): number => 0.7 + 0.01 * (step % 3);
const where = (net: NetFacts, wanted: Partial<ProbeSegment>): number =>
  net.segments.findIndex((s) =>
    Object.entries(wanted).every(([key, v]) => s[key as keyof ProbeSegment] === v),
  );

/** A net whose segments say what is counted in them. */
const counting = (net: NetFacts, what: ProbeSegment['what'], counted: ProbeSegment['counted']): NetFacts => ({
  ...net,
  segments: net.segments.map((s) =>
    s.what === what && (what !== 'activation' || net.layers[s.node]?.category === 'activation')
      ? { ...s, counted, units: 8 }
      : s,
  ),
});

function setMoment(
  capture: ProbeCapture,
  row: number,
  name: (typeof momentNames)[number],
  value: number,
): void {
  capture.moments[row * momentCount + momentNames.indexOf(name)] = value;
}

test('a net that learns is left alone by all rules', () => {
  expect([...said({}).keys()]).toEqual([]);
  expect([
    ...said({ net: chainNet(4, { kind: 'sigmoid', family: 'scaled', learningRate: 0.001 }) }).keys(),
  ]).toEqual([]);
});

test('every rule says its thresholds, its doubts and why', () => {
  for (const rule of rules) {
    expect(rule.thresholds.captures).toBeDefined();
    expect(rule.title).toMatch(/^[A-Z]/);
  }
  expect(new Set(rules.map(({ id }) => id)).size).toBe(rules.length);
});

test('units that are dead over a window are named at the layer nearest to the input', () => {
  const net = counting(chainNet(4, { kind: 'relu' }), 'activation', 'dead');
  const change =
    (zeros: number) =>
    (capture: ProbeCapture): void => {
      net.segments.forEach(({ counted, name, elements }, i) => {
        if (counted === 'dead') setMoment(capture, i, 'zeros', capture.step === 0 ? zeros * elements : 0);
        if (counted === 'dead')
          capture.folded[i * foldedCount + foldedNames.indexOf('deadUnits')] = ['relu_2', 'relu_3'].includes(
            name,
          )
            ? 0.75
            : 0.25;
      });
    };
  const born = said({ net, loss: standing, change: change(0.9) }).get('dead');
  expect(born).toMatchObject({ culprit: { name: 'relu_2' }, raisedAt: 4, nodes: ['relu_2', 'relu_3'] });
  expect(born?.fixes[0]).toBe('he-start');
  // Units that fired at first were killed by a step.
  const killed = said({ net, loss: standing, change: change(0.5) }).get('dead');
  expect(killed?.fixes[0]).toBe('lower-rate');
});

test('a run that breaks within a few steps says what led to it', () => {
  const net = chainNet(3, { kind: 'relu', learningRate: 50 });
  const run = (loss: (step: number) => number) => {
    let diagnosis = noDiagnosis;
    for (let step = 0; step < 4; step++) {
      const row = { steps: [step], loss: [loss(step)], gradientNorm: [1], learningRates: [50] };
      diagnosis = addSteps(diagnosis, net, row, [captureOfNet(net, step, () => 0.01)]);
    }
    return verdictsOf(addFailure(diagnosis, net, 4, null));
  };
  const broken = run((step) => 0.7 * 100 ** step);
  expect(broken.map(({ rule }) => rule)).toEqual(['non-finite', 'rate-too-large']);
  expect(broken[1]?.because).toMatch(/^The run broke when this had held for 3 captures\./);
  expect(run(() => 0.1).map(({ rule }) => rule)).toEqual(['non-finite']);
});

test('saturated outputs are a fault while the loss stands, not once it falls', () => {
  const net = counting(chainNet(4, { kind: 'tanh' }), 'activation', 'saturated');
  const change = (capture: ProbeCapture): void => {
    net.segments.forEach(({ counted, elements }, i) => {
      if (counted === 'saturated') setMoment(capture, i, 'saturated', 0.6 * elements);
    });
  };
  expect(said({ net, loss: standing, change }).get('saturated')).toMatchObject({
    culprit: { name: 'tanh_1' },
    raisedAt: 14,
  });
  expect(said({ net, change, loss: (step) => 0.7 * 0.9 ** step }).has('saturated')).toBe(false);
});

test('units are alike when their weights and their gradients are', () => {
  const weights = counting(chainNet(2), 'weight', 'alike');
  const net = counting(weights, 'weightGradient', 'alike');
  const at = where(net, { what: 'weight', name: 'linear_1' });
  const change = (alike: boolean) => (capture: ProbeCapture) => {
    net.segments.forEach(({ counted }, i) => {
      if (counted === 'alike') setMoment(capture, i, 'unitSpread', alike || i === at ? 0 : 1);
    });
  };
  expect(said({ net, loss: standing, change: change(true) }).get('symmetric')?.raisedAt).toBe(2);
  expect(said({ net, loss: standing, change: change(false) }).has('symmetric')).toBe(false);
});

test('gradients that grow towards the input explode while the loss stands; those that are level do not', () => {
  const gradient = (depth: number): number => 1e-3 * 10 ** (depth / 2);
  const verdict = said({ gradient, loss: standing, net: chainNet(6, { learningRate: 1e-4 }) }).get(
    'exploding',
  );
  expect(verdict).toMatchObject({ raisedAt: 7, culprit: { name: 'sigmoid_6' } });
  expect(said({ loss: standing, net: chainNet(6, { learningRate: 1e-4 }) }).has('exploding')).toBe(false);
});

test('a leap of the norm is a fault where the loss is worse than ever, not at a minimum', () => {
  const norm = (step: number): number => (step < 30 ? 1 : 40);
  expect(said({ norm, loss: (step) => (step < 30 ? 0.7 : 2) }).get('exploding')?.severity).toBe('severe');
  expect(said({ norm, loss: standing }).has('exploding')).toBe(false);
});

test('a rate is too small when every layer stands still with the loss; a converged net is not', () => {
  const net = chainNet(4, { kind: 'relu', learningRate: 1e-5 });
  const verdict = said({ net, loss: standing }).get('rate-too-small');
  expect(verdict?.raisedAt).toBe(19);
  expect(verdict?.fixes[0]).toMatch(/^learning-rate=/);
  expect(said({ net, loss: (step) => 0.7 * 0.9 ** step }).has('rate-too-small')).toBe(false);
});

test('a rate is too large when a step that changed the weights by much made the loss worse for good', () => {
  const net = chainNet(3, { kind: 'relu', learningRate: 50 });
  expect(said({ net, loss: (step) => (step === 0 ? 0.7 : 1.5) }).get('rate-too-large')).toBeDefined();
  expect(said({ net }).has('rate-too-large')).toBe(false);
});

test('the first loss is held to that of chance, and forgotten once the net is better', () => {
  const net = { ...chainNet(3, { kind: 'relu' }), chanceLoss: Math.LN2 };
  const verdict = said({ net, loss: (step) => 20 * 0.9 ** step }).get('first-loss');
  expect(verdict).toMatchObject({ raisedAt: 0, severity: 'severe', culprit: { name: 'output' } });
  expect(said({ net }).has('first-loss')).toBe(false);
});

test('a validation loss that rises while the training loss falls is over-fitting; one that is high from the start is not', () => {
  const validation = (step: number): number => 0.5 + 0.01 * Math.abs(step - 30);
  expect(said({ validation, loss: (step) => 0.7 * 0.95 ** step }).get('over-fitting')?.raisedAt).toBeLessThan(
    80,
  );
  // A validation loss that goes up while the training loss stands is noise.
  const noisy = (step: number): number => 0.3 + 0.01 * (step % 3);
  expect(said({ validation, loss: noisy }).has('over-fitting')).toBe(false);
  expect(said({ validation: () => 0.9, loss: (step) => 0.7 * 0.95 ** step }).has('over-fitting')).toBe(false);
});

test('one layer that came to rest high cannot do better; several may be on a plateau', () => {
  const folded = (capture: ProbeCapture, net: NetFacts): void => {
    net.segments.forEach(({ what }, i) => {
      if (what !== 'weightGradient') return;
      capture.folded[i * foldedCount + foldedNames.indexOf('signal')] = capture.step < 20 ? 10 : -0.01;
      capture.folded[i * foldedCount + foldedNames.indexOf('noise')] = 1;
    });
  };
  const resting = (step: number): number => 0.62 + 0.2 * 0.85 ** step + 0.002 * (step % 3);
  const play = { loss: resting, change: folded };
  const one = { ...chainNet(0), chanceLoss: Math.LN2, batch: 32 };
  expect(said({ ...play, net: one }).get('under-fitting')?.raisedAt).toBeLessThan(70);
  // A bad start that is undone is no learning.
  const undone = (step: number): number => Math.LN2 + 0.15 * 0.85 ** step + 0.002 * (step % 3);
  expect(said({ ...play, net: one, loss: undone }).get('under-fitting')?.raisedAt).toBeLessThan(50);
  // Squared errors know what a constant answer costs, too.
  const errors = { ...one, chanceLoss: null, constantLoss: 0.7 };
  expect(said({ ...play, net: errors }).get('under-fitting')?.raisedAt).toBeLessThan(70);
  expect(said({ ...play, net: { ...chainNet(2), chanceLoss: Math.LN2 } }).has('under-fitting')).toBe(false);
  // One that still falls has not come to rest.
  expect(said({ ...play, net: one, loss: (step) => 0.8 - 0.001 * step }).has('under-fitting')).toBe(false);
});

test('small batches hardly agree on a direction while a net learns slowly: that is no rest', () => {
  const agreeing =
    (signal: number) =>
    (capture: ProbeCapture, net: NetFacts): void => {
      net.segments.forEach(({ what }, i) => {
        if (what !== 'weightGradient') return;
        capture.folded[i * foldedCount + foldedNames.indexOf('signal')] = signal;
        capture.folded[i * foldedCount + foldedNames.indexOf('noise')] = 1;
      });
    };
  const one = { ...chainNet(0), chanceLoss: Math.LN2 };
  const loss = (step: number): number => 0.72 - 0.0002 * step;
  // The same gradients, seen through batches of 4 and of 32 samples.
  const small = { loss, steps: 300, net: { ...one, batch: 4 }, change: agreeing(0.06) };
  expect(said(small).has('under-fitting')).toBe(false);
  const usual = { loss, net: { ...one, batch: 32 }, change: agreeing(0.48) };
  expect(said(usual).has('under-fitting')).toBe(false);
  const atRest = { loss, net: { ...one, batch: 32 }, change: agreeing(0.06) };
  expect(said(atRest).get('under-fitting')?.raisedAt).toBeLessThan(60);
});

test('a perceptron’s steps have no right size, and a loss of 0 at the start is no measure', () => {
  const net = chainNet(0, { learningRate: 50 });
  const layers = { ...net.layers, output: { name: 'output', kind: 'perceptron', category: 'basic' } };
  const loss = (step: number): number => (step === 0 ? 0 : 0.5 ** step);
  expect(
    said({ net: { ...net, layers }, loss: (step) => (step === 0 ? 0.7 : 1.5) }).has('rate-too-large'),
  ).toBe(false);
  expect(said({ net, loss }).has('rate-too-large')).toBe(false);
});

/** The gradient of a recurrent layer over 20 time steps. */
const overTime: ProbeTrack = {
  node: 'rnn',
  name: 'rnn',
  tensor: 'l0',
  what: 'timeGradient',
  depth: 1,
  first: 0,
  length: 20,
  rows: 1,
  most: null,
};

test('a gradient that hardly reaches the first time steps vanishes through time', () => {
  const net: NetFacts = { ...chainNet(1), tracks: [overTime] };
  const change = (rate: number) => (capture: ProbeCapture) => {
    Object.assign(capture, { tracks: Float32Array.from({ length: 20 }, (_, t) => rate ** (19 - t)) });
  };
  expect(said({ net, loss: standing, change: change(0.5) }).get('through-time')).toMatchObject({
    culprit: { name: 'rnn' },
    raisedAt: 19,
  });
  expect(said({ net, loss: standing, change: change(0.9) }).has('through-time')).toBe(false);
});

test('squared errors that have only fallen to those of a constant answer have not begun to fall', () => {
  const net: NetFacts = { ...chainNet(1), tracks: [overTime] };
  const change = (capture: ProbeCapture) => {
    Object.assign(capture, { tracks: Float32Array.from({ length: 20 }, (_, t) => 0.5 ** (19 - t)) });
  };
  const play = { change, loss: (step: number) => 0.17 + 0.8 * 0.8 ** step };
  expect(said({ ...play, net: { ...net, constantLoss: 1 / 6 } }).has('through-time')).toBe(true);
  expect(said({ ...play, net: { ...net, constantLoss: 1 } }).has('through-time')).toBe(false);
});

test('one mini-batch before training already warns of what its profile shows', () => {
  const net = chainNet(8);
  const course = addStep(noCourse, { loss: 0.7, gradientNorm: 1, learningRate: 0.1 });
  const fading = captureOfNet(net, 0, (depth) => 10 ** (-depth / 2));
  expect(judgeStart({ net, capture: fading, course }).map(({ rule }) => rule)).toEqual(['vanishing']);
  expect(judgeStart({ net, capture: captureOfNet(net, 0, () => 0.01), course })).toEqual([]);
});

test('a healthy layer beside one with a hundredfold larger range does not look dead or fading', () => {
  const net = counting(chainNet(4, { kind: 'relu' }), 'activation', 'dead');
  const change = (capture: ProbeCapture): void => {
    net.segments.forEach(({ what, name }, i) => {
      if (what === 'activation' && name === 'relu_2')
        for (const moment of ['sum', 'sumOfMagnitudes', 'largestMagnitude'] as const)
          setMoment(capture, i, moment, 100);
      capture.folded[i * foldedCount + foldedNames.indexOf('deadUnits')] = 0.1;
    });
  };
  expect([...said({ net, change }).keys()]).toEqual([]);
});
