// Neighbours in memory are read four at a time.
import { type Expr, laneOfQuad, operandsOf } from '../ir/expr.ts';
import { quartered } from '../ir/index-math.ts';
import { rebuildExpr } from './rebuild.ts';

/** The expression with loads at four times something plus a constant read as lanes of a quad. */
export function readTogether(e: Expr): Expr {
  return rebuildExpr(e, (x) => {
    if (x.kind !== 'load' || x.type !== 'f32' || x.slot < 0) return null;
    const at = quartered(x.index);
    return at && laneOfQuad(x.slot, at.quarter, at.lane);
  });
}

/** What is longer than this (a sum of many slices, say) is not written four times. */
const mostNodes = 128;

/** Whether much of an expression differs from element to element; what does not is computed once. */
export function isLong(e: Expr): boolean {
  const varies = new Map<Expr, boolean>();
  let count = 0;
  const visit = (x: Expr): boolean => {
    const known = varies.get(x);
    if (known !== undefined) return known;
    let now = x.kind === 'var';
    for (const o of operandsOf(x)) if (visit(o)) now = true;
    varies.set(x, now);
    if (now) count++;
    return now;
  };
  visit(e);
  return count > mostNodes;
}
