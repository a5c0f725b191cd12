/** What the tests of the services share: a folder that goes away, windows that remember what they were told. */
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { EventName, EventPayload } from '../ipc/contract.ts';
import type { Client } from './client.ts';

export async function temporaryFolder(): Promise<string> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'gradloom-')));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A window that keeps every event, and lets a test wait for the next of a kind. */
export interface TestClient extends Client {
  readonly heard: { readonly event: EventName; readonly payload: unknown }[];
  next<E extends EventName>(event: E): Promise<EventPayload<E>>;
}

export function testClient(id: string): TestClient {
  const heard: TestClient['heard'] = [];
  const waiting: { readonly event: EventName; readonly tell: (payload: never) => void }[] = [];
  return {
    id,
    heard,
    send(event, payload) {
      heard.push({ event, payload });
      const index = waiting.findIndex((one) => one.event === event);
      if (index >= 0) waiting.splice(index, 1)[0]?.tell(payload as never);
    },
    next: (event) => new Promise((tell) => waiting.push({ event, tell })),
  };
}
