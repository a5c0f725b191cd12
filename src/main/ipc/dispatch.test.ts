import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createHost, type ShellParts } from '../host.ts';
import { createRecent } from '../services/recent.ts';
import { temporaryFolder, testClient } from '../services/testing.ts';

async function setUp() {
  const folder = await temporaryFolder();
  const logged: unknown[] = [];
  const parts: ShellParts = {
    // A shell that answers something else than it promised: a mistake of ours that must be seen as one.
    info: {
      shell: 'browser',
      nativeDialogs: false,
      nativeMenu: false,
      version: '1',
      platform: 'x',
      arch: 'x',
      versions: JSON.parse('{}'),
    },
    dialogs: null,
    listing: null,
    setMenu() {
      throw new RangeError('out of menus');
    },
    setWindowState() {},
    closeWindow() {},
    revealInFolder() {},
    reportGpu() {},
  };
  const host = await createHost({
    dataFolder: join(folder, 'data'),
    assetsFolder: folder,
    parts,
    log: (error) => logged.push(error),
  });
  onTestFinished(() => host.dispose());
  return { folder, host, logged, client: testClient('one') };
}

test('an answer that does not fit the contract does not reach the page', async () => {
  const { host, client } = await setUp();
  expect(await host.dispatch({ channel: 'app:info', input: null, client })).toMatchObject({
    ok: false,
    code: 'ipc/bad-output',
    title: expect.stringContaining('versions.node'),
  });
});

test('an unexpected failure is said as a mistake of ours, and logged with its cause', async () => {
  const { host, client, logged } = await setUp();
  expect(await host.dispatch({ channel: 'menu:set', input: [], client })).toMatchObject({
    ok: false,
    code: 'shell/bug',
    title: expect.stringContaining('out of menus'),
  });
  expect(logged).toMatchObject([{ message: 'out of menus' }]);
});

test('a bad payload names the field', async () => {
  const { host, client } = await setUp();
  const input = { theme: 'octarine' };
  expect(await host.dispatch({ channel: 'settings:set', input, client })).toMatchObject({
    ok: false,
    code: 'ipc/bad-input',
    title: expect.stringContaining('theme'),
  });
});

test('every window hears of a change of settings', async () => {
  const { host, client } = await setUp();
  const other = testClient('two');
  host.connect(client);
  host.connect(other);
  await host.dispatch({ channel: 'settings:set', input: { theme: 'dark' }, client });
  expect(other.heard).toMatchObject([{ event: 'settings:changed', payload: { theme: 'dark' } }]);
});

test('a recent document of another process may be opened from the list', async () => {
  const { host, client, folder } = await setUp();
  const path = join(folder, 'elsewhere.gradloom');
  await writeFile(path, 'text');
  await createRecent({ dataFolder: join(folder, 'data') }).add(path);
  const open = () => host.dispatch({ channel: 'document:open', input: { path }, client });
  expect(await open()).toMatchObject({ ok: false, code: 'file/not-granted' });
  await host.dispatch({ channel: 'recent:list', input: null, client });
  expect(await open()).toMatchObject({ ok: true, value: { text: 'text' } });
});

test('a document from the system waits for a window that listens, then comes as an event', async () => {
  const { host, client } = await setUp();
  host.connect(client);
  await host.openDocument('/tmp/a.gradloom');
  const ask = () => host.dispatch({ channel: 'app:pending-documents', input: null, client });
  expect(await ask()).toEqual({ ok: true, value: ['/tmp/a.gradloom'] });
  await host.openDocument('/tmp/b.gradloom');
  expect(client.heard).toEqual([{ event: 'document:open-requested', payload: { path: '/tmp/b.gradloom' } }]);
  expect(await ask()).toEqual({ ok: true, value: [] });
});
