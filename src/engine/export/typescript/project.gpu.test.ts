// A whole project, as it leaves: in a folder of its own, away from the repository, it predicts what the GPU predicts, and trains.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadDataset } from '../../data/load.ts';
import { parseDataSpec } from '../../data/spec.ts';
import type { GraphDocument } from '../../model/schema.ts';
import { testDevice } from '../../runtime/testing.ts';
import { templateOf } from '../../templates/index.ts';
import { expectAllClose, randomArray } from '../../testing.ts';
import { Trainer } from '../../train/trainer.ts';
import { readSafetensors } from '../safetensors.ts';
import { exportTypeScript, type TypeScriptExport } from './project.ts';

const root = join(import.meta.dirname, '../../../..');
let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'gradloom-project-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function write(document: GraphDocument, options: TypeScriptExport): void {
  for (const [name, content] of exportTypeScript(document, options)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
}

const run = (...args: string[]) => spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });

const documentOf = (id: string): GraphDocument => {
  const template = templateOf(id);
  if (!template) throw new Error(`there is a template ${id}`);
  return template.document;
};

const noFile = async (): Promise<ArrayBuffer> => {
  throw new Error('generated data has no file');
};

describe('an exported project', () => {
  test('predicts what the GPU predicts, then trains further and lowers the loss', async () => {
    const document = documentOf('mlp-spirals');
    const spec = parseDataSpec(Object.values(document.nodes).find((n) => n.kind === 'data')?.params);
    const data = await loadDataset(spec, { readShipped: noFile, readFile: noFile });
    const open = { device: await testDevice(), name: 'test', software: true };
    const trainer = await Trainer.create(open, document, data, { probes: false });
    await trainer.run(40);
    const before = await trainer.evaluate('train');
    const weights = new Map(
      [...(await trainer.weights())].map(([name, w]) => [name, { ...w, data: Float32Array.from(w.data) }]),
    );
    const rows = Float32Array.from(randomArray(2 * 32, 3, [-1.5, 1.5]));
    const expected = await trainer.predict(rows);
    trainer.dispose();

    const bundled = spawnSync(process.execPath, [join(root, 'scripts/bundle-engine.ts')], {
      encoding: 'utf8',
    });
    expect(bundled.stderr).toBe('');
    const engine = readFileSync(join(root, 'out/engine/gradloom.js'), 'utf8');
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
    mkdirSync(join(folder, 'node_modules'));
    symlinkSync(join(root, 'node_modules/webgpu'), join(folder, 'node_modules/webgpu'));
    const trained = run('train.ts', '30');
    expect({
      status: trained.status,
      words: trained.stderr.replace(/^error: XDG_RUNTIME_DIR.*\n/gm, ''),
    }).toEqual({ status: 0, words: '' });
    const loss = Number(/^train: loss (\S+?),/m.exec(trained.stdout)?.[1]);
    expect(loss).toBeLessThan(before.loss);
    const now = readFileSync(join(folder, 'weights.safetensors'));
    expect(now.equals(saved)).toBe(false);
    expect([...readSafetensors(Uint8Array.from(now), 'now').tensors.keys()]).toEqual([...weights.keys()]);
  });
});
