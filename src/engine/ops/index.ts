// The list of primitive ops: one line for each family.
import type { AnyOp } from '../ir/value.ts';
import { concatOps } from './concat.ts';
import { convolutionOps } from './convolution.ts';
import { coreOps } from './core.ts';
import { cumulativeOps } from './cumulative.ts';
import { detach } from './detach.ts';
import { elementwiseOps } from './elementwise.ts';
import { indexingOps } from './indexing.ts';
import { leafOps } from './leaf.ts';
import { movementOps } from './movement.ts';
import { poolOps } from './pool.ts';
import { productOps } from './product.ts';
import { randomOps } from './random.ts';
import { reduceOps } from './reduce.ts';
import { specialOps } from './special.ts';

/** Every primitive op, for the conformance sweep and the op reference. */
export const opList: readonly AnyOp[] = [
  ...leafOps,
  ...coreOps,
  ...movementOps,
  ...concatOps,
  ...elementwiseOps,
  ...specialOps,
  ...reduceOps,
  ...indexingOps,
  ...cumulativeOps,
  detach,
  ...productOps,
  ...convolutionOps,
  ...poolOps,
  ...randomOps,
].map((op) => op.erased);
