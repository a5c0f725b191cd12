/** Softmax and its relatives along one axis; the largest element is subtracted first, so nothing overflows. */
import type { Value } from '../ir/value.ts';
import { reshape } from './core.ts';
import { detach } from './detach.ts';
import { add, div, exp, log, mul, sub, where } from './elementwise.ts';
import { scalar } from './leaf.ts';
import { max, sum } from './reduce.ts';

/** The group's largest element; it cancels out of every result, so no gradient goes through it. */
const top = (x: Value, axis: number): Value => detach(max(x, axis, { keep: true }));

/** log Σ eˣ along an axis, which disappears. torch.logsumexp. */
export function logSumExp(x: Value, axis = -1): Value {
  const m = top(x, axis);
  const total = log(sum(exp(sub(x, m)), axis));
  return add(reshape(m, total.shape), total);
}

/** eˣ / Σ eˣ along an axis. torch.softmax. */
export function softmax(x: Value, axis = -1): Value {
  const e = exp(sub(x, top(x, axis)));
  return div(e, sum(e, axis, { keep: true }));
}

/** x − log Σ eˣ along an axis. torch.log_softmax. */
export function logSoftmax(x: Value, axis = -1): Value {
  const shifted = sub(x, top(x, axis));
  return sub(shifted, log(sum(exp(shifted), axis, { keep: true })));
}

/** Far below every score that means anything, and far from overflow. */
const excluded = -1e30;

/** Softmax over the elements whose mask is not 0; the others get 0, and so does a group where all are masked (never NaN). */
export function maskedSoftmax(x: Value, mask: Value, axis = -1): Value {
  return mul(softmax(where(mask, x, scalar(excluded)), axis), where(mask, scalar(1), scalar(0)));
}
