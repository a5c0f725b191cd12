/**
 * What a primitive op is. One declaration holds everything that anybody needs to know of it; the types make it
 * impossible to leave a field out. How it is computed is said in target-neutral terms: each output element is an
 * expression of input elements (`pull`), or a monoid over such expressions (`reduce`). Fusion composes these.
 */
import type { DType } from './dtype.ts';
import type { Expr } from './expr.ts';
import type { Shape } from './shape.ts';
import type { Value } from './value.ts';

/** A tensor's static type. */
export interface TensorType {
  readonly shape: Shape;
  readonly dtype: DType;
}

/** A dense float64 tensor for the reference interpreter; integers are stored as their numbers. */
export interface Dense extends TensorType {
  readonly data: Float64Array;
}

/** N-tuples; a plain array where N is just `number` (ops with any number of inputs). */
export type Tuple<T, N extends number> = number extends N ? readonly T[] : TupleOf<T, N, readonly []>;
type TupleOf<T, N extends number, R extends readonly T[]> = R['length'] extends N
  ? R
  : TupleOf<T, N, readonly [...R, T]>;

/** What an element expression may ask: an input's element at an index, and the types involved. */
export interface ElementScope<N extends number, A> {
  /** The element of input `i` at `index` (one integer expression per axis). */
  read(i: number, index: readonly Expr[]): Expr;
  readonly inputs: Tuple<TensorType, N>;
  readonly out: TensorType;
  readonly attrs: A;
}

/** How partial results combine. `argmax` and `argmin` give the flat position in the reduced domain, the first on ties. */
export type Monoid = 'sum' | 'prod' | 'max' | 'min' | 'argmax' | 'argmin';

/**
 * How an op is computed.
 * - `leaf`: its elements come from a buffer that the caller fills (inputs, parameters, constants).
 * - `pull`: output[index] = element(index). `cost` is its price per element in multiply-adds beyond the loads.
 * - `reduce`: output[index] = monoid over k in domain of element(index, k). `family` lets the compiler choose a
 *   faster kernel with the same meaning: a product or a convolution.
 */
export type Lowering<N extends number, A> =
  | { readonly kind: 'leaf' }
  | {
      readonly kind: 'pull';
      /** `map`: same index in as out. `move`: other indices, no arithmetic. `source`: no inputs. `gather`: indices are data. */
      readonly form: 'map' | 'move' | 'source' | 'gather';
      readonly cost: number;
      element(scope: ElementScope<N, A>, index: readonly Expr[]): Expr;
    }
  | {
      readonly kind: 'reduce';
      readonly monoid: Monoid;
      readonly family: 'fold' | 'product' | 'convolution' | 'window' | 'scatter';
      domain(inputs: Tuple<TensorType, N>, attrs: A, out: TensorType): Shape;
      element(scope: ElementScope<N, A>, index: readonly Expr[], k: readonly Expr[]): Expr;
    };

/** One case of the conformance sweep. `fill` shapes the made-up inputs, e.g. to keep log away from zero. */
export interface OpSample<N extends number, A> {
  readonly shapes: Tuple<Shape, N>;
  readonly attrs: A;
  readonly dtypes?: Tuple<DType, N>;
  /** The range that made-up inputs are drawn from, per input; −2…2 unless told. Integers for integer inputs. */
  readonly range?: Tuple<readonly [number, number], N>;
  /** How closely an approximation made for f32 follows its reference, relative; exact (to float64) unless told. */
  readonly precision?: number;
  /** Derivatives are not checked at kinks; say so where every draw could hit one. */
  readonly smooth?: boolean;
}

export interface VjpAt<N extends number, A> {
  readonly dy: Value;
  readonly y: Value;
  readonly inputs: Tuple<Value, N>;
  readonly attrs: A;
}

export interface JvpAt<N extends number, A> {
  /** Tangent of each input; null where the input does not depend on what is varied. Never all null. */
  readonly tangents: Tuple<Value | null, N>;
  readonly y: Value;
  readonly inputs: Tuple<Value, N>;
  readonly attrs: A;
}

/** A primitive op, declared once. */
export interface OpSpec<N extends number, A> {
  readonly id: string;
  readonly doc: string;
  /** How many inputs; null for any number. */
  readonly arity: N | null;
  /** The output's type, or an `EngineError` that says what does not fit. */
  infer(inputs: Tuple<TensorType, N>, attrs: A): TensorType;
  /** The meaning, in float64, written for reading. Never fast, and independent of `lower`. */
  reference(inputs: Tuple<Dense, N>, attrs: A, out: TensorType): Float64Array;
  readonly lower: Lowering<N, A>;
  /** Pulls `dy` back to each input; null where the op has no derivative in that input. */
  vjp(at: VjpAt<N, A>): Tuple<Value | null, N>;
  /** Pushes tangents forward; null where the result does not move. */
  jvp(at: JvpAt<N, A>): Value | null;
  readonly samples: readonly OpSample<N, A>[];
}
