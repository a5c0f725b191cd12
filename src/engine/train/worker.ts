// The entry of the training worker: a session on this thread's WebGPU, and the wire to whoever started it.
import { z } from 'zod';
import { EngineError } from '../errors.ts';
import { openDevice } from '../runtime/device.ts';
import type { FromWorker, ToWorker } from './protocol.ts';
import { Session } from './session.ts';

// The page's policy forbids code made of text, which zod would otherwise try.
z.config({ jitless: true });

declare const self: DedicatedWorkerGlobalScope;

const session = new Session({
  openDevice: () => {
    if (!self.navigator.gpu)
      throw new EngineError('gpu/none', { why: 'this browser has no WebGPU in workers' });
    return openDevice(self.navigator.gpu);
  },
  post: (message: FromWorker, transfer: readonly ArrayBuffer[] = []) =>
    self.postMessage(message, [...transfer]),
  now: () => performance.now(),
});

self.addEventListener('message', (event: MessageEvent<ToWorker>) => void session.take(event.data));
