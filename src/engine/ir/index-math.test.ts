import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Expr, i32, variable } from './expr.ts';
import { add, divide, flatten, lessThan, remainder, scale, sub, unflatten, within } from './index-math.ts';
import { interpret } from './interpret.ts';
import { sizeOf } from './shape.ts';

/** What is computed, before any simplification. */
type Plan =
  | { readonly kind: 'index'; readonly axis: number }
  | { readonly kind: 'constant'; readonly value: number }
  | { readonly kind: 'add' | 'sub'; readonly a: Plan; readonly b: Plan }
  | { readonly kind: 'scale'; readonly a: Plan; readonly by: number }
  | { readonly kind: 'divide' | 'remainder'; readonly a: Plan; readonly by: number };

const extents = [3, 4, 5, 1];
const indices = extents.map((extent, axis) => variable(`i${axis}`, 'i32', extent));

const plans = fc.letrec<{ plan: Plan }>((tie) => ({
  plan: fc.oneof(
    { depthSize: 'medium', withCrossShrink: true },
    fc.record({ kind: fc.constant('index' as const), axis: fc.nat(extents.length - 1) }),
    fc.record({ kind: fc.constant('constant' as const), value: fc.nat(20) }),
    fc.record({ kind: fc.constantFrom('add' as const, 'sub' as const), a: tie('plan'), b: tie('plan') }),
    fc.record({
      kind: fc.constantFrom('scale' as const, 'divide' as const, 'remainder' as const),
      a: tie('plan'),
      by: fc.integer({ min: 1, max: 12 }),
    }),
  ),
})).plan;

function simplified(plan: Plan): Expr {
  switch (plan.kind) {
    case 'index':
      return indices[plan.axis]!;
    case 'constant':
      return i32(plan.value);
    case 'add':
      return add(simplified(plan.a), simplified(plan.b));
    case 'sub':
      return sub(simplified(plan.a), simplified(plan.b));
    case 'scale':
      return scale(simplified(plan.a), plan.by);
    case 'divide':
      return divide(simplified(plan.a), plan.by);
    case 'remainder':
      return remainder(simplified(plan.a), plan.by);
    default:
      return plan satisfies never;
  }
}

/** Plain arithmetic; null where a negative number would be divided, which makers of indices rule out. */
function plain(plan: Plan, at: readonly number[]): number | null {
  if (plan.kind === 'index') return at[plan.axis]!;
  if (plan.kind === 'constant') return plan.value;
  const a = plain(plan.a, at);
  if (a === null) return null;
  if ('b' in plan) {
    const b = plain(plan.b, at);
    return b === null ? null : plan.kind === 'add' ? a + b : a - b;
  }
  if (plan.kind === 'scale') return a * plan.by;
  if (a < 0) return null;
  return plan.kind === 'divide' ? Math.floor(a / plan.by) : a % plan.by;
}

const environmentAt = (names: string, at: readonly number[]) => ({
  variable: (name: string) => at[Number(name.slice(names.length))]!,
  load: () => Number.NaN,
});

describe('index arithmetic', () => {
  test('a simplified expression has the value of the plain one, and stays within its bounds', () => {
    fc.assert(
      fc.property(plans, fc.tuple(...extents.map((e) => fc.nat(e - 1))), (plan, at) => {
        const expected = plain(plan, at);
        fc.pre(expected !== null);
        expect(interpret(simplified(plan), environmentAt('i', at))).toBe(expected);
      }),
      { numRuns: 5000 },
    );
  });

  const shapes = fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 5 });

  test('flattening what was un-flattened gives back the very same index', () => {
    fc.assert(
      fc.property(shapes, (shape) => {
        const flat = variable('f', 'i32', sizeOf(shape));
        expect(flatten(unflatten(flat, shape), shape)).toBe(flat);
      }),
      { numRuns: 500 },
    );
  });

  test('un-flattening what was flattened gives back the very same indices', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 2, max: 7 }), { minLength: 1, maxLength: 5 }), (shape) => {
        const index = shape.map((extent, axis) => variable(`j${axis}`, 'i32', extent));
        const back = unflatten(flatten(index, shape), shape);
        expect(back).toEqual(index);
      }),
      { numRuns: 500 },
    );
  });

  test('flipping axes and then reshaping and transposing keeps the flipped offset', () => {
    const [c, kh, kw] = unflatten(variable('col', 'i32', 12), [2, 2, 3]) as [Expr, Expr, Expr];
    const o = variable('o', 'i32', 2);
    const flipped = [c, o, sub(i32(1), kh), sub(i32(2), kw)];
    const [, b, a, h, w] = unflatten(flatten(flipped, [2, 2, 2, 3]), [1, 2, 2, 2, 3]) as Expr[];
    const at = flatten([a!, b!, h!, w!], [2, 2, 2, 3]);
    for (let col = 0; col < 12; col++) {
      const [i, j, k] = [Math.floor(col / 6), Math.floor(col / 3) % 2, col % 3] as const;
      expect(interpret(at, { variable: (name) => (name === 'col' ? col : 1), load: () => Number.NaN })).toBe(
        12 + 6 * i + 3 * (1 - j) + 2 - k,
      );
    }
  });

  test('a reshape through other axes and back is no arithmetic at all', () => {
    const flat = variable('f', 'i32', 360);
    const there = flatten(unflatten(flat, [4, 9, 10]), [4, 9, 10]);
    expect(flatten(unflatten(there, [12, 30]), [12, 30])).toBe(flat);
  });

  test('a reshape between shapes that share no axis keeps its meaning', () => {
    fc.assert(
      fc.property(fc.nat(719), (at) => {
        const flat = variable('f0', 'i32', 720);
        const other = [8, 9, 10];
        const moved = unflatten(flat, [6, 24, 5]);
        const back = unflatten(flatten(moved, [6, 24, 5]), other);
        const numbers = back.map((e) => interpret(e, environmentAt('f', [at])));
        expect(numbers).toEqual([Math.floor(at / 90), Math.floor(at / 10) % 9, at % 10]);
      }),
    );
  });

  test('a guard that cannot fail disappears, and one that cannot hold is false', () => {
    const i = variable('i', 'i32', 8);
    expect(within(add(i, i32(2)), 10)).toMatchObject({ kind: 'const', value: 1 });
    expect(within(add(i, i32(2)), 2)).toMatchObject({ kind: 'const', value: 0 });
    expect(lessThan(sub(i, i32(1)), i32(7)).kind).toBe('const');
    expect(within(sub(i, i32(1)), 10).kind).toBe('binary');
  });
});
