/**
 * Glorot & Bengio, Understanding the difficulty of training deep feedforward neural networks, 2010: under the then standard start
 * U(−1/√n, 1/√n) back-propagated gradients shrink from layer to layer (their figure 7, top); under the normalised one they
 * stay level (bottom). Five hidden layers, as theirs.
 */
import { expect, test } from 'vitest';
import type { Json } from '../model/schema.ts';
import { statisticsOf } from '../probe/statistics.ts';
import { mlp, trainerOf } from './testing.ts';

/** std of ∂L/∂a at each of the five hidden activations before training, the first layer first. */
async function gradients(activation: string, start: Record<string, Json>): Promise<number[]> {
  const plain = mlp([64, 64, 64, 64, 64, 2], activation, { batchSize: 64 });
  const nodes = Object.entries(plain.nodes).map(([id, node]) =>
    node.kind === 'linear' ? [id, { ...node, params: { ...node.params, ...start } }] : [id, node],
  );
  const trainer = await trainerOf({ ...plain, nodes: Object.fromEntries(nodes) });
  const { captures } = await trainer.run(1, () => true);
  const { segments } = trainer.facts;
  const found = [1, 2, 3, 4, 5].map((n) =>
    segments.findIndex((s) => s.what === 'gradient' && s.name === `${activation}_${n}`),
  );
  trainer.dispose();
  return found.map((i) => statisticsOf(captures[0]!, i).std);
}

const standard = { init: 'pytorch', biasInit: 'zeros' };
const normalised = { init: 'xavierUniform', biasInit: 'zeros' };
const falls = (g: readonly number[]): number[] => g.slice(1).map((near, i) => g[i]! / near);

test('gradients of tanh layers shrink backwards under the standard start, and stay level under the normalised one', async () => {
  const shrinking = await gradients('tanh', standard);
  // Var(w) = 1/(3n): each layer keeps 1/√3 = 0.58 of the gradient.
  for (const ratio of falls(shrinking)) expect(ratio).toBeGreaterThan(0.45);
  for (const ratio of falls(shrinking)) expect(ratio).toBeLessThan(0.72);
  expect(shrinking[0]! / shrinking[4]!).toBeLessThan(0.2);

  const level = await gradients('tanh', normalised);
  for (const ratio of falls(level)) expect(ratio).toBeGreaterThan(0.75);
  for (const ratio of falls(level)) expect(ratio).toBeLessThan(1.25);
  expect(level[0]! / level[4]!).toBeGreaterThan(0.5);
});

test('sigmoid layers lose three quarters more at each step, whichever of the two starts they have', async () => {
  const shrinking = await gradients('sigmoid', standard);
  // The slope of a sigmoid is at most ¼: 0.58 / 4 = 0.14.
  for (const ratio of falls(shrinking)) expect(ratio).toBeLessThan(0.2);
  const better = await gradients('sigmoid', normalised);
  for (const ratio of falls(better)) expect(ratio).toBeLessThan(0.3);
  expect(better[0]! / better[4]!).toBeGreaterThan(3 * (shrinking[0]! / shrinking[4]!));
});
