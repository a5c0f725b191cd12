/**
 * The packaged app, started: from its asar, with its fuses set. They forbid the debugger that Playwright's Electron driver
 * wants, so the page is reached through Chromium's own.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type Browser, chromium, expect, test } from '@playwright/test';
import { packageApp, whyNotPackaged } from './package-app.ts';

let folder: string;
let app: ChildProcess;
let browser: Browser;

test.skip(whyNotPackaged !== null, whyNotPackaged ?? '');
test.skip(process.platform === 'darwin', 'a macOS bundle that is not signed does not start');

test.beforeAll(async () => {
  test.setTimeout(300_000);
  folder = await mkdtemp(join(tmpdir(), 'gradloom-packaged-'));
  const { executable } = await packageApp(folder);
  app = spawn(executable, ['--no-sandbox', '--remote-debugging-port=0'], {
    env: { ...process.env, GRADLOOM_USER_DATA: join(folder, 'data') },
    stdio: ['ignore', 'inherit', 'pipe'],
  });
  const address = await new Promise<string>((found, failed) => {
    app.once('error', failed);
    app.once('exit', (code) => failed(new Error(`The packaged app ended with code ${code}.`)));
    createInterface({ input: app.stderr ?? process.stdin }).on('line', (line) => {
      const match = /DevTools listening on (ws:\S+)/.exec(line);
      if (match?.[1]) found(match[1]);
    });
  });
  browser = await chromium.connectOverCDP(address);
});

test.afterAll(async () => {
  await browser?.close();
  if (app && app.exitCode === null && app.kill()) await once(app, 'exit');
  await rm(folder, { recursive: true, force: true });
});

test('the packaged app shows its page and answers, SQLite included', async () => {
  const context = browser.contexts()[0];
  const page = context?.pages()[0] ?? (await context?.waitForEvent('page'));
  if (!page) throw new Error('the packaged app opened no window');
  await expect(page.locator('#root > *').first()).toBeVisible();
  expect(page.url()).toBe('app://gradloom/index.html');
  const answer = await page.evaluate(() =>
    Reflect.get(globalThis, 'gradloom').invoke('runs:list', { documentId: null, limit: 1 }),
  );
  expect(answer).toEqual({ ok: true, value: [] });
});
