// Rewrites scalar expressions from the leaves up.
import type { DType } from '../ir/dtype.ts';
import { bitcast, broadcast, cast, type Expr, laneOfQuad, load, select, unary } from '../ir/expr.ts';
import { binary } from '../ir/index-math.ts';

/** The expression with every part exchanged for what `exchange` gives; null keeps a part, its operands rewritten. */
export function rebuildExpr(e: Expr, exchange: (x: Expr) => Expr | null): Expr {
  const memo = new Map<Expr, Expr>();
  const visit = (x: Expr): Expr => {
    const known = memo.get(x);
    if (known) return known;
    const made = exchange(x) ?? withOperands(x, visit);
    memo.set(x, made);
    return made;
  };
  return visit(e);
}

function withOperands(e: Expr, visit: (x: Expr) => Expr): Expr {
  switch (e.kind) {
    case 'unary':
      return unary(e.fn, visit(e.x));
    case 'binary':
      return binary(e.fn, visit(e.a), visit(e.b));
    case 'select':
      return select(visit(e.cond), visit(e.a), visit(e.b));
    case 'cast':
      return cast(visit(e.x), e.type as DType);
    case 'bitcast':
      return bitcast(visit(e.x), e.type as DType);
    case 'load':
      return load(e.slot, visit(e.index), e.type as DType);
    case 'lane':
      return e.x.kind === 'quad' ? laneOfQuad(e.x.slot, visit(e.x.index), e.lane) : e;
    case 'broadcast':
      return broadcast(visit(e.x), e.from);
    default:
      return e;
  }
}
