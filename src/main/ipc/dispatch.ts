/**
 * The one way to answer the renderer, in both shells: the channel is known, the input fits the contract, and so does
 * our own answer; whatever goes wrong comes back as data.
 */
import type { z } from 'zod';
import { ShellError, toFailure } from '../errors.ts';
import type { Client } from '../services/client.ts';
import { type Channel, contract, type Output, type Reply } from './contract.ts';

type Parsed<C extends Channel> = z.infer<(typeof contract)[C]['input']>;

/** What every call does. A missing one does not compile. */
export type Handlers = {
  readonly [C in Channel]: (input: Parsed<C>, client: Client) => Output<C> | Promise<Output<C>>;
};

export type Dispatch = (request: {
  channel: unknown;
  input: unknown;
  client: Client;
}) => Promise<Reply<unknown>>;

/** @param log is told of failures that are our own mistakes, with their cause. */
export function createDispatch(handlers: Handlers, log: (error: unknown) => void): Dispatch {
  return async ({ channel, input, client }) => {
    try {
      if (typeof channel !== 'string' || !isChannel(channel)) {
        throw new ShellError('ipc/unknown-channel', { channel: String(channel).slice(0, 100) });
      }
      return { ok: true, value: await answer(handlers, channel, input, client) };
    } catch (error) {
      if (!(error instanceof ShellError)) log(error);
      return toFailure(error);
    }
  };
}

const isChannel = (name: string): name is Channel => Object.hasOwn(contract, name);

async function answer<C extends Channel>(
  handlers: Handlers,
  channel: C,
  raw: unknown,
  client: Client,
): Promise<Output<C>> {
  const input = contract[channel].input.safeParse(raw);
  if (!input.success) throw new ShellError('ipc/bad-input', { channel, detail: firstIssue(input.error) });
  const value = await handlers[channel](input.data as Parsed<C>, client);
  const output = contract[channel].output.safeParse(value);
  if (!output.success) throw new ShellError('ipc/bad-output', { channel, detail: firstIssue(output.error) });
  return output.data as Output<C>;
}

function firstIssue(error: z.ZodError): string {
  const issue = error.issues[0];
  const at = issue?.path.map(String).join('.');
  return `${at ? `${at}: ` : ''}${issue?.message ?? 'it does not fit'}`;
}
