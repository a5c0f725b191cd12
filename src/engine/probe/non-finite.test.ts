// What is offered first where a run broke: what brought the numbers out of range, not what hides it.
import { expect, test } from 'vitest';
import { addFailure, addSteps, noDiagnosis } from './diagnosis.ts';
import { captureOfNet, chainNet } from './testing.ts';
import { type MomentName, momentCount, momentNames, type ProbeCapture } from './types.ts';
import type { NetFacts } from './verdict.ts';

/** A capture of step 0: weights so many times their usual size, what they make of their inputs, and a first step that size by `moved`. */
function scaled(net: NetFacts, factor: number, moved = 0): ProbeCapture {
  const capture = captureOfNet(net, 0, () => 0.01);
  const usualWeight = 0.3;
  net.segments.forEach(({ what, depth, elements }, i) => {
    const sizes = {
      weight: usualWeight * factor * Math.max(1, moved),
      update: usualWeight * factor * moved,
      activation: factor ** (7 - depth),
      gradient: null,
      weightGradient: null,
    };
    const size = sizes[what];
    if (size === null) return;
    const set = (name: MomentName, value: number): void => {
      capture.moments[i * momentCount + momentNames.indexOf(name)] = value;
    };
    set('sum', 0);
    set('sumOfSquares', elements * size ** 2);
    set('largestMagnitude', size);
  });
  return capture;
}

function firstFix(net: NetFacts, capture: ProbeCapture | null, step = 1): string | undefined {
  const rows = { steps: [0], loss: [0.7], gradientNorm: [1], learningRates: [0.1] };
  const before = capture ? addSteps(noDiagnosis, net, rows, [capture]) : noDiagnosis;
  return addFailure(before, net, step, null).failure?.fixes[0];
}

test('usual weights that broke need a lower rate; far too large ones need another start first', () => {
  const net = chainNet(3, { kind: 'tanh', learningRate: 0.01 });
  expect(firstFix(net, scaled(net, 1))).toBe('lower-rate');
  expect(firstFix(net, scaled(net, 30))).toBe('xavier');
  const rectified = chainNet(3, { kind: 'leakyRelu', learningRate: 0.01 });
  expect(firstFix(rectified, scaled(rectified, 30))).toBe('he-start');
});

test('where the rate is far above the usual as well, both are changed at once', () => {
  const net = chainNet(3, { kind: 'leakyRelu', learningRate: 10 });
  expect(firstFix(net, scaled(net, 30))).toBe('he-start+learning-rate=0.03');
  expect(firstFix(net, scaled(net, 1))).toBe('learning-rate=0.03');
});

test('weights are known by how the signal grew where the first step left nothing of them', () => {
  const net = chainNet(3, { kind: 'leakyRelu', learningRate: 0.01 });
  expect(firstFix(net, scaled(net, 30, 1e6))).toBe('he-start');
});

test('a net that breaks at step 0 was started wrong', () => {
  const net = chainNet(3, { kind: 'tanh', learningRate: 0.01 });
  expect(firstFix(net, null, 0)).toBe('xavier');
});
