/**
 * A kernel before it is text: statements over scalar expressions, run by every thread of every workgroup. It names no
 * shading language, so wgsl/ can print it and another back end can compile it.
 */
import type { DType } from './dtype.ts';
import type { Expr, ScalarType } from './expr.ts';

export type Stmt =
  /** A constant of the enclosing block; read it through `variable(name, …)`. */
  | { readonly kind: 'let'; readonly name: string; readonly value: Expr }
  | { readonly kind: 'var'; readonly name: string; readonly type: ScalarType; readonly value: Expr }
  | { readonly kind: 'assign'; readonly name: string; readonly value: Expr }
  /** for name = from; name < to; name += by. */
  | {
      readonly kind: 'for';
      readonly name: string;
      readonly from: Expr;
      readonly to: Expr;
      readonly by: number;
      readonly body: readonly Stmt[];
    }
  | { readonly kind: 'if'; readonly cond: Expr; readonly body: readonly Stmt[] }
  | { readonly kind: 'store'; readonly slot: number; readonly index: Expr; readonly value: Expr }
  /** Elements 4 · index … 4 · index + 3, written at once. */
  | {
      readonly kind: 'storeQuad';
      readonly slot: number;
      readonly index: Expr;
      readonly values: readonly [Expr, Expr, Expr, Expr];
    }
  /** All threads of the workgroup wait here, and see each other's stores: in shared memory, or in the operands. */
  | { readonly kind: 'barrier'; readonly of?: 'operands' };

/** Memory beside the operands, addressed like one by a negative slot: shared by a workgroup, or each thread's own. */
export interface SharedArray {
  readonly slot: number;
  /** `f16`: f32 that is kept in half as many bits, of quads alone. */
  readonly type: DType | 'f16';
  readonly length: number;
  readonly space: 'workgroup' | 'private';
  /** Read and written four elements at a time; the length is a multiple of four. */
  readonly quads: boolean;
}

export interface Kernel {
  /** For people: what it computes, e.g. `matmul+add+relu 64×128`. Not part of the text. */
  readonly name: string;
  /** Threads of a workgroup. */
  readonly threads: number;
  /** Workgroups; `wg` runs over them, `lane` over the threads of one. */
  readonly groups: number;
  readonly shared: readonly SharedArray[];
  readonly body: readonly Stmt[];
  /** Multiply-adds count 2; for reports. */
  readonly flops: number;
  /** Which variant of its family this is, for people: `subgroup 16×8×4`; null where there is but one. */
  readonly variant: string | null;
}

/** The names every kernel may read: the workgroup's number and the thread's place in it. */
export const groupVariable = 'wg';
export const laneVariable = 'lane';
/** The thread's place in its subgroup; read only by kernels that broadcast. */
export const subgroupVariable = 'sub';

/** Every expression that a statement itself evaluates (not those of a nested body). */
export function expressionsOf(s: Stmt): readonly Expr[] {
  switch (s.kind) {
    case 'let':
    case 'var':
    case 'assign':
      return [s.value];
    case 'for':
      return [s.from, s.to];
    case 'if':
      return [s.cond];
    case 'store':
      return [s.index, s.value];
    case 'storeQuad':
      return [s.index, ...s.values];
    case 'barrier':
      return [];
    default:
      return s satisfies never;
  }
}

/** The statements inside a statement. */
export function bodyOf(s: Stmt): readonly Stmt[] {
  return s.kind === 'for' || s.kind === 'if' ? s.body : [];
}
