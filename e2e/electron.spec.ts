/**
 * The Electron shell as it really starts, with the harness page in the place of the app's, so that the app's own answers do not
 * mix with the test's. (electron-package.spec starts the whole app.) It runs on the Electron that is installed, or on the
 * unpacked one that ELECTRON_OVERRIDE_DIST_PATH names.
 */
import { cp, mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type ElectronApplication, _electron as electron, expect, type Page, test } from '@playwright/test';
import { buildHarness } from './harness/build.ts';

const project = resolve(import.meta.dirname, '..');
// The loader of a page's GPU is refused a moment after the start now and then (Chromium answers null): ask again.
const askForAdapter = `
  async function askForAdapter() {
    for (let i = 0; i < 50; i++) {
      const adapter = await navigator.gpu?.requestAdapter();
      if (adapter) return adapter.info.architecture || adapter.info.description || adapter.info.vendor || 'unnamed';
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    return null;
  }`;

let folder: string;
let app: ElectronApplication;
let page: Page;

test.describe.configure({ mode: 'serial' });

test.beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'gradloom-electron-')));
  await copyApp(folder);
  const runtime = process.env.ELECTRON_OVERRIDE_DIST_PATH;
  app = await electron.launch({
    executablePath: runtime ? join(runtime, 'electron') : String(createRequire(import.meta.url)('electron')),
    // Chromium's own sandbox needs privileges that a test machine may not give; the page's restrictions stay.
    args: [join(folder, 'app'), '--no-sandbox', join(folder, 'first.gradloom')],
    env: { ...definedEnv(), GRADLOOM_USER_DATA: join(folder, 'data') },
  });
  page = await app.firstWindow();
  await page.waitForFunction(() => 'host' in window);
});

test.afterAll(async () => {
  await app?.close();
  await rm(folder, { recursive: true, force: true });
});

test('the page comes from our own protocol and reaches its host', async () => {
  expect(page.url()).toBe('app://gradloom/index.html');
  expect(await page.evaluate(() => window.host.info)).toMatchObject({
    shell: 'electron',
    nativeDialogs: true,
    dataFolder: join(folder, 'data'),
  });
});

test('the page has no Node, and three verbs instead', async () => {
  const seen = await page.evaluate(() => ({
    node: typeof Reflect.get(globalThis, 'process') + typeof Reflect.get(globalThis, 'require'),
    bridge: Object.keys(Reflect.get(globalThis, 'gradloom')).sort(),
  }));
  expect(seen).toEqual({ node: 'undefinedundefined', bridge: ['grantDropped', 'invoke', 'on'] });
});

test('the content security policy forbids code from text and from elsewhere', async () => {
  const outcome = await page.evaluate(async () => {
    const refused: string[] = [];
    document.addEventListener('securitypolicyviolation', (event) => refused.push(event.effectiveDirective));
    const inline = document.createElement('script');
    inline.textContent = 'globalThis.ranInline = true';
    document.head.append(inline);
    // The debugger's own evaluation is let through; a task of the page's own is not.
    await new Promise((done) => setTimeout(done));
    const evaluated = await Promise.resolve()
      .then(() => Function('return 1')())
      .catch((error: Error) => error.name);
    const fetched = await fetch('https://example.com/').catch((error: Error) => error.name);
    const blob = URL.createObjectURL(new Blob(['postMessage(1)'], { type: 'text/javascript' }));
    const worker = await new Promise((done) => {
      try {
        new Worker(blob).onerror = () => done('refused');
      } catch {
        done('refused');
      }
    });
    await new Promise((done) => setTimeout(done)); // violations are told in a task of their own
    return {
      ran: Reflect.has(globalThis, 'ranInline'),
      evaluated,
      fetched,
      worker,
      refused,
    };
  });
  expect(outcome).toMatchObject({
    ran: false,
    evaluated: 'EvalError',
    fetched: 'TypeError',
    worker: 'refused',
  });
  expect(outcome.refused).toEqual(
    expect.arrayContaining(['script-src-elem', 'script-src', 'connect-src', 'worker-src']),
  );
});

test('WebGPU gives an adapter in the page and in a worker', async () => {
  const inPage = await page.evaluate(`(async () => { ${askForAdapter}; return askForAdapter(); })()`);
  expect(inPage).not.toBeNull();
  const inWorker = await page.evaluate(
    () =>
      new Promise((done, failed) => {
        const worker = new Worker('./probe-worker.js', { type: 'module' });
        worker.onmessage = ({ data }) => done(data);
        worker.onerror = (event) => failed(new Error(event.message));
      }),
  );
  expect(inWorker).not.toBeNull();
});

test('an unknown channel and a bad payload come back as failures in words', async () => {
  expect(await call('fs:read', '/etc/passwd')).toMatchObject({ ok: false, code: 'ipc/unknown-channel' });
  expect(await call('__proto__', null)).toMatchObject({ ok: false, code: 'ipc/unknown-channel' });
  expect(await call('document:open', { path: 7 })).toMatchObject({ ok: false, code: 'ipc/bad-input' });
  expect(await call('document:open', { path: '/etc/hostname' })).toMatchObject({
    ok: false,
    code: 'file/not-granted',
  });
  expect(await call('files:list', { path: null, purpose: 'data' })).toMatchObject({
    ok: false,
    code: 'shell/not-here',
  });
});

test('a file that the page made up itself grants nothing', async () => {
  const dropped = await page.evaluate(() => window.host.dropped(new File(['x'], '/etc/hostname')));
  expect(dropped).toMatchObject({ path: null });
});

test('a document named at the start is opened, saved and remembered', async () => {
  const path = join(folder, 'first.gradloom');
  expect(await call('app:pending-documents', null)).toEqual({ ok: true, value: [path] });
  const opened = await call('document:open', { path });
  expect(opened).toMatchObject({ ok: true, value: { name: 'first.gradloom', text: '{"first":1}' } });
  const base = (opened as { value: { fingerprint: string } }).value.fingerprint;
  const saved = await call('document:save', { path, text: '{"first":2}', base, onConflict: 'refuse' });
  expect(saved).toMatchObject({ ok: true });
  expect(await readFile(path, 'utf8')).toBe('{"first":2}');
  expect(await call('recent:list', null)).toMatchObject({ ok: true, value: [{ path, exists: true }] });
});

test('run records are kept in SQLite, with numbers that JSON cannot say', async () => {
  const run = {
    id: 'e2e',
    documentId: 'd',
    documentName: 'D',
    label: '',
    seed: 1,
    forkOf: null,
    settings: {},
  };
  expect(await call('runs:start', run)).toMatchObject({ ok: true });
  const append = {
    id: 'e2e',
    metrics: [{ step: 0, values: { loss: Number.NaN } }],
    verdicts: [],
    state: 'failed',
  };
  expect(await call('runs:append', append)).toMatchObject({ ok: true });
  const got = await call('runs:get', { id: 'e2e' });
  expect(got).toMatchObject({ ok: true, value: { metrics: [{ step: 0, values: { loss: Number.NaN } }] } });
});

test('the page cannot leave, open windows or be granted permissions', async () => {
  await page.evaluate(() => {
    location.href = 'https://example.com/';
  });
  await page.evaluate(() => {
    location.href = 'file:///etc/hostname';
  });
  const outcome = await page.evaluate(async () => ({
    opened: window.open('http://example.com/') !== null,
    notifications: await Notification.requestPermission(),
    location: await new Promise((done) =>
      navigator.geolocation.getCurrentPosition(
        () => done('granted'),
        () => done('refused'),
      ),
    ),
    framed: await fetch('app://elsewhere/index.html').then(
      (answer) => answer.status,
      () => 'refused',
    ),
  }));
  expect(outcome).toEqual({ opened: false, notifications: 'denied', location: 'refused', framed: 'refused' });
  expect(page.url()).toBe('app://gradloom/index.html');
  expect(app.windows()).toHaveLength(1);
});

test('the menu is built from the page’s actions and answers with their ids', async () => {
  const action = { kind: 'action', id: 'edit.undo', label: 'Undo add layer', accelerator: 'CmdOrCtrl+Z' };
  expect(await call('menu:set', [{ label: 'Edit', items: [action] }])).toMatchObject({ ok: true });
  const heard = await listen('menu:action');
  await app.evaluate(({ Menu }) => Menu.getApplicationMenu()?.getMenuItemById('edit.undo')?.click());
  await expect.poll(heard).toEqual([{ id: 'edit.undo' }]);
});

test('a window with unsaved work asks the page before it closes', async () => {
  await call('window:state', { title: 'first.gradloom', path: null, unsaved: true });
  const asked = await listen('window:closing');
  await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close());
  await expect.poll(asked).toEqual([null]);
  expect(app.windows()).toHaveLength(1);
  const closed = app.waitForEvent('close');
  await call('window:close', null).catch(() => {}); // the page that would hear the answer is gone
  await closed;
});

function call(channel: string, input: unknown): Promise<unknown> {
  return page.evaluate(({ channel, input }) => Reflect.get(globalThis, 'gradloom').invoke(channel, input), {
    channel,
    input,
  });
}

/** Listens from now on; the answer tells all that was heard so far. */
async function listen(event: string): Promise<() => Promise<unknown>> {
  const heard = await page.evaluateHandle((event) => {
    const payloads: unknown[] = [];
    Reflect.get(globalThis, 'gradloom').on(event, (payload: unknown) => payloads.push(payload));
    return payloads;
  }, event);
  return () => heard.jsonValue();
}

/** Main and preload as a package carries them, the harness page, and a worker that only asks for an adapter. */
async function copyApp(folder: string): Promise<void> {
  const target = join(folder, 'app');
  await mkdir(target);
  for (const part of ['main', 'preload']) {
    await cp(join(project, 'out', part), join(target, 'out', part), { recursive: true });
  }
  await buildHarness(join(target, 'out/renderer'));
  await cp(join(project, 'package.json'), join(target, 'package.json'));
  const probe = `${askForAdapter}\naskForAdapter().then((name) => postMessage(name));`;
  await writeFile(join(target, 'out/renderer/probe-worker.js'), probe);
  await writeFile(join(folder, 'first.gradloom'), '{"first":1}');
}

function definedEnv(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).flatMap(([k, v]) => (v === undefined ? [] : [[k, v]])),
  );
}
