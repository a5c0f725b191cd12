/** The text of train.ts: trains the document that lies beside it, with the engine that lies beside it. */

/** @param data the data set's file in the folder; null where the data is made by a formula */
export function trainSource(data: string | null): string {
  const path = data === null ? null : JSON.stringify(`./${data}`);
  const io =
    path === null
      ? ''
      : `
const file = async () => {
  const bytes = readFileSync(new URL(${path}, import.meta.url));
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
};`;
  const source = path === null ? 'noFiles' : 'file';
  const none =
    path === null
      ? `
const noFiles = async (): Promise<ArrayBuffer> => {
  throw new Error('This data is made by a formula; it has no file.');
};`
      : '';
  return `// Trains the model on the GPU and saves weights.safetensors: node train.ts [epochs]
//   --prune 20 --rounds 3    looks for a lottery ticket: after training, the smallest 20 % of the weights that are left become
//                            0 for good, the others what they were at the start, and training begins anew; three times
// Needs WebGPU for Node, once: npm install. On a machine without a GPU, set VK_DRIVER_FILES to the vk_swiftshader_icd.json
// that comes with Chromium or Chrome.
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { drawTicket, loadDataset, openDevice, parseDocument, parseDataSpec, Trainer, writeSafetensors } from './engine/gradloom.js';

const parsed = parseDocument(readFileSync(new URL('./model.gradloom', import.meta.url), 'utf8'));
if (!parsed.ok) throw new Error(\`model.gradloom: \${parsed.problem.title}\`);
const { document } = parsed;
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { prune: { type: 'string' }, rounds: { type: 'string', default: '1' } },
});
const epochs = Number(positionals[0] ?? document.training.epochs);
if (!Number.isInteger(epochs) || epochs < 1) throw new Error('The number of epochs is a whole number from 1.');
const percent = Number(values.prune ?? 0);
if (!(percent >= 0 && percent < 100)) throw new Error('--prune takes a percentage from 0 to below 100.');
const rounds = values.prune === undefined ? 0 : Number(values.rounds);
if (!Number.isInteger(rounds) || rounds < 0) throw new Error('--rounds takes a whole number.');

const { create, globals } = await import('webgpu').catch(() => {
  throw new Error('Training needs WebGPU for Node: run npm install first.');
});
Object.assign(globalThis, globals);
const gpu = create([]);
const device = await openDevice(gpu);
console.log(\`GPU: \${device.name}\`);
${io}${none}
const node = Object.values(document.nodes).find((n) => n.kind === 'data');
if (!node) throw new Error('model.gradloom has no data node.');
const data = await loadDataset(parseDataSpec(node.params), { readShipped: ${source}, readFile: ${source} });

async function train(trainer: Trainer): Promise<void> {
  const total = epochs * trainer.stepsPerEpoch;
  while (trainer.step < total) {
    const count = Math.min(trainer.stepsPerEpoch, trainer.mostSteps(), total - trainer.step);
    const { rows, unsound, stopped } = await trainer.run(count);
    if (unsound !== null) throw new Error(\`The loss is not a finite number at step \${unsound}: lower the learning rate.\`);
    console.log(\`step \${trainer.step} of \${total}, loss \${rows.loss.at(-1)?.toPrecision(5)}\`);
    if (stopped) break;
  }
  const best = trainer.restoreBest();
  if (best) console.log(\`The weights are those of step \${best.step}, the best by validation.\`);
  for (const split of ['train', 'validation', 'test'] as const) {
    if (trainer.facts.samples[split] === 0) continue;
    const { loss, metrics, scores } = await trainer.evaluate(split);
    const words = [
      ...trainer.facts.metrics.map((name, i) => \`\${name} \${metrics[i]?.toPrecision(4)}\`),
      ...Object.entries(scores).map(([name, score]) => \`\${name} \${score.toPrecision(4)}\`),
    ];
    console.log([\`\${split}: loss \${loss.toPrecision(5)}\`, ...words].join(', '));
  }
}

const options = { probes: false };
let trainer = await Trainer.create(device, document, data, options);
await train(trainer);
let pruned = {};
for (let round = 1; round <= rounds; round++) {
  const origin = { document, data, options: { ...options, ...pruned } };
  const { masks } = await drawTicket(device, trainer, origin, { share: percent / 100, scope: 'layer', rewind: 0 });
  trainer.dispose();
  pruned = { masks };
  trainer = await Trainer.create(device, document, data, { ...options, masks });
  console.log(\`Round \${round}: \${(100 * trainer.facts.kept).toFixed(1)} % of the weights are left.\`);
  await train(trainer);
}

// Written beside and renamed, so that a crash leaves the old weights whole.
const target = new URL('./weights.safetensors', import.meta.url);
const temporary = new URL('./weights.safetensors.tmp', import.meta.url);
writeFileSync(temporary, new Uint8Array(writeSafetensors(await trainer.weights(), { format: 'pt' })));
renameSync(temporary, target);
console.log('Saved weights.safetensors.');
// WebGPU keeps the process alive.
process.exit(0);
`;
}
