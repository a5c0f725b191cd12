/**
 * The renderer's one way to the machine, in a real browser against the real server: calls, events, bytes, losing the
 * server, and the file dialog in the page. A page of its own (e2e/harness), so that it tells the host's faults apart from the app's.
 */
import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import { type RunningServer, startServer } from '../src/main/server.ts';
import { buildHarness } from './harness/build.ts';

let folder: string;
let rendererFolder: string;
let home: string;
let server: RunningServer;
let complaints: string[];

test.beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'gradloom-host-')));
  rendererFolder = join(folder, 'page');
  await buildHarness(rendererFolder);
});
test.afterAll(() => rm(folder, { recursive: true, force: true }));

test.beforeEach(async ({ page }) => {
  home = join(folder, `home-${Date.now()}`);
  await mkdir(join(home, 'nets/old'), { recursive: true });
  await writeFile(join(home, 'nets/xor.gradloom'), 'xor');
  await writeFile(join(home, 'table.csv'), 'x,y\n1,2\n');
  server = await startServer({
    rendererFolder,
    dataFolder: join(home, '.data'),
    assetsFolder: home,
    root: home,
  });
  complaints = [];
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(server.url);
  await page.waitForFunction(() => 'host' in window);
});
test.afterEach(async () => {
  await server.close();
});

test('calls are answered, failures come as data, bytes and NaN survive the way', async ({ page }) => {
  expect(await page.evaluate(() => window.host.info.shell)).toBe('browser');
  const path = join(home, 'table.csv');
  expect(await page.evaluate((path) => window.host.invoke('data:read', { path }), path)).toMatchObject({
    ok: false,
    code: 'file/not-granted',
  });
  const back = await page.evaluate(async () => {
    const { host } = window;
    const run = {
      id: 'r',
      documentId: 'd',
      documentName: 'D',
      label: '',
      seed: 1,
      forkOf: null,
      settings: {},
    };
    await host.invoke('runs:start', run);
    const metrics = [{ step: 0, values: { loss: Number.NaN } }];
    await host.invoke('runs:append', { id: 'r', metrics, verdicts: [], state: 'failed' });
    const reply = await host.invoke('runs:get', { id: 'r' });
    return reply.ok && Number.isNaN(reply.value.metrics[0]?.values.loss);
  });
  expect(back).toBe(true);
  expect(complaints).toEqual([]);
});

test('events reach every tab', async ({ page, context }) => {
  const other = await context.newPage();
  await other.goto(server.url);
  await other.waitForFunction(() => 'host' in window);
  await other.evaluate(() => {
    window.host.on('settings:changed', ({ theme }) => {
      document.title = theme;
    });
  });
  await page.evaluate(() => window.host.invoke('settings:set', { theme: 'dark' }));
  await expect(other).toHaveTitle('dark');
});

test('when the server stops, calls say so and the page is told', async ({ page }) => {
  await page.evaluate(() => {
    window.host.onConnection((connected) => {
      document.title = connected ? 'connected' : 'disconnected';
    });
  });
  await server.close();
  await expect(page).toHaveTitle('disconnected');
  expect(await page.evaluate(() => window.host.invoke('settings:get', null))).toMatchObject({
    ok: false,
    code: 'host/disconnected',
  });
});

test('a file is opened by keyboard alone, and only then it may be read', async ({ page }) => {
  const chosen = choose(page, 'open', 'document');
  const dialog = page.getByRole('dialog', { name: 'Open a Gradloom document' });
  const entries = dialog.getByRole('option');
  await expect(entries).toHaveText([/nets/]); // no table, nothing hidden
  await expect(entries.first()).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(entries).toHaveText([/old/, /xor\.gradloom/]);
  await page.keyboard.press('Enter');
  await expect(entries).toHaveText([/Nothing here fits/]);
  await page.keyboard.press('Backspace');
  await expect(entries).toHaveText([/old/, /xor\.gradloom/]);
  await expect(entries.first()).toBeFocused();
  await page.keyboard.press('ArrowDown');
  await expect(dialog.getByLabel('Name')).toHaveValue('xor.gradloom');
  await page.keyboard.press('Enter');
  const path = join(home, 'nets/xor.gradloom');
  expect(await chosen).toEqual({ ok: true, value: path });
  const opened = await page.evaluate((path) => window.host.invoke('document:open', { path }), path);
  expect(opened).toMatchObject({ ok: true, value: { text: 'xor' } });
  expect(complaints).toEqual([]);
});

test('a new name gets its ending; a name that exists is replaced only after a yes; Escape cancels', async ({
  page,
}) => {
  const fresh = choose(page, 'save', 'document', 'my net');
  await expect(page.getByLabel('Name')).toHaveValue('my net');
  await expect(page.getByLabel('Name')).toBeFocused();
  await page.getByRole('button', { name: 'Save' }).click();
  expect(await fresh).toEqual({ ok: true, value: join(home, 'my net.gradloom') });

  const again = choose(page, 'save', 'document', 'xor');
  await page.getByRole('option', { name: 'nets' }).dblclick();
  await expect(page.getByRole('option')).toHaveCount(2);
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('alertdialog')).toContainText('xor.gradloom already exists');
  await page.getByRole('button', { name: 'Choose another name' }).click();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('button', { name: 'Replace' }).click();
  expect(await again).toEqual({ ok: true, value: join(home, 'nets/xor.gradloom') });
  expect(await readFile(join(home, 'nets/xor.gradloom'), 'utf8')).toBe('xor'); // choosing writes nothing

  const cancelled = choose(page, 'open', 'data');
  await expect(page.getByRole('option')).toHaveText([/old/]); // it opens where the last one was
  await page.keyboard.press('Escape');
  expect(await cancelled).toEqual({ ok: true, value: null });
});

test('a folder is made in the dialog, and a failure is said in it', async ({ page }) => {
  const chosen = choose(page, 'save', 'export-folder', 'my-model');
  await page.getByRole('button', { name: 'New folder' }).click();
  await page.getByLabel('Folder name').fill('nets');
  await page.getByRole('button', { name: 'Make' }).click();
  await expect(page.getByRole('alert')).toContainText('already exists');
  await page.getByLabel('Folder name').fill('exports');
  await page.getByRole('button', { name: 'Make' }).click();
  await expect(page.getByLabel('Folder', { exact: true })).toHaveText(join(home, 'exports'));
  await page.getByRole('button', { name: 'Save' }).click();
  expect(await chosen).toEqual({ ok: true, value: join(home, 'exports/my-model') });
});

test('a dropped file gives its bytes, and no path', async ({ page }) => {
  const dropped = await page.evaluate(async () => {
    const { name, path, bytes } = await window.host.dropped(new File(['x,y'], 'a.csv'));
    return { name, path, length: bytes.length };
  });
  expect(dropped).toEqual({ name: 'a.csv', path: null, length: 3 });
});

function choose(
  page: Page,
  to: 'open' | 'save',
  purpose: 'document' | 'data' | 'export-folder',
  suggestedName = '',
) {
  return page.evaluate(
    ({ to, purpose, suggestedName }) =>
      to === 'open'
        ? window.host.chooseOpen({ purpose })
        : window.host.chooseSave({ purpose, suggestedName }),
    { to, purpose, suggestedName },
  );
}
