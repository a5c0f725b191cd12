/**
 * Runs what an op's `lower` says, element by element, without a GPU. It proves a lowering (and the simplification of its
 * index arithmetic) against the op's reference: a read outside its tensor is an error, a read that a guard excludes is not made.
 */
import { invariant } from '../errors.ts';
import { type Expr, load, variable } from '../ir/expr.ts';
import { flatten } from '../ir/index-math.ts';
import { interpret, type ScalarEnvironment } from '../ir/interpret.ts';
import type { Dense, Monoid, TensorType } from '../ir/op.ts';
import { sizeOf } from '../ir/shape.ts';
import type { AnyOp } from '../ir/value.ts';
import { eachIndex, placeOf } from './dense.ts';

/** A fold in the order of the domain; positions count from 0. */
const monoidMeaning: Record<Monoid, (elements: readonly number[]) => number> = {
  sum: (all) => all.reduce((a, b) => a + b, 0),
  prod: (all) => all.reduce((a, b) => a * b, 1),
  max: (all) => Math.max(...all),
  min: (all) => Math.min(...all),
  argmax: (all) => placeOf(all, Math.max(...all)),
  argmin: (all) => placeOf(all, Math.min(...all)),
};

/** One variable per axis, as a kernel would name them, and the current numbers behind the names. */
function indexVariables(prefix: string, shape: readonly number[]): Expr[] {
  return shape.map((extent, axis) => variable(`${prefix}${axis}`, 'i32', extent));
}

/** The output of one op by its lowering. */
export function interpretLowering(
  op: AnyOp,
  inputs: readonly Dense[],
  attrs: unknown,
  out: TensorType,
): Float64Array {
  const { lower } = op;
  invariant(lower.kind !== 'leaf', `${op.id} is computed, not fed`);
  const scope = {
    read: (i: number, index: readonly Expr[]): Expr => {
      const { shape, dtype } = inputs[i]!;
      invariant(index.length === shape.length, `${op.id} reads input ${i} with one index per axis`);
      return load(i, flatten(index, shape), dtype);
    },
    inputs,
    out,
    attrs,
  };
  const index = indexVariables('i', out.shape);
  const domain = lower.kind === 'reduce' ? lower.domain(inputs, attrs, out) : [];
  const element =
    lower.kind === 'reduce'
      ? lower.element(scope, index, indexVariables('k', domain))
      : lower.element(scope, index);
  const position = lower.kind === 'reduce' && (lower.monoid === 'argmax' || lower.monoid === 'argmin');
  invariant(
    position || element.type === out.dtype,
    `${op.id} makes ${out.dtype} elements, not ${element.type}`,
  );

  const now = new Map<string, number>();
  const assign = (prefix: string, at: readonly number[]): void => {
    for (const [axis, n] of at.entries()) now.set(`${prefix}${axis}`, n);
  };
  const environment: ScalarEnvironment = {
    variable: (name) => now.get(name)!,
    load: (slot, at) => {
      const { data } = inputs[slot]!;
      invariant(at >= 0 && at < data.length, `${op.id} reads inside input ${slot}, not at ${at}`);
      return data[at]!;
    },
  };
  const result = new Float64Array(sizeOf(out.shape));
  eachIndex(out.shape, (at, flat) => {
    assign('i', at);
    if (lower.kind !== 'reduce') {
      result[flat] = interpret(element, environment);
      return;
    }
    const group: number[] = [];
    eachIndex(domain, (k) => {
      assign('k', k);
      group.push(interpret(element, environment));
    });
    result[flat] = monoidMeaning[lower.monoid](group);
  });
  return result;
}
