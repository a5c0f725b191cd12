/**
 * The renderer's one way to the machine, the same in both shells: Electron's preload bridge where it is there, else the
 * browser shell's socket. Everything above this file asks `host` and never knows which shell it runs in; where a dialog
 * is needed, `chooseOpen` and `chooseSave` use the native one or the one that the page has set.
 */
import {
  type AppInfo,
  type Bridge,
  type Channel,
  type ClientMessage,
  decodeFrame,
  type EventName,
  type EventPayload,
  encodeFrame,
  events,
  type Failure,
  type FilePurpose,
  type Input,
  type Invoke,
  type Listen,
  type Output,
  type Reply,
  type ServerMessage,
} from '../main/ipc/contract.ts';

declare global {
  interface Window {
    readonly gradloom?: Bridge;
  }
}

/** The dialog in the page, for the shell that has no native one: resolves to a path that `files:choose` granted. */
export interface FileDialog {
  open(request: { purpose: FilePurpose }): Promise<string | null>;
  save(request: { purpose: FilePurpose; suggestedName: string }): Promise<string | null>;
}

/** A file dropped on the page. `path` is null where the shell cannot know it: then only the bytes can be used. */
export interface DroppedFile {
  readonly name: string;
  readonly path: string | null;
  readonly bytes: Uint8Array;
}

export interface Host {
  readonly info: AppInfo;
  /** Calls the shell. Never rejects: what goes wrong comes back as `{ ok: false, code, title, fix }`. */
  readonly invoke: Invoke;
  /** Listens to an event; returns how to stop. */
  readonly on: Listen;
  /** Tells when the shell goes away (the server stopped) or comes back. Electron's never does. */
  onConnection(listener: (connected: boolean) => void): () => void;
  /** Asks the user for an existing file; null: cancelled. The path is granted to this session. */
  chooseOpen(request: { purpose: FilePurpose }): Promise<Reply<string | null>>;
  /** Asks the user where to save, overwriting confirmed; null: cancelled. The path is granted to this session. */
  chooseSave(request: { purpose: FilePurpose; suggestedName: string }): Promise<Reply<string | null>>;
  dropped(file: File): Promise<DroppedFile>;
  /** The bytes of a data file: from the disk, or of one that was dropped where the shell knows no paths. */
  readData(path: string): Promise<Reply<Output<'data:read'>>>;
  /** Keeps a dropped file for as long as the page lives; returns the path by which it is read. */
  keepDropped(file: DroppedFile): string;
  /** Sets the dialog in the page; needed only where `info.nativeDialogs` is false. */
  setFileDialog(dialog: FileDialog): void;
}

/** The least that a shell must give; all else is built on it. */
interface Transport {
  readonly invoke: Invoke;
  readonly on: Listen;
  onConnection(listener: (connected: boolean) => void): () => void;
  grantDropped(file: File): Promise<string | null>;
}

/** Connects to the shell that this page runs in. @throws Error when there is none (a page served by something else). */
export async function connectHost(): Promise<Host> {
  const transport = window.gradloom
    ? bridgeTransport(window.gradloom)
    : await socketTransport(socketAddress());
  const info = await transport.invoke('app:info', null);
  if (!info.ok) throw new Error(`${info.title} ${info.fix}`);
  return makeHost(transport, info.value);
}

function makeHost(transport: Transport, info: AppInfo): Host {
  let dialog: FileDialog | null = null;
  const kept = new Map<string, DroppedFile>();
  const inPage = async (
    ask: (dialog: FileDialog) => Promise<string | null>,
  ): Promise<Reply<string | null>> => (dialog ? { ok: true, value: await ask(dialog) } : noDialog);
  return {
    info,
    invoke: transport.invoke,
    on: transport.on,
    onConnection: transport.onConnection,
    chooseOpen: (request) =>
      info.nativeDialogs ? transport.invoke('dialog:open', request) : inPage((d) => d.open(request)),
    chooseSave: (request) =>
      info.nativeDialogs ? transport.invoke('dialog:save', request) : inPage((d) => d.save(request)),
    async dropped(file) {
      const [path, buffer] = await Promise.all([transport.grantDropped(file), file.arrayBuffer()]);
      return { name: file.name, path, bytes: new Uint8Array(buffer) };
    },
    async readData(path) {
      const file = kept.get(path);
      if (!file) return transport.invoke('data:read', { path });
      return { ok: true, value: { name: file.name, bytes: file.bytes, fingerprint: path } };
    },
    keepDropped(file) {
      if (file.path !== null) return file.path;
      kept.set(file.name, file);
      return file.name;
    },
    setFileDialog(next) {
      dialog = next;
    },
  };
}

const noDialog: Failure = {
  ok: false,
  code: 'host/no-dialog',
  title: 'This page cannot ask for a file yet.',
  fix: 'Wait until the page has loaded, then try again.',
};

const disconnected: Failure = {
  ok: false,
  code: 'host/disconnected',
  title: 'Gradloom’s server has stopped, so files cannot be read or written.',
  fix: 'Start it again in the terminal (npm start) and open the address that it prints. Keep this page open: your work is still in it.',
};

/** Electron rejects what cannot cross at all: something in the input that is not plain data. */
function refused(channel: Channel, error: Error): Failure {
  return {
    ok: false,
    code: 'host/refused',
    title: `“${channel}” could not be asked: ${error.message}`,
    fix: 'This is a mistake in Gradloom. Save your work, reload the window and report it.',
  };
}

function bridgeTransport(bridge: Bridge): Transport {
  return {
    invoke: <C extends Channel>(channel: C, input: Input<C>) =>
      bridge.invoke(channel, input).then(
        (reply) => reply as Reply<Output<C>>,
        (error: Error) => refused(channel, error),
      ),
    on: <E extends EventName>(event: E, listener: (payload: EventPayload<E>) => void) =>
      bridge.on(event, (payload) => listener(events[event].parse(payload) as EventPayload<E>)),
    onConnection: () => () => {},
    grantDropped: (file) => bridge.grantDropped(file),
  };
}

/** The page's own address carries the session's token as its first folder; the socket lives beside the page. */
function socketAddress(): URL {
  const address = new URL('./socket', location.href);
  address.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:';
  address.search = '';
  address.hash = '';
  return address;
}

const RECONNECT_MS = 1000;

async function socketTransport(address: URL): Promise<Transport> {
  const waiting = new Map<number, (reply: Reply<unknown>) => void>();
  const listeners = new Map<string, Set<(payload: unknown) => void>>();
  const connectionListeners = new Set<(connected: boolean) => void>();
  let lastId = 0;
  let socket = await openSocket(address);
  attach();

  function attach(): void {
    socket.addEventListener('message', ({ data }: MessageEvent<ArrayBuffer>) => {
      const message = decodeFrame(new Uint8Array(data)) as ServerMessage;
      if ('event' in message) {
        for (const listener of listeners.get(message.event) ?? []) listener(message.payload);
        return;
      }
      waiting.get(message.id)?.(message.reply);
      waiting.delete(message.id);
    });
    socket.addEventListener('close', () => {
      for (const answer of waiting.values()) answer(disconnected);
      waiting.clear();
      for (const listener of connectionListeners) listener(false);
      setTimeout(reconnect, RECONNECT_MS);
    });
  }

  function reconnect(): void {
    openSocket(address).then(
      (next) => {
        socket = next;
        attach();
        for (const listener of connectionListeners) listener(true);
      },
      () => setTimeout(reconnect, RECONNECT_MS), // the server is still away; the page says so already
    );
  }

  return {
    invoke: <C extends Channel>(channel: C, input: Input<C>) =>
      new Promise<Reply<Output<C>>>((resolve) => {
        if (socket.readyState !== WebSocket.OPEN) return resolve(disconnected);
        const id = ++lastId;
        waiting.set(id, (reply) => resolve(reply as Reply<Output<C>>));
        socket.send(encodeFrame({ id, channel, input } satisfies ClientMessage));
      }),
    on: <E extends EventName>(event: E, listener: (payload: EventPayload<E>) => void) => {
      const checked = (payload: unknown): void => listener(events[event].parse(payload) as EventPayload<E>);
      const ofEvent = listeners.get(event) ?? new Set();
      listeners.set(event, ofEvent.add(checked));
      return () => ofEvent.delete(checked);
    },
    onConnection(listener) {
      connectionListeners.add(listener);
      return () => connectionListeners.delete(listener);
    },
    grantDropped: async () => null, // a browser tells no paths
  };
}

function openSocket(address: URL): Promise<WebSocket> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(address);
    socket.binaryType = 'arraybuffer';
    socket.addEventListener('open', () => resolve(socket), { once: true });
    socket.addEventListener('error', () => reject(new Error('This page has no Gradloom server behind it.')), {
      once: true,
    });
  });
}
