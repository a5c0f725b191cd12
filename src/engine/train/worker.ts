// The entry of the training worker: a session on this thread's WebGPU, and the wire to whoever started it.
import { z } from 'zod';
import { EngineError } from '../errors.ts';
import { openDevice } from '../runtime/device.ts';
import type { FromWorker, ToWorker } from './protocol.ts';
import { Session } from './session.ts';

// The page's policy forbids code made of text, which zod would otherwise try.
z.config({ jitless: true });

const scope = globalThis as unknown as DedicatedWorkerGlobalScope;

const session = new Session({
  openDevice: () => {
    if (!scope.navigator.gpu)
      throw new EngineError('gpu/none', { why: 'this browser has no WebGPU in workers' });
    return openDevice(scope.navigator.gpu);
  },
  post: (message: FromWorker, transfer: readonly ArrayBuffer[] = []) =>
    scope.postMessage(message, [...transfer]),
  now: () => performance.now(),
});

scope.addEventListener('message', (event: MessageEvent<ToWorker>) => void session.take(event.data));
