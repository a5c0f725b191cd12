// What every journey starts from: the browser shell on a port and in a folder of its own, its page open, and an ear on
// the page's console. A journey during which the page complains has failed, whatever it asserted.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test as base, expect, type Page } from '@playwright/test';

const project = join(import.meta.dirname, '..');

export interface App {
  readonly page: Page;
  /** With the token. */
  readonly url: string;
  /** Settings, runs and journals of this journey alone. */
  readonly dataFolder: string;
  /** The page's file dialog starts here and shows nothing outside it. */
  readonly filesFolder: string;
  /** What the page has complained of so far; a journey that provokes complaints takes them out itself. */
  readonly complaints: string[];
  /** Saves a picture for the README, when GRADLOOM_PICTURES is set; otherwise does nothing. */
  picture(name: string): Promise<void>;
}

interface AppOptions {
  /** Paths of documents that the app opens at its start. */
  documents: readonly string[];
}

interface Server {
  readonly url: string;
  stop(): Promise<void>;
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  await new Promise((exit) => child.once('exit', exit));
}

/** Starts the server as `npm start` does, in a process of its own. @throws Error with its output when it ends early. */
async function startServer(args: readonly string[], dataFolder: string): Promise<Server> {
  const child = spawn(process.execPath, ['src/main/server.ts', ...args], {
    cwd: project,
    env: { ...process.env, GRADLOOM_USER_DATA: dataFolder },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output: string[] = [];
  createInterface(child.stderr).on('line', (line) => output.push(line));
  const url = await new Promise<string>((found, failed) => {
    child.once('exit', (code) =>
      failed(new Error(`The server ended with code ${code}:\n${output.join('\n')}`)),
    );
    createInterface(child.stdout).on('line', (line) => {
      output.push(line);
      const address = /http:\/\/127\.0\.0\.1:\d+\/\S+/.exec(line);
      if (address) found(address[0]);
    });
  });
  return {
    url,
    async stop() {
      child.kill('SIGTERM');
      await ended(child);
    },
  };
}

function listen(page: Page): string[] {
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.stack ?? error.message));
  page.on('crash', () => complaints.push('the page crashed'));
  return complaints;
}

export const test = base.extend<AppOptions & { app: App }>({
  documents: [[], { option: true }],
  app: async ({ page, documents }, use) => {
    const folder = await mkdtemp(join(tmpdir(), 'gradloom-e2e-'));
    const dataFolder = join(folder, 'data');
    const filesFolder = join(folder, 'files');
    for (const each of [dataFolder, filesFolder]) mkdirSync(each);
    const server = await startServer(['--root', filesFolder, ...documents], dataFolder);
    try {
      const complaints = listen(page);
      await page.goto(server.url);
      await use({
        page,
        url: server.url,
        dataFolder,
        filesFolder,
        complaints,
        async picture(name) {
          const pictures = join(project, 'docs/images');
          if (process.env.GRADLOOM_PICTURES) await page.screenshot({ path: join(pictures, `${name}.png`) });
        },
      });
      expect(complaints, 'the page complained').toEqual([]);
      await page.close();
    } finally {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    }
  },
});

export { expect } from '@playwright/test';
