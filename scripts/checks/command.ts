// Runs one program of a check: its output is shown up to a length that a person reads and kept whole in test-results/checks/.
import { spawn } from 'node:child_process';
import { createWriteStream, mkdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { createInterface } from 'node:readline';

export const root = join(import.meta.dirname, '../..');
/** Reports and logs of the last run. */
export const reportFolder = join(root, 'test-results/checks');

const shownLines = 400;

export interface CommandOptions {
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** After this long the program and its children are killed. */
  readonly minutes?: number;
}

/** The exit code, or null when the program was killed or could not be started. */
export async function command(
  name: string,
  [program, ...args]: readonly [string, ...string[]],
  { env = {}, minutes = 15 }: CommandOptions = {},
): Promise<number | null> {
  mkdirSync(reportFolder, { recursive: true });
  const logFile = join(reportFolder, `${name}.log`);
  const log = createWriteStream(logFile);
  const child = spawn(program, args, {
    cwd: root,
    env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true, // a group of its own, so that a time-out reaches what it started
  });
  const stop = (): void => {
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGKILL');
  };
  const timer = setTimeout(() => {
    console.log(`${name} took more than ${minutes} minutes and is stopped.`);
    stop();
  }, minutes * 60_000);
  process.once('exit', stop);

  let lines = 0;
  const show = (line: string): void => {
    lines += 1;
    log.write(`${line}\n`);
    if (lines <= shownLines) console.log(line);
  };
  for (const stream of [child.stdout, child.stderr]) createInterface(stream).on('line', show);
  const code = await new Promise<number | null>((ended) => {
    child.on('error', (error) => {
      show(`${program} could not be started: ${error.message}`);
      ended(null);
    });
    child.on('close', ended);
  });
  clearTimeout(timer);
  process.off('exit', stop);
  await new Promise((closed) => log.end(closed));
  if (lines > shownLines) console.log(`… ${lines - shownLines} lines more in ${relative(root, logFile)}`);
  return code;
}

/** A program that npm installed. */
export function tool(name: string): string {
  return join(root, 'node_modules/.bin', name);
}
