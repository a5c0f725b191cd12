import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { decodeFrame, encodeFrame } from './ipc/contract.ts';
import { startServer } from './server.ts';
import { temporaryFolder } from './services/testing.ts';

async function setUp() {
  const folder = await temporaryFolder();
  const rendererFolder = join(folder, 'renderer');
  await mkdir(join(rendererFolder, 'assets'), { recursive: true });
  await writeFile(join(rendererFolder, 'index.html'), '<!doctype html>page');
  await writeFile(join(rendererFolder, 'assets/a b.js'), 'export {}');
  await writeFile(join(folder, 'secret.html'), 'secret');
  await writeFile(join(folder, 'net.gradloom'), 'a net');
  const logged: unknown[] = [];
  const server = await startServer({
    rendererFolder,
    dataFolder: join(folder, 'data'),
    assetsFolder: folder,
    root: folder,
    log: (error) => logged.push(error),
  });
  onTestFinished(() => server.close());
  return { folder, server, logged, token: new URL(server.url).pathname.replaceAll('/', '') };
}

type Started = Awaited<ReturnType<typeof setUp>>;

/** Raw HTTP, so that a path is sent as it is written and any header can be forged. */
function get(port: number, path: string, headers: Record<string, string> = {}, method = 'GET') {
  return new Promise<{ status: number; body: string; headers: NodeJS.Dict<string | string[]> }>(
    (done, failed) => {
      const sent = request({ host: '127.0.0.1', port, path, method, headers }, (answer) => {
        let body = '';
        answer.on('data', (chunk) => (body += chunk));
        answer.on('end', () => done({ status: answer.statusCode ?? 0, body, headers: answer.headers }));
      });
      sent.on('error', failed).end();
    },
  );
}

/** 'open', or how it was refused. */
function tryConnect(
  url: string,
  options: { origin?: string; headers?: Record<string, string> },
): Promise<string> {
  return new Promise((done) => {
    const socket = new WebSocket(url, options);
    socket.on('open', () => {
      socket.terminate();
      done('open');
    });
    socket.on('unexpected-response', (_, answer) => done(`refused ${answer.statusCode}`));
    socket.on('error', () => done('refused'));
  });
}

async function connect({ server, token }: Started) {
  const socket = new WebSocket(`ws://127.0.0.1:${server.port}/${token}/socket`, {
    origin: `http://127.0.0.1:${server.port}`,
  });
  await new Promise((open) => socket.once('open', open));
  let id = 0;
  const call = (channel: string, input: unknown): Promise<unknown> => {
    const mine = ++id;
    const answer = new Promise((done) => {
      const hear = (data: Buffer): void => {
        const message = decodeFrame(data) as { id?: number; reply?: unknown };
        if (message.id !== mine) return;
        socket.off('message', hear);
        done(message.reply);
      };
      socket.on('message', hear);
    });
    socket.send(encodeFrame({ id: mine, channel, input }));
    return answer;
  };
  return { socket, call };
}

test('the page and its files are served under the token, under the strict policy', async () => {
  const { server, token } = await setUp();
  const page = await get(server.port, `/${token}/`);
  expect(page).toMatchObject({ status: 200, body: '<!doctype html>page' });
  expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
  const policy = String(page.headers['content-security-policy']);
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("script-src 'self';");
  expect(policy).not.toContain('unsafe-eval');
  expect(page.headers).not.toHaveProperty('access-control-allow-origin');
  expect(await get(server.port, `/${token}/assets/a%20b.js`)).toMatchObject({ status: 200 });
});

test('without the very token there is nothing', async () => {
  const { server, token } = await setUp();
  const almost = `${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`;
  for (const path of [
    '/',
    '/index.html',
    `/${almost}/`,
    `/${token.slice(1)}/`,
    `/${token}x/`,
    `/${token}`,
    '//',
  ]) {
    expect([path, (await get(server.port, path)).status]).toEqual([path, 404]);
  }
});

test('another Host, Origin, site or method is refused even with the token', async () => {
  const { server, token } = await setUp();
  const path = `/${token}/`;
  const own = `127.0.0.1:${server.port}`;
  expect((await get(server.port, path, { host: `localhost:${server.port}` })).status).toBe(200);
  expect((await get(server.port, path, { origin: `http://${own}` })).status).toBe(200);
  const forged: Record<string, string>[] = [
    { host: `evil.example:${server.port}` }, // a rebound name
    { host: '127.0.0.1' },
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { origin: `http://localhost:${server.port}` }, // our machine, but not the address of this page
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' }, // another port of this machine
  ];
  for (const headers of forged) {
    expect([headers, (await get(server.port, path, headers)).status]).toEqual([headers, 404]);
  }
  expect((await get(server.port, path, {}, 'POST')).status).toBe(404);
  expect((await get(server.port, path, {}, 'OPTIONS')).headers).not.toHaveProperty(
    'access-control-allow-origin',
  );
});

test('no path leaves the folder of the page', async () => {
  const { server, token } = await setUp();
  for (const way of [
    '../secret.html',
    '..%2fsecret.html',
    '%2e%2e/secret.html',
    'assets/../../secret.html',
    '..\\secret.html',
    '..%5csecret.html',
    '/../secret.html',
    'assets/..%2f..%2fsecret.html',
    'index.html%00',
    '%',
    'assets',
    'assets/',
    '.',
  ]) {
    const { status, body } = await get(server.port, `/${token}/${way}`);
    expect([way, status, body.includes('secret')]).toEqual([way, 404, false]);
  }
});

test('the socket wants the token, the Host and the Origin', async () => {
  const { server, token } = await setUp();
  const own = `127.0.0.1:${server.port}`;
  const url = `ws://${own}/${token}/socket`;
  expect(await tryConnect(url, { origin: `http://${own}` })).toBe('open');
  expect(await tryConnect(url, {})).toBe('refused 403');
  expect(await tryConnect(url, { origin: 'https://evil.example' })).toBe('refused 403');
  expect(await tryConnect(url, { origin: `http://${own}`, headers: { host: 'evil.example' } })).toBe(
    'refused 403',
  );
  expect(await tryConnect(`ws://${own}/wrong/socket`, { origin: `http://${own}` })).toBe('refused 403');
  expect(await tryConnect(`ws://${own}/${token}/other`, { origin: `http://${own}` })).toBe('refused 403');
});

test('it listens on the loopback address alone', async () => {
  const { server } = await setUp();
  expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/[\w-]{43}\/$/);
});

test('calls are answered over the socket: chosen, opened, saved, with failures as data', async () => {
  const started = await setUp();
  const { call } = await connect(started);
  const path = join(started.folder, 'net.gradloom');
  expect(await call('app:info', null)).toMatchObject({
    ok: true,
    value: { shell: 'browser', nativeDialogs: false },
  });
  expect(await call('document:open', { path })).toMatchObject({ ok: false, code: 'file/not-granted' });
  expect(await call('files:choose', { path, purpose: 'document', to: 'open' })).toMatchObject({ ok: true });
  const opened = await call('document:open', { path });
  expect(opened).toMatchObject({ ok: true, value: { text: 'a net' } });
  const { fingerprint: base } = (opened as { value: { fingerprint: string } }).value;
  expect(await call('document:save', { path, text: 'b', base, onConflict: 'refuse' })).toMatchObject({
    ok: true,
  });
  expect(await readFile(path, 'utf8')).toBe('b');
  expect(await call('dialog:open', { purpose: 'document' })).toMatchObject({
    ok: false,
    code: 'shell/not-here',
  });
  expect(await call('nonsense', null)).toMatchObject({ ok: false, code: 'ipc/unknown-channel' });
  expect(await call('constructor', null)).toMatchObject({ ok: false, code: 'ipc/unknown-channel' });
  expect(await call('document:save', { path, text: 'c' })).toMatchObject({
    ok: false,
    code: 'ipc/bad-input',
  });
});

test('a tab that is closed leaves its unsaved work to the next one', async () => {
  const started = await setUp();
  const first = await connect(started);
  const work = { id: 'doc', path: null, name: 'Untitled', base: null, text: 'unsaved' };
  expect(await first.call('document:autosave', work)).toMatchObject({ ok: true });
  const second = await connect(started);
  expect(await second.call('recovery:list', null)).toEqual({ ok: true, value: [] });
  first.socket.close();
  await new Promise((closed) => first.socket.once('close', closed));
  await expect.poll(() => second.call('recovery:list', null)).toMatchObject({ value: [{ id: 'doc' }] });
  expect(await second.call('recovery:open', { id: 'doc' })).toMatchObject({ value: { text: 'unsaved' } });
});

test('a frame that is none of ours ends the connection, not the server', async () => {
  const started = await setUp();
  for (const bad of ['text', new Uint8Array([1]), encodeFrame({ channel: 'app:info' })]) {
    const { socket } = await connect(started);
    socket.send(bad);
    await new Promise((closed) => socket.once('close', closed));
  }
  expect(started.logged).toHaveLength(3);
  expect(await (await connect(started)).call('settings:get', null)).toMatchObject({ ok: true });
});

test('a taken port and a page that is not built are said in words', async () => {
  const { server, folder } = await setUp();
  const again = {
    port: server.port,
    rendererFolder: join(folder, 'renderer'),
    dataFolder: join(folder, 'd2'),
  };
  await expect(startServer(again)).rejects.toThrow(`Port ${server.port} is taken`);
  await expect(startServer({ rendererFolder: join(folder, 'none') })).rejects.toThrow('npm run build');
});
