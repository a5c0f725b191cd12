import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import sqlite from 'node-sqlite3-wasm';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createRuns } from './runs.ts';
import { temporaryFolder } from './testing.ts';
import { KEPT_FROM_START, KEPT_LATER, stepsToDrop } from './thinning.ts';

const start = {
  id: 'run-1',
  documentId: 'doc',
  documentName: 'Spirals',
  label: 'He + ReLU',
  seed: 7,
  forkOf: null,
  settings: { optimiser: { kind: 'adam', rate: 0.001 }, batch: 64 },
};
const none = { metrics: [], verdicts: [], state: 'running' as const };

async function setUp() {
  const path = join(await temporaryFolder(), 'runs.sqlite');
  const open = (now?: () => number) => {
    const runs = createRuns({ path, now });
    onTestFinished(() => runs.dispose());
    return runs;
  };
  return { path, open, runs: open() };
}

describe('run records', () => {
  test('a run comes back whole after a restart: settings, metrics with NaN and infinities, verdicts', async () => {
    const { open, runs } = await setUp();
    await runs.start(start);
    const metrics: { step: number; values: Record<string, number> }[] = [
      { step: 0, values: { loss: 1.25, accuracy: 0.1 } },
      { step: 1, values: { loss: Number.POSITIVE_INFINITY } },
      { step: 2, values: { loss: Number.NaN } },
    ];
    const verdicts = [
      { step: 2, name: 'non-finite', text: 'The loss is not a number.', evidence: { node: 'a' } },
    ];
    await runs.append({ id: 'run-1', metrics, verdicts, state: 'failed' });
    runs.dispose();
    expect(await open().get('run-1')).toMatchObject({
      run: {
        label: 'He + ReLU',
        seed: 7,
        state: 'failed',
        steps: 2,
        summary: { loss: Number.NaN, accuracy: 0.1 },
      },
      settings: start.settings,
      metrics,
      verdicts,
    });
  });

  test('runs are listed newest first, by document, and deleted with all that belongs to them', async () => {
    const { path, open } = await setUp();
    let clock = 1_700_000_000_000;
    const runs = open(() => clock++);
    for (const id of ['a', 'b', 'c'])
      await runs.start({ ...start, id, documentId: id === 'b' ? 'other' : 'doc' });
    await runs.append({ id: 'c', ...none, metrics: [{ step: 0, values: { loss: 1 } }] });
    expect((await runs.list({ documentId: null, limit: 2 })).map(({ id }) => id)).toEqual(['c', 'b']);
    expect((await runs.list({ documentId: 'doc', limit: 9 })).map(({ id }) => id)).toEqual(['c', 'a']);
    await runs.delete('c');
    await expect(runs.get('c')).rejects.toMatchObject({ code: 'runs/missing' });
    runs.dispose();
    const db = new sqlite.Database(path);
    expect(db.get('SELECT count(*) AS n FROM metrics')).toEqual({ n: 0 });
    db.close();
  });

  test('the same step sent twice is one row, and an unknown or repeated run is refused in words', async () => {
    const { runs } = await setUp();
    await runs.start(start);
    await runs.append({ id: 'run-1', ...none, metrics: [{ step: 3, values: { loss: 1 } }] });
    await runs.append({ id: 'run-1', ...none, metrics: [{ step: 3, values: { loss: 2 } }] });
    expect((await runs.get('run-1')).metrics).toEqual([{ step: 3, values: { loss: 2 } }]);
    await expect(runs.start(start)).rejects.toMatchObject({ code: 'runs/exists' });
    await expect(runs.append({ id: 'none', ...none })).rejects.toMatchObject({ code: 'runs/missing' });
  });

  test('two openings of the records write at once and neither loses a row', async () => {
    const { open, runs } = await setUp();
    const other = open();
    await runs.start(start);
    await other.start({ ...start, id: 'run-2' });
    const write = (which: typeof runs, id: string) =>
      Promise.all(
        Array.from({ length: 20 }, (_, step) =>
          which.append({ id, ...none, metrics: [{ step, values: { loss: step } }] }),
        ),
      );
    await Promise.all([write(runs, 'run-1'), write(other, 'run-2')]);
    expect((await runs.get('run-1')).metrics).toHaveLength(20);
    expect((await runs.get('run-2')).metrics).toHaveLength(20);
  });

  test('a process killed in the middle of a transaction loses only that, and its lock is cleared', async () => {
    const { path, open, runs } = await setUp();
    await runs.start(start);
    runs.dispose();
    const script = `
      const { Database } = require('node-sqlite3-wasm');
      const db = new Database(${JSON.stringify(path)});
      db.exec("BEGIN IMMEDIATE; UPDATE runs SET label = 'half'");
      process.kill(process.pid, 'SIGKILL');`;
    spawnSync(process.execPath, ['-e', script], { cwd: join(import.meta.dirname, '../../..') });
    expect(existsSync(`${path}.lock`)).toBe(true);
    await utimes(`${path}.lock`, new Date(0), new Date(0)); // as if some time had gone by
    expect((await open().get('run-1')).run.label).toBe('He + ReLU');
  });

  test('a lock that is held for good is said in words, and a fresh one is not broken', async () => {
    const { path, runs } = await setUp();
    await runs.start(start);
    await mkdir(`${path}.lock`);
    await utimes(`${path}.lock`, new Date(), new Date(Date.now() + 3_600_000));
    await expect(runs.list({ documentId: null, limit: 1 })).rejects.toMatchObject({ code: 'runs/busy' });
  });

  test('records of a newer Gradloom are refused in words and left alone', async () => {
    const { path, runs } = await setUp();
    const db = new sqlite.Database(path);
    db.exec('PRAGMA user_version = 99');
    db.close();
    await expect(runs.start(start)).rejects.toMatchObject({ code: 'runs/from-the-future' });
  });

  test('a long run keeps its start, its end and a bounded number of steps', async () => {
    const { runs } = await setUp();
    await runs.start(start);
    for (let from = 0; from < 6000; from += 1000) {
      const metrics = Array.from({ length: 1000 }, (_, i) => ({ step: from + i, values: { loss: 1 } }));
      await runs.append({ id: 'run-1', ...none, metrics });
    }
    const steps = (await runs.get('run-1')).metrics.map(({ step }) => step);
    expect(steps.slice(0, KEPT_FROM_START)).toEqual(Array.from({ length: KEPT_FROM_START }, (_, i) => i));
    expect(steps.at(-1)).toBe(5999);
    expect(steps.length).toBeLessThanOrEqual(KEPT_FROM_START + 1.5 * KEPT_LATER);
  });
});

test('thinning keeps the first steps and the last, bounds their number, and does nothing again', () => {
  const recorded = fc.uniqueArray(fc.nat({ max: 1_000_000 }), { minLength: 2000, maxLength: 6000 });
  fc.assert(
    fc.property(recorded, (unsorted) => {
      const steps = unsorted.sort((a, b) => a - b);
      const dropped = new Set(stepsToDrop(steps));
      const kept = steps.filter((step) => !dropped.has(step));
      expect(kept.slice(0, KEPT_FROM_START)).toEqual(steps.slice(0, KEPT_FROM_START));
      expect(kept.at(-1)).toBe(steps.at(-1));
      expect(kept.length).toBeLessThanOrEqual(KEPT_FROM_START + 1.5 * KEPT_LATER);
      expect(stepsToDrop(kept)).toEqual([]);
    }),
    { numRuns: 20 },
  );
});
