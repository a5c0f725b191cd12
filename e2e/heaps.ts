// What a page and its training worker hold: their JavaScript heaps after a collection, and the GPU buffers that were made and
// not given back. Buffers are counted where the worker makes them, from before it has a device.
import { setTimeout } from 'node:timers/promises';
import type { CDPSession, Page } from '@playwright/test';

export interface Held {
  /** Bytes of objects and of what array buffers hold, after a collection. */
  readonly page: number;
  readonly worker: number;
  /** Bytes of GPU buffers. */
  readonly gpu: number;
  /** Elements in the page. */
  readonly elements: number;
}

/** True once it counts; a worker knows of no GPU before its script has loaded. */
const countBuffers = `(() => {
  if (typeof GPUDevice === 'undefined') return false;
  self.gpuBytesHeld = 0;
  const make = GPUDevice.prototype.createBuffer;
  GPUDevice.prototype.createBuffer = function (descriptor) {
    const buffer = make.call(this, descriptor);
    const destroy = buffer.destroy;
    let held = descriptor.size;
    self.gpuBytesHeld += held;
    buffer.destroy = () => {
      self.gpuBytesHeld -= held;
      held = 0;
      return destroy.call(buffer);
    };
    return buffer;
  };
  return true;
})()`;

interface HeapUsage {
  readonly usedSize: number;
  readonly backingStorageSize: number;
}

const bytesOf = ({ usedSize, backingStorageSize }: HeapUsage): number => usedSize + backingStorageSize;

/** Watches a page from before its worker is started. */
export async function watchHeaps(page: Page): Promise<() => Promise<Held>> {
  const cdp = await page.context().newCDPSession(page);
  const worker = new Promise<WorkerSession>((found) => {
    cdp.on('Target.attachedToTarget', ({ sessionId, targetInfo }) => {
      const session = new WorkerSession(cdp, sessionId);
      if (targetInfo.type === 'worker') void countIn(session).then(() => found(session));
    });
  });
  // Messages to the worker go through the page: Playwright has no sessions of a worker's own.
  await cdp.send('Target.setAutoAttach', { autoAttach: true, waitForDebuggerOnStart: false, flatten: false });
  return async () => {
    const training = await worker;
    await cdp.send('HeapProfiler.collectGarbage');
    await training.ask('HeapProfiler.collectGarbage', {});
    const inWorker = await training.ask<HeapUsage>('Runtime.getHeapUsage', {});
    const gpu = await training.ask<{ result: { value: number } }>('Runtime.evaluate', {
      expression: 'self.gpuBytesHeld',
    });
    return {
      page: bytesOf((await cdp.send('Runtime.getHeapUsage')) as HeapUsage),
      worker: bytesOf(inWorker),
      gpu: gpu.result.value,
      elements: await page.locator('*').count(),
    };
  };
}

async function countIn(session: WorkerSession): Promise<void> {
  for (;;) {
    const answer = await session.ask<{ result: { value?: boolean } }>('Runtime.evaluate', {
      expression: countBuffers,
    });
    if (answer.result.value === true) return;
    await setTimeout(10);
  }
}

class WorkerSession {
  private readonly cdp: CDPSession;
  private readonly id: string;
  private readonly answers = new Map<number, (result: unknown) => void>();
  private last = 0;

  constructor(cdp: CDPSession, id: string) {
    this.cdp = cdp;
    this.id = id;
    cdp.on('Target.receivedMessageFromTarget', ({ sessionId, message }) => {
      if (sessionId !== id) return;
      const answer = JSON.parse(message) as { id?: number; result?: unknown };
      if (answer.id !== undefined) this.answers.get(answer.id)?.(answer.result);
    });
  }

  async ask<T>(method: string, params: object): Promise<T> {
    const id = ++this.last;
    const answered = new Promise<unknown>((answer) => this.answers.set(id, answer));
    const message = JSON.stringify({ id, method, params });
    await this.cdp.send('Target.sendMessageToTarget', { sessionId: this.id, message });
    return (await answered) as T;
  }
}
