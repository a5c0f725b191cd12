// The entry of the training worker: a session on this thread's WebGPU, and the wire to whoever started it.
import { z } from 'zod';
import { EngineError } from '../errors.ts';
import { type Allowed, openDevice } from '../runtime/device.ts';
import { type CutStore, measuredDevice } from '../runtime/tuning.ts';
import type { AllowedMessage, CutsMessage, FromWorker, ToWorker } from './protocol.ts';
import { Session } from './session.ts';

// The page's policy forbids code made of text, which zod would otherwise try.
z.config({ jitless: true });

declare const self: DedicatedWorkerGlobalScope;

/** What the page knew, and what was measured since; the page keeps it. */
const known = new Map<string, string>();
const cuts: CutStore = {
  get: (key) => known.get(key),
  set(key, cut) {
    known.set(key, cut);
    self.postMessage({ type: 'cuts', cuts: { [key]: cut } } satisfies CutsMessage);
  },
};

let allowed: Allowed = {};

const session = new Session({
  openDevice: async () => {
    if (!self.navigator.gpu)
      throw new EngineError('gpu/none', { why: 'this browser has no WebGPU in workers' });
    return measuredDevice(await openDevice(self.navigator.gpu, allowed), cuts, () => performance.now());
  },
  post: (message: FromWorker, transfer: readonly ArrayBuffer[] = []) =>
    self.postMessage(message, [...transfer]),
  now: () => performance.now(),
});

self.addEventListener('message', ({ data }: MessageEvent<ToWorker | CutsMessage | AllowedMessage>) => {
  if (data.type === 'allowed') {
    allowed = data.allowed;
    return;
  }
  if (data.type !== 'cuts') return void session.take(data);
  for (const [key, cut] of Object.entries(data.cuts)) known.set(key, cut);
});
