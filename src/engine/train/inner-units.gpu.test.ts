// Rectifiers inside composite layers are watched as those on the canvas are.
import { expect, test } from 'vitest';
import { documentOf } from '../model/testing.ts';
import { foldedOf } from '../probe/statistics.ts';
import { testDevice } from '../runtime/testing.ts';
import { spirals } from './testing.ts';
import { Trainer } from './trainer.ts';
import { Watcher } from './watcher.ts';

const units = 8;
const off = 6;

const document = (activation: string) => {
  const made = documentOf(
    {
      data: 'data',
      spread: ['linear', { units: 20 }],
      sequence: ['reshape', { sizes: [5, 4] }],
      encoder: ['transformerEncoderLayer', { heads: 2, feedForward: units, dropout: 0, activation }],
      flat: 'flatten',
      out: ['linear', { units: 2 }],
      loss: 'crossEntropy',
    },
    [
      'data.x -> spread.x',
      'spread.y -> sequence.x',
      'sequence.y -> encoder.x',
      'encoder.y -> flat.x',
      'flat.y -> out.x',
      'out.y -> loss.prediction',
      'data.y -> loss.target',
    ],
  );
  return { ...made, training: { ...made.training, batchSize: 256 } };
};

test.each(['relu', 'gelu'])(
  'units of a transformer’s inner net that never fire are seen (%s)',
  async (activation) => {
    const device = await testDevice();
    const bias = Float32Array.from({ length: units }, (_, i) => (i < off ? -50 : 1));
    const weights = new Map([['encoder.linear1.bias', bias]]);
    const made = document(activation);
    const trainer = await Trainer.create({ device, name: 'test', software: true }, made, await spirals, {
      probes: true,
      weights,
    });
    const at = trainer.facts.segments.findIndex((s) => s.counted === 'dead');
    expect(trainer.facts.segments[at]).toMatchObject({ name: 'encoder', tensor: 'linear1', units });
    const watcher = new Watcher(made, trainer.facts);
    const shares: number[] = [];
    for (let step = 0; step < 16; step++) {
      const chunk = await trainer.run(1, () => true);
      watcher.take(chunk);
      shares.push(...chunk.captures.map((capture) => foldedOf(capture, at, 'deadUnits')));
    }
    expect(shares.at(-1)).toBeCloseTo(off / units, 5);
    const dead = watcher.verdicts.find(({ rule }) => rule === 'dead');
    expect(dead?.culprit).toMatchObject({ node: 'encoder' });
    expect(dead?.sentence).toContain('75 % of the units of `encoder` (linear1)');
    trainer.dispose();
  },
);
