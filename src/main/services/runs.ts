/**
 * Run records in SQLite (WebAssembly, so no native build): what was trained, with which settings and seed, its metrics
 * step by step (thinned, thinning.ts), and the verdicts. One file may be used by several Gradloom processes at once.
 */
import { mkdir, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import sqlite from 'node-sqlite3-wasm';
import { z } from 'zod';
import { isMissing, ShellError } from '../errors.ts';
import { contract, decodeFrame, encodeFrame, type Input, type Output } from '../ipc/contract.ts';
import { oneAtATime } from './json-file.ts';
import { stepsToDrop } from './thinning.ts';

const FORMAT = 1;

/** The library locks by making a folder. A transaction of ours takes milliseconds: an older lock is a dead process's. */
const STALE_LOCK_MS = 2000;
const LOCK_TRIES = 60;
const LOCK_WAIT_MS = 50;

const schema = `
  CREATE TABLE runs (
    id TEXT PRIMARY KEY, document_id TEXT NOT NULL, document_name TEXT NOT NULL, label TEXT NOT NULL,
    seed INTEGER NOT NULL, fork_of TEXT, state TEXT NOT NULL, started_at INTEGER NOT NULL, changed_at INTEGER NOT NULL,
    steps INTEGER NOT NULL, summary BLOB NOT NULL, settings TEXT NOT NULL
  ) STRICT;
  CREATE INDEX runs_by_document ON runs (document_id, started_at DESC);
  CREATE TABLE metrics (
    run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE, step INTEGER NOT NULL, metrics BLOB NOT NULL,
    PRIMARY KEY (run_id, step)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE verdicts (
    run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE, step INTEGER NOT NULL, name TEXT NOT NULL,
    text TEXT NOT NULL, evidence TEXT NOT NULL, PRIMARY KEY (run_id, name, step)
  ) STRICT, WITHOUT ROWID;
  PRAGMA user_version = ${FORMAT};
`;

const summaryQuery = `SELECT runs.*, (SELECT count(*) FROM verdicts WHERE run_id = runs.id) AS verdicts FROM runs`;

const summaryRow = z
  .object({
    id: z.string(),
    document_id: z.string(),
    document_name: z.string(),
    label: z.string(),
    seed: z.coerce.number(), // SQLite gives bigints beyond 32 bits
    fork_of: z.string().nullable(),
    state: contract['runs:append'].input.shape.state,
    started_at: z.coerce.number(),
    changed_at: z.coerce.number(),
    steps: z.coerce.number(),
    summary: z.instanceof(Uint8Array),
    verdicts: z.coerce.number(),
  })
  .transform(({ document_id, document_name, fork_of, started_at, changed_at, summary, ...same }) => ({
    ...same,
    documentId: document_id,
    documentName: document_name,
    forkOf: fork_of,
    startedAt: started_at,
    changedAt: changed_at,
    summary: values.parse(decodeFrame(summary)),
  }));

// Frames, not JSON: a diverging run's NaN is the point.
const values = contract['runs:append'].input.shape.metrics.element.shape.values;
const metricsRow = z
  .object({ step: z.coerce.number(), metrics: z.instanceof(Uint8Array) })
  .transform((row) => ({ step: row.step, values: values.parse(decodeFrame(row.metrics)) }));
const verdictRow = z
  .object({ step: z.coerce.number(), name: z.string(), text: z.string(), evidence: z.string() })
  .transform((row) => ({ ...row, evidence: z.json().parse(JSON.parse(row.evidence)) }));

export interface Runs {
  start(input: Input<'runs:start'>): Promise<Output<'runs:start'>>;
  append(input: Input<'runs:append'>): Promise<void>;
  list(input: Input<'runs:list'>): Promise<Output<'runs:list'>>;
  get(id: string): Promise<Output<'runs:get'>>;
  delete(id: string): Promise<void>;
  dispose(): void;
}

/** Opens (or makes) the records at the first use. @throws ShellError `runs/…` from every call that cannot be done. */
export function createRuns(options: { path: string; now?: () => number }): Runs {
  const { path, now = Date.now } = options;
  const inTurn = oneAtATime();
  let database: sqlite.Database | null = null;

  async function open(): Promise<sqlite.Database> {
    if (database) return database;
    await mkdir(dirname(path), { recursive: true });
    const opened = new sqlite.Database(path);
    try {
      await patiently(path, () => prepare(opened, path));
    } catch (error) {
      opened.close();
      throw error;
    }
    database = opened;
    return opened;
  }

  const transact = <T>(work: (db: sqlite.Database) => T): Promise<T> =>
    inTurn(async () => {
      const db = await open();
      return patiently(path, () => inTransaction(db, () => work(db)));
    });

  function summaryOf(db: sqlite.Database, id: string): Output<'runs:start'> {
    const row = db.get(`${summaryQuery} WHERE id = ?`, id);
    if (!row) throw new ShellError('runs/missing', { id });
    return summaryRow.parse(row);
  }

  return {
    start: (input) =>
      transact((db) => {
        if (db.get('SELECT 1 FROM runs WHERE id = ?', input.id))
          throw new ShellError('runs/exists', { id: input.id });
        const { id, documentId, documentName, label, seed, forkOf } = input;
        const at = now();
        db.run("INSERT INTO runs VALUES (?, ?, ?, ?, ?, ?, 'running', ?, ?, 0, ?, ?)", [
          ...[id, documentId, documentName, label, seed, forkOf, at, at],
          ...[encodeFrame({}), JSON.stringify(input.settings)],
        ]);
        return summaryOf(db, id);
      }),
    append: (input) =>
      transact((db) => {
        const { id, metrics, verdicts, state } = input;
        const before = summaryOf(db, id);
        const insertMetrics = db.prepare('INSERT OR REPLACE INTO metrics VALUES (?, ?, ?)');
        const insertVerdict = db.prepare('INSERT OR REPLACE INTO verdicts VALUES (?, ?, ?, ?, ?)');
        try {
          for (const row of metrics) insertMetrics.run([id, row.step, encodeFrame(row.values)]);
          for (const v of verdicts)
            insertVerdict.run([id, v.step, v.name, v.text, JSON.stringify(v.evidence)]);
        } finally {
          insertMetrics.finalize();
          insertVerdict.finalize();
        }
        const summary = Object.assign({}, before.summary, ...metrics.map((row) => row.values));
        const steps = Math.max(before.steps, ...metrics.map((row) => row.step));
        db.run('UPDATE runs SET state = ?, changed_at = ?, steps = ?, summary = ? WHERE id = ?', [
          ...[state, now(), steps, encodeFrame(summary), id],
        ]);
        thin(db, id);
      }),
    list: ({ documentId, limit }) =>
      transact((db) =>
        db
          .all(`${summaryQuery} WHERE ?1 IS NULL OR document_id = ?1 ORDER BY started_at DESC, id LIMIT ?2`, [
            documentId,
            limit,
          ])
          .map((row) => summaryRow.parse(row)),
      ),
    get: (id) =>
      transact((db) => ({
        run: summaryOf(db, id),
        settings: z
          .json()
          .parse(JSON.parse(String(db.get('SELECT settings FROM runs WHERE id = ?', id)?.settings))),
        metrics: db
          .all('SELECT step, metrics FROM metrics WHERE run_id = ? ORDER BY step', id)
          .map((row) => metricsRow.parse(row)),
        verdicts: db
          .all('SELECT step, name, text, evidence FROM verdicts WHERE run_id = ? ORDER BY step, name', id)
          .map((row) => verdictRow.parse(row)),
      })),
    delete: (id) =>
      transact((db) => {
        db.run('DELETE FROM runs WHERE id = ?', id);
      }),
    dispose() {
      database?.close();
      database = null;
    },
  };
}

function thin(db: sqlite.Database, id: string): void {
  const steps = db
    .all('SELECT step FROM metrics WHERE run_id = ? ORDER BY step', id)
    .map((row) => Number(row.step));
  const drop = db.prepare('DELETE FROM metrics WHERE run_id = ? AND step = ?');
  try {
    for (const step of stepsToDrop(steps)) drop.run([id, step]);
  } finally {
    drop.finalize();
  }
}

function prepare(db: sqlite.Database, path: string): void {
  db.exec('PRAGMA foreign_keys = ON');
  inTransaction(db, () => {
    const version = Number(db.get('PRAGMA user_version')?.user_version);
    if (version > FORMAT) throw new ShellError('runs/from-the-future', { path, version: String(version) });
    if (version === 0) db.exec(schema);
  });
}

function inTransaction<T>(db: sqlite.Database, work: () => T): T {
  db.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    db.exec('COMMIT');
    return result;
  } catch (error) {
    if (db.inTransaction) db.exec('ROLLBACK');
    throw error;
  }
}

/** Waits while another process is in a transaction, and clears the lock of one that died in it. */
async function patiently<T>(path: string, work: () => T): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof Error) || !/database is locked/.test(error.message)) throw error;
      if (attempt >= LOCK_TRIES) throw new ShellError('runs/busy', { path }, { cause: error });
      await clearStaleLock(path);
      await new Promise((resolve) => setTimeout(resolve, LOCK_WAIT_MS));
    }
  }
}

async function clearStaleLock(path: string): Promise<void> {
  const lock = `${path}.lock`;
  try {
    if (Date.now() - (await stat(lock)).mtimeMs > STALE_LOCK_MS)
      await rm(lock, { recursive: true, force: true });
  } catch (error) {
    if (!isMissing(error)) throw error; // gone already: its owner let go
  }
}
