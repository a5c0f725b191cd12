/**
 * The zoo: nets that are ill in a known way, each with a healthy twin that differs in what makes it ill. Cases of the tuning half
 * are there to mend rules and fixes by; those of the held half are not: no threshold may be chosen by what they give.
 */
import { held } from './held.ts';
import type { NetSpec } from './net.ts';
import { tuning } from './tuning.ts';

export interface ZooCase {
  readonly name: string;
  /** The verdict that is right, and others that are true as well. */
  readonly verdict: string;
  readonly also: readonly string[];
  /** Layers that may rightly be named; empty where no layer is at fault. */
  readonly layers: readonly string[];
  readonly ill: NetSpec;
  readonly healthy: NetSpec;
}

export const zoo = { tuning, held } as const;
