/**
 * Whether what a crashed process left behind may be taken over: temporary files and journals carry their owner, and an
 * owner is gone when its process is, or when the machine has started anew since (process numbers are used again).
 */
import { uptime } from 'node:os';
import { z } from 'zod';

export const ownerSchema = z.object({ pid: z.int().positive(), bootedAt: z.number() });
export type Owner = z.infer<typeof ownerSchema>;

/** The clock may be set while we run; two boots are further apart than this. */
const CLOCK_SLACK_SECONDS = 300;

const bootedAt = (): number => Math.round(Date.now() / 1000 - uptime());

export const thisProcess = (): Owner => ({ pid: process.pid, bootedAt: bootedAt() });

export function isProcessAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it is there, and another user's.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

export function isOwnerAlive(owner: Owner): boolean {
  return Math.abs(owner.bootedAt - bootedAt()) < CLOCK_SLACK_SECONDS && isProcessAlive(owner.pid);
}
