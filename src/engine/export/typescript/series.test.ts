// A net on windows of a table leaves as a project that takes the rows of a window, as they stand in the table.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sampleOf } from '../../data/dataset.ts';
import { ioOfFiles, loadDataset } from '../../data/load.ts';
import { parseDataSpec } from '../../data/spec.ts';
import type { Json } from '../../model/schema.ts';
import { documentOf } from '../../model/testing.ts';
import { exportTypeScript } from './project.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'gradloom-series-project-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const weather = ['sun', 'rain'];
const rows = Array.from({ length: 40 }, (_, i) => ({
  level: Math.round(100 * Math.sin(i / 3)) / 10,
  weather: weather[i % 3 === 0 ? 1 : 0]!,
}));

test('a net on a time series takes the rows of a window', async () => {
  const origin: Json = {
    source: 'csv',
    path: 'levels.csv',
    recipe: {
      columns: [
        { name: 'level', type: 'number', role: 'target' },
        { name: 'weather', type: 'category', role: 'feature', categories: weather },
      ],
    },
    windows: { length: 3 },
  };
  const csv = ['level,weather', ...rows.map((r) => `${r.level},${r.weather}`)].join('\n');
  const document = documentOf(
    {
      data: ['data', { origin }],
      flat: 'flatten',
      out: ['linear', { units: 1 }],
      loss: 'mse',
    },
    ['data.x -> flat.x', 'flat.y -> out.x', 'out.y -> loss.prediction', 'data.y -> loss.target'],
  );
  const bytes = Uint8Array.from(new TextEncoder().encode(csv)).buffer;
  const data = await loadDataset(parseDataSpec({ origin }), ioOfFiles({ 'levels.csv': bytes }));
  const files = exportTypeScript(document, {
    preprocessing: data.preprocessing,
    targets: data.dataset.targets,
  });
  for (const name of ['model.ts', 'predict.ts', 'weights.safetensors'])
    writeFileSync(join(folder, name), files.get(name) ?? '');
  expect(files.get('README.md')).toContain('a list of 3 rows of the table');
  const predicted = (samples: unknown) => {
    writeFileSync(join(folder, 'samples.json'), JSON.stringify(samples));
    return spawnSync(process.execPath, ['predict.ts', 'samples.json'], { cwd: folder, encoding: 'utf8' });
  };
  const windows = [0, 5, 20];
  const numbers = windows.map((w) => [...sampleOf(data.dataset.inputs[0]!, w)]);
  const fromNumbers = predicted(numbers);
  expect(fromNumbers.stderr).toBe('');
  const fromRows = predicted(windows.map((w) => rows.slice(w, w + 3)));
  expect(fromRows.stderr).toBe('');
  const answers = (text: string) =>
    text
      .trim()
      .split('\n')
      .flatMap((line): number[] => JSON.parse(line).output);
  expect(answers(fromRows.stdout)).toHaveLength(3);
  answers(fromRows.stdout).forEach((v, i) => {
    expect(v).toBeCloseTo(answers(fromNumbers.stdout)[i]!, 5);
  });
  expect(predicted([rows.slice(0, 2)]).stderr).toBe('A sample has 3 rows, not 2.\n');
});
