// One step against PyTorch's autograd: an MLP with each activation and each loss, at odd sizes. scripts/golden/step_parity.py
// makes the cases; PyTorch computed them in float64.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readDocument } from '../model/migrate.ts';
import { testDevice } from '../runtime/testing.ts';
import { runOneStep } from './one-step.ts';
import { readSafetensors } from './safetensors.ts';

interface Golden {
  readonly name: string;
  readonly document: unknown;
  /** Files of safetensors in base64. */
  readonly weights: string;
  readonly batch: string;
  readonly expected: string;
}

const goldens: readonly Golden[] = JSON.parse(
  readFileSync(join(import.meta.dirname, 'goldens/step.json'), 'utf8'),
);
const tensorsOf = (text: string) => readSafetensors(Uint8Array.from(Buffer.from(text, 'base64')), 'golden');

describe('one step', () => {
  test.each(goldens)('gives what PyTorch gives: $name', async ({ document, weights, batch, expected }) => {
    const parsed = readDocument(document);
    if (!parsed.ok) throw new Error(parsed.problem.title);
    const dump = await runOneStep(
      { device: await testDevice(), name: 'test', software: true },
      parsed.document,
      {
        weights: tensorsOf(weights),
        batch: tensorsOf(batch),
        names: { weights: 'weights', batch: 'batch' },
      },
    );
    for (const [name, { shape, data }] of tensorsOf(expected).tensors) {
      const wanted = Array.from(data as Float32Array);
      const found = dump.get(name);
      const largest = wanted.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
      // A tensor that no gradient reaches is left out.
      if (!found) {
        expect([name, largest]).toEqual([name, 0]);
        continue;
      }
      expect([name, found.shape]).toEqual([name, shape]);
      const error = wanted.reduce((most, v, i) => Math.max(most, Math.abs(v - Number(found.data[i]))), 0);
      expect(error, `${name}: the largest difference`).toBeLessThanOrEqual(1e-5 * (largest || 1));
    }
  });
});
