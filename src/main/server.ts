/**
 * The browser shell: the built renderer over HTTP and the host services over one WebSocket, on the loopback address only.
 * Every request's path begins with the session's random token; Host and Origin must be our own address, so that no
 * web page elsewhere can reach it, not even by rebinding a name. Run it with `node src/main/server.ts`.
 */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Duplex } from 'node:stream';
import { parseArgs } from 'node:util';
import { type WebSocket, WebSocketServer } from 'ws';
import { z } from 'zod';
import packageJson from '../../package.json' with { type: 'json' };
import { createHost, type Host, type ShellParts } from './host.ts';
import { decodeFrame, encodeFrame, type Input, type ServerMessage } from './ipc/contract.ts';
import { defaultDataFolder } from './places.ts';
import type { Client } from './services/client.ts';
import { createFolderListing } from './services/folder-listing.ts';
import { readStaticFile, securityHeaders } from './static-files.ts';

const LOOPBACK = '127.0.0.1';
/** One data set in one frame, with room to spare. */
const MAX_FRAME_BYTES = 1024 * 1024 * 1024;

export interface ServerOptions {
  /** 0 (the default): any free port. */
  port?: number;
  /** Where settings, records and journals live. Default: `GRADLOOM_USER_DATA` or the platform's place. */
  dataFolder?: string;
  /** The built renderer. Default: out/renderer of this project. */
  rendererFolder?: string;
  /** Holds `data/`, the packed data sets. Default: assets of this project. */
  assetsFolder?: string;
  /** The file dialog in the page shows nothing outside it. Default: the user's home. */
  root?: string;
  /** Documents to open at once. */
  documents?: readonly string[];
  /** Told of the adapter that the page got, so that the terminal can say it. */
  onGpu?: (gpu: Input<'app:gpu'>) => void;
  log?: (error: unknown) => void;
}

export interface RunningServer {
  /** With the token: this address is the key, and is for the user's own browser only. */
  readonly url: string;
  readonly port: number;
  readonly host: Host;
  /** Ends every connection. Asking twice is asking once. */
  close(): Promise<void>;
}

/** @throws Error when the port is taken, or when the renderer is not built. */
export async function startServer(options: ServerOptions = {}): Promise<RunningServer> {
  const project = resolve(import.meta.dirname, '../..');
  const rendererFolder = options.rendererFolder ?? join(project, 'out/renderer');
  if (!(await readStaticFile(rendererFolder, '/index.html'))) {
    throw new Error(`There is no built page in ${rendererFolder}. Run npm run build first.`);
  }
  const host = await createHost({
    dataFolder: options.dataFolder ?? defaultDataFolder(),
    assetsFolder: options.assetsFolder ?? join(project, 'assets'),
    parts: browserParts(options),
    log: options.log,
  });
  for (const path of options.documents ?? []) await host.openDocument(resolve(path));

  const token = randomBytes(32).toString('base64url');
  const server = createServer((request, response) => {
    servePage(request, response).catch((error: unknown) => {
      (options.log ?? console.error)(error);
      response.destroy();
    });
  });
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_FRAME_BYTES });

  async function servePage(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const headers = securityHeaders({ connect: ownAddresses().map((address) => `ws://${address}`) });
    const path = isOurs(request) ? pathAfterToken(request.url ?? '/', token) : null;
    const readable = request.method === 'GET' || request.method === 'HEAD';
    const file = path !== null && readable ? await readStaticFile(rendererFolder, path) : null;
    if (!file) {
      // One answer for a wrong token, a wrong host and a missing file: nothing to probe.
      response.writeHead(404, { ...headers, 'Content-Type': 'text/plain' });
      response.end('Not found. Open the address that Gradloom printed in the terminal.\n');
      return;
    }
    response.writeHead(200, {
      ...headers,
      'Content-Type': file.type,
      'Content-Length': file.body.byteLength,
    });
    response.end(request.method === 'HEAD' ? undefined : file.body);
  }

  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    // A page always sends its Origin with a socket; what sends none is no browser of ours.
    const ours = isOurs(request) && request.headers.origin !== undefined;
    if (!ours || pathAfterToken(request.url ?? '/', token) !== '/socket') {
      socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n');
      return;
    }
    sockets.handleUpgrade(request, socket, head, (webSocket) => serveClient(host, webSocket, options.log));
  });

  const ownAddresses = (): string[] => {
    const { port } = server.address() as AddressInfo;
    return [`${LOOPBACK}:${port}`, `localhost:${port}`];
  };

  function isOurs(request: IncomingMessage): boolean {
    const { host: name, origin } = request.headers;
    const site = request.headers['sec-fetch-site'];
    const sameHost = name !== undefined && ownAddresses().includes(name);
    const sameOrigin = origin === undefined || origin === `http://${name}`;
    // `none`: the user typed the address or followed it from the terminal.
    return sameHost && sameOrigin && (site === undefined || site === 'same-origin' || site === 'none');
  }

  let closing: Promise<void> | null = null;
  async function close(): Promise<void> {
    for (const socket of sockets.clients) socket.terminate();
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
    host.dispose();
  }

  await new Promise<void>((started, failed) => {
    server.once('error', (error) => failed(sayListenError(error, options.port ?? 0)));
    server.listen(options.port ?? 0, LOOPBACK, started);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${LOOPBACK}:${port}/${token}/`,
    port,
    host,
    close() {
      closing ??= close();
      return closing;
    },
  };
}

const requestSchema = z.object({ id: z.int(), channel: z.string(), input: z.unknown() });

function serveClient(host: Host, socket: WebSocket, log: (error: unknown) => void = console.error): void {
  const send = (message: ServerMessage): void => {
    if (socket.readyState === socket.OPEN) socket.send(encodeFrame(message));
  };
  const client: Client = {
    id: randomBytes(8).toString('hex'),
    send: (event, payload) => send({ event, payload }),
  };
  host.connect(client);
  socket.on('message', async (data: Buffer, isBinary: boolean) => {
    try {
      if (!isBinary) throw new RangeError('a text frame');
      const { id, channel, input } = requestSchema.parse(decodeFrame(data));
      send({ id, reply: await host.dispatch({ channel, input, client }) });
    } catch (error) {
      log(error); // not our renderer: it has nothing to be told
      socket.close(1002);
    }
  });
  socket.on('error', log);
  socket.on('close', () => host.disconnect(client));
}

function browserParts(options: ServerOptions): ShellParts {
  return {
    info: {
      shell: 'browser',
      nativeDialogs: false,
      nativeMenu: false,
      version: packageJson.version,
      platform: process.platform,
      arch: process.arch,
      versions: { node: process.versions.node, electron: null, chrome: null },
    },
    dialogs: null,
    listing: createFolderListing({ root: options.root ?? homedir() }),
    // The page draws its own menu, sets its own title and closes by itself; nor is there a desktop to show folders on.
    setMenu() {},
    setWindowState() {},
    closeWindow() {},
    revealInFolder() {},
    reportGpu: options.onGpu ?? (() => {}),
  };
}

/** `/TOKEN/assets/x.js` → `/assets/x.js`; null when the token is not ours. Compared in constant time. */
function pathAfterToken(url: string, token: string): string | null {
  const path = url.split('?', 1)[0] ?? '';
  const given = Buffer.from(path.slice(1, token.length + 1));
  const expected = Buffer.from(token);
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return null;
  const rest = path.slice(token.length + 1);
  return rest.startsWith('/') ? rest : null;
}

function sayListenError(error: Error, port: number): Error {
  const taken = 'code' in error && error.code === 'EADDRINUSE';
  return taken ? new Error(`Port ${port} is taken. Choose another with --port, or leave it out.`) : error;
}

/** `node src/main/server.ts [--port N] [--root FOLDER] [document …]` */
async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: { port: { type: 'string' }, root: { type: 'string' } },
    allowPositionals: true,
  });
  const server = await startServer({
    port: values.port === undefined ? 0 : Number(values.port),
    root: values.root,
    documents: positionals,
    onGpu: ({ adapter, software, reason }) =>
      console.log(`GPU: ${adapter ?? 'none'}${software ? ' (software)' : ''}: ${reason}`),
  });
  console.log(`Gradloom (browser shell): ${server.url}`);
  const stop = (): void => {
    server.close().catch(console.error);
  };
  process.once('SIGINT', stop).once('SIGTERM', stop);
}

if (import.meta.main) {
  main().catch((error: Error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
}
