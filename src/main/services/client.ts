/** One window (Electron) or one tab (browser shell), as the services see it. */
import type { EventName, EventPayload } from '../ipc/contract.ts';

export interface Client {
  readonly id: string;
  send<E extends EventName>(event: E, payload: EventPayload<E>): void;
}
