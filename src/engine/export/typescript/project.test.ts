// A net on text leaves as a project that takes text: its vocabulary lies beside the model, and says what it does not know.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Json } from '../../model/schema.ts';
import { documentOf } from '../../model/testing.ts';
import { exportTypeScript } from './project.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'gradloom-text-project-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each(['every', 'last'])('a character net that predicts after %s character takes text', (predict) => {
  const origin: Json = {
    source: 'text',
    path: 'a.txt',
    alphabet: 'abc \n"',
    windows: { length: 4, predict, lowercase: true },
  };
  const document = documentOf(
    {
      data: ['data', { origin }],
      embed: ['embedding', { vocabulary: 6, features: 3 }],
      gru: ['gru', { units: 3, output: predict === 'every' ? 'all' : 'last' }],
      out: ['linear', { units: 6 }],
      loss: 'crossEntropy',
    },
    [
      'data.x -> embed.x',
      'embed.y -> gru.x',
      'gru.y -> out.x',
      'out.y -> loss.prediction',
      'data.y -> loss.target',
    ],
  );
  for (const name of ['model.ts', 'predict.ts', 'weights.safetensors'])
    writeFileSync(join(folder, name), exportTypeScript(document).get(name) ?? '');
  const run = (...args: string[]) =>
    spawnSync(process.execPath, ['predict.ts', ...args], { cwd: folder, encoding: 'utf8' });
  const said = JSON.parse(run('aB c').stdout);
  expect(said.output).toHaveLength(predict === 'every' ? 24 : 6);
  expect('abc \n"').toContain(said.answer);
  // By code point: line feed, space, quote, a, b, c.
  expect(JSON.parse(run('3', '4', '1', '5').stdout)).toEqual(said);
  expect(run('abxc').stderr).toBe('"x" is not among the 6 characters that the model knows.\n');
  expect(run('3', '4', '1', '6').stderr).toBe('6 is no token: they are 0 to 5.\n');
});
