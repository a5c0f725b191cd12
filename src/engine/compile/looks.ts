/**
 * What only a look reads is written only in steps that are looked at: the stores ask a uniform, and kernels with nothing
 * else to store are left out of the other steps. One program runs both, so looking cannot change a number.
 */
import { f32, uniform } from '../ir/expr.ts';
import { lessThan } from '../ir/index-math.ts';
import type { Stmt } from '../ir/kernel.ts';
import type { Value } from '../ir/value.ts';
import type { Lower } from './lower.ts';

/** The uniform that is 1 in a step that is looked at, and else 0. */
export const lookingUniform = 'looking';

/** What a kernel stores, and from what its elements are made. */
export interface Results {
  readonly stores: readonly Value[];
  readonly lower: Lower;
  /** Stored where one looks, when more is in memory to make it from. */
  readonly looks: readonly Value[];
  readonly lowerForLooks: Lower;
}

/** Statements for looks alone. */
export function whenLooking(body: readonly Stmt[]): readonly Stmt[] {
  return body.length === 0 ? [] : [{ kind: 'if', cond: lessThan(f32(0), uniform(lookingUniform)), body }];
}
