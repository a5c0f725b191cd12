// Every layer on the GPU against PyTorch's float64 numbers, forward and backward in one program.
import { afterAll, describe, expect, test } from 'vitest';
import { runOnGpu } from '../../runtime/testing.ts';
import { ParityTable, relativeError } from '../../testing.ts';
import { feedsOf, layerGoldens, layerGraph, titleOf } from './testing.ts';

const layers = new ParityTable('Layers against PyTorch, GPU', 'layers', 'configurations');
const losses = new ParityTable('Losses against PyTorch, GPU', 'losses', 'configurations');
afterAll(() =>
  console.log(`${layers}

${losses}`),
);

/** Chains of more than ten ops may add up a little more. */
const longChains: ReadonlySet<string> = new Set(['recurrent', 'attention', 'transformer']);

// Gated layers on top of each other are the same steps again, and a software GPU compiles them for a minute.
const fast = Object.entries(layerGoldens).map(
  ([family, cases]) =>
    [family, cases.filter((c) => !(['lstm', 'gru'].includes(c.kind) && c.params.layers))] as const,
);

describe.each(fast)('%s', (family, cases) => {
  test.each(cases.map((golden) => ({ title: titleOf(golden), golden })))('$title', async ({ golden }) => {
    const { checks, feeds } = layerGraph(golden);
    const roots = checks.map((c) => c.root);
    const { results } = await runOnGpu(roots, feedsOf(roots, feeds), { hypers: { counter: 0 } });
    const errors = checks.map((c, i) => [c.what, relativeError(results[i]!, c.expected)] as const);
    (family === 'losses' ? losses : layers).add(golden.kind, Math.max(...errors.map(([, error]) => error)));
    expect(errors.filter(([, error]) => error > (longChains.has(family) ? 2e-5 : 1e-5))).toEqual([]);
  });
});
