// A whole project, as it leaves: in a folder of its own, away from the repository, it predicts what the GPU predicts, and trains.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ioOfFiles, loadDataset } from '../../data/load.ts';
import { parseDataSpec } from '../../data/spec.ts';
import type { GraphDocument, Json } from '../../model/schema.ts';
import { documentOf as draft } from '../../model/testing.ts';
import { testDevice } from '../../runtime/testing.ts';
import { templateOf } from '../../templates/index.ts';
import { expectAllClose, randomArray } from '../../testing.ts';
import { drawTicket } from '../../train/prune.ts';
import { mlp } from '../../train/testing.ts';
import { Trainer, type TrainerOptions } from '../../train/trainer.ts';
import { readSafetensors } from '../safetensors.ts';
import { exportTypeScript, type TypeScriptExport } from './project.ts';

const root = join(import.meta.dirname, '../../../..');
let folder = '';
let engine = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'gradloom-project-'));
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(join(root, 'node_modules/webgpu'), join(folder, 'node_modules/webgpu'));
  const bundled = spawnSync(process.execPath, [join(root, 'scripts/bundle-engine.ts')], { encoding: 'utf8' });
  expect(bundled.stderr).toBe('');
  engine = readFileSync(join(root, 'out/engine/gradloom.js'), 'utf8');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function write(document: GraphDocument, options: TypeScriptExport): void {
  for (const [name, content] of exportTypeScript(document, options)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
}

const run = (...args: string[]) => spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });

/** What train.ts says, line by line; fails where it says anything else. */
function trainedLines(...args: string[]): string[] {
  const { status, stdout, stderr } = run('train.ts', ...args);
  const words = stderr.replace(/^error: XDG_RUNTIME_DIR.*\n/gm, '');
  expect({ status, words }).toEqual({ status: 0, words: '' });
  return stdout.trim().split('\n');
}

const documentOf = (id: string): GraphDocument => {
  const template = templateOf(id);
  if (!template) throw new Error(`there is a template ${id}`);
  return template.document;
};

const specOf = (document: GraphDocument) =>
  parseDataSpec(Object.values(document.nodes).find((n) => n.kind === 'data')?.params);

const device = async () => ({ device: await testDevice(), name: 'test', software: true });

describe('an exported project', () => {
  test('predicts what the GPU predicts, then trains further and lowers the loss', async () => {
    const document = documentOf('mlp-spirals');
    const data = await loadDataset(specOf(document), ioOfFiles({}));
    const trainer = await Trainer.create(await device(), document, data, { probes: false });
    await trainer.run(40);
    const before = await trainer.evaluate('train');
    const weights = new Map(
      [...(await trainer.weights())].map(([name, w]) => [name, { ...w, data: Float32Array.from(w.data) }]),
    );
    const rows = Float32Array.from(randomArray(2 * 32, 3, [-1.5, 1.5]));
    const expected = await trainer.predict(rows);
    trainer.dispose();

    write(document, { weights, preprocessing: data.preprocessing, targets: data.dataset.targets, engine });
    const samples = Array.from({ length: 32 }, (_, i) => Array.from(rows.subarray(2 * i, 2 * i + 2)));
    writeFileSync(join(folder, 'samples.json'), JSON.stringify(samples));
    const predicted = run('predict.ts', 'samples.json');
    expect(predicted.stderr).toBe('');
    const answers = predicted.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expectAllClose(
      answers.flatMap((a) => a.output),
      expected,
      { rtol: 1e-5, atol: 1e-5 },
    );
    expect(new Set(answers.map((a) => a.answer)).size).toBe(2);

    const saved = readFileSync(join(folder, 'weights.safetensors'));
    const lines = trainedLines('30');
    const loss = Number(
      /^train: loss (\S+?),/.exec(lines.find((line) => line.startsWith('train:')) ?? '')?.[1],
    );
    expect(loss).toBeLessThan(before.loss);
    const now = readFileSync(join(folder, 'weights.safetensors'));
    expect(now.equals(saved)).toBe(false);
    expect([...readSafetensors(Uint8Array.from(now), 'now').tensors.keys()]).toEqual([...weights.keys()]);
  });
});

/** Trains as train.ts does, in this process: what it would print of its steps, and the trainer. */
async function trainHere(
  document: GraphDocument,
  files: Readonly<Record<string, ArrayBuffer>>,
  epochs: number,
  options: TrainerOptions = { probes: false },
) {
  const data = await loadDataset(specOf(document), ioOfFiles(files));
  const trainer = await Trainer.create(await device(), document, data, options);
  const lines: string[] = [];
  const total = epochs * trainer.stepsPerEpoch;
  while (trainer.step < total) {
    const { rows, stopped } = await trainer.run(trainer.stepsPerEpoch);
    lines.push(`step ${trainer.step} of ${total}, loss ${rows.loss.at(-1)?.toPrecision(5)}`);
    if (stopped) break;
  }
  const best = trainer.restoreBest();
  if (best) lines.push(`The weights are those of step ${best.step}, the best by validation.`);
  return { data, trainer, lines };
}

const stepLines = (lines: readonly string[]): string[] => lines.filter((l) => /^step|^The weights/.test(l));

async function expectSameWeights(trainer: Trainer): Promise<void> {
  const saved = readSafetensors(Uint8Array.from(readFileSync(join(folder, 'weights.safetensors'))), 'saved');
  for (const [name, { data }] of await trainer.weights())
    expect([...(saved.tensors.get(name)?.data ?? [])], name).toEqual([...data]);
}

const sgd = { kind: 'sgd', params: { learningRate: 0.5, momentum: 0.9 } };
const net = (training: Record<string, Json>): GraphDocument => mlp([8, 2], 'tanh', training);

/** The levels of a river, day by day, which a CSV file of windows holds. */
const levels = Array.from({ length: 80 }, (_, i) => 10 + Math.sin(i / 4) + Math.cos(i / 9));
const series = draft(
  {
    data: [
      'data',
      {
        origin: {
          source: 'csv',
          path: 'some/where/levels.csv',
          recipe: { columns: [{ name: 'level', type: 'number', role: 'target' }] },
          windows: { length: 6 },
        },
      },
    ],
    flat: 'flatten',
    hidden: ['linear', { units: 4 }],
    bend: 'tanh',
    out: ['linear', { units: 1 }],
    loss: 'mse',
  },
  [
    'data.x -> flat.x',
    'flat.y -> hidden.x',
    'hidden.y -> bend.x',
    'bend.y -> out.x',
    'out.y -> loss.prediction',
    'data.y -> loss.target',
  ],
);
const characters = draft(
  {
    data: [
      'data',
      { origin: { source: 'text', path: 'rhyme.txt', alphabet: ' abc', windows: { length: 6, stride: 2 } } },
    ],
    embed: ['embedding', { vocabulary: 4, features: 3 }],
    rnn: ['rnn', { units: 4 }],
    out: ['linear', { units: 4 }],
    loss: 'crossEntropy',
  },
  [
    'data.x -> embed.x',
    'embed.y -> rnn.x',
    'rnn.y -> out.x',
    'out.y -> loss.prediction',
    'data.y -> loss.target',
  ],
);
const bytesOf = (text: string): ArrayBuffer => Uint8Array.from(new TextEncoder().encode(text)).buffer;

describe('train.ts trains as the engine does, to the bit', () => {
  test.each<[string, GraphDocument, string | null]>([
    [
      'with penalties, accumulation, clipping by norm and a warm-up',
      net({
        optimizer: sgd,
        penalty: { l1: 1e-3, l2: 1e-3 },
        batchSize: 25,
        accumulation: 3,
        clipping: { kind: 'norm', limit: 0.2 },
        schedule: { kind: 'warmupCosine', params: { warmup: 10, steps: 60 } },
      }),
      null,
    ],
    [
      'with clipping by value, a plateau schedule and early stopping',
      net({
        optimizer: { kind: 'adam', params: { learningRate: 0.5 } },
        clipping: { kind: 'value', limit: 0.01 },
        schedule: { kind: 'plateau', params: { patience: 1 } },
        stopping: { patience: 2, leastGain: 0 },
      }),
      null,
    ],
    ['on windows of a table', series, `level\n${levels.join('\n')}`],
    ['on a text', characters, 'abc cab bca acb '.repeat(12)],
  ])('%s', async (_, document, text) => {
    const epochs = 8;
    const path = (specOf(document).origin as { path?: string }).path ?? '';
    const files = text === null ? {} : { [path]: bytesOf(text) };
    const { data, trainer, lines } = await trainHere(document, files, epochs);
    const { preprocessing, dataset } = data;
    const bytes = text === null ? {} : { data: bytesOf(text) };
    write(document, { preprocessing, targets: dataset.targets, engine, ...bytes });
    expect(stepLines(trainedLines(`${epochs}`))).toEqual(lines);
    await expectSameWeights(trainer);
    trainer.dispose();
  });

  test('pruning and going back to the start', async () => {
    const document = net({ optimizer: sgd });
    const { data, trainer, lines } = await trainHere(document, {}, 3);
    const origin = { document, data, options: { probes: false } };
    const pruning = { share: 0.5, scope: 'layer', rewind: 0 } as const;
    const { masks } = await drawTicket(await device(), trainer, origin, pruning);
    trainer.dispose();
    const pruned = await trainHere(document, {}, 3, { probes: false, masks });
    write(document, { engine });
    const said = trainedLines('3', '--prune', '50');
    expect(stepLines(said)).toEqual([...lines, ...pruned.lines]);
    expect(said).toContain('Round 1: 50.0 % of the weights are left.');
    await expectSameWeights(pruned.trainer);
    pruned.trainer.dispose();
  });
});
