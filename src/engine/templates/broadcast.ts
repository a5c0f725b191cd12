// The batch axis and broadcasting, to be seen on the wires.
import { netTemplate, type Template } from './define.ts';
import { hidden } from './layers.ts';

export const broadcasting: Template = netTemplate({
  id: 'broadcasting',
  theme: 'nets',
  title: 'Batches and broadcasting',
  summary: 'A gate of one number per sample meets sixteen features: sizes of 1 are stretched.',
  text: `Every shape on the canvas begins with the **batch**: all boxes are written for one sample and work on 32 at once, which is what
*vmap* does elsewhere. Where two tensors meet, **broadcasting** stretches sizes of 1 to fit. Here a gate of one number per sample,
32 × 1, multiplies sixteen features, 32 × 16; nothing is copied. On the way back the gradient of what was stretched is **summed**: the
gate receives one number per sample, not sixteen.

**Look at** the shapes along the wires into *multiply*, and at the gradient strip of the sigmoid, whose shape is 32 × 1 again.

**Try** 16 units in the gate: the same shapes, nothing stretched, sixteen gates. Then 3: the two sizes cannot be stretched to fit,
and the node says so.

Reaches 95 % on the test part.`,
  notes: [
    'Sizes are compared from the last axis backwards. Two fit when they are equal or one of them is 1; a missing axis counts as 1.',
  ],
  quality: { claims: [{ metric: 'accuracy', split: 'test', atLeast: 0.95 }] },
  data: { origin: { source: 'generated', kind: 'xor', params: { samples: 600, noise: 0.02 } } },
  net(weave, x) {
    const features = weave.chain(x, ...hidden('relu', 16));
    const gate = weave.chain(x, ['linear', { units: 1 }], ['sigmoid']);
    return weave.chain(weave.box('multiply', {}, { x: [features, gate] }), ['linear', { units: 2 }]);
  },
  loss: ['crossEntropy'],
  training: { optimizer: { kind: 'adam', params: { learningRate: 0.02 } }, batchSize: 32, epochs: 40 },
});
