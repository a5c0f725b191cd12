/**
 * Random numbers as a pure function of where and when they are drawn: (seed, step, stream, position) → 32 bits.
 * So a mask can be drawn again in the backward pass, on resume and in a test, and looking never shifts the sequence.
 * The generator is pcg4d (Jarzynski & Olano, "Hash Functions for GPU Rendering", JCGT 2020).
 */
import { cast, type Expr, f32, u32 } from '../ir/expr.ts';
import { binary, flatten } from '../ir/index-math.ts';
import { hash4 } from '../ir/random.ts';
import { type Shape, sizeOf } from '../ir/shape.ts';
import type { Value } from '../ir/value.ts';
import { reshape } from './core.ts';
import { defineOp, type Op } from './define.ts';
import { cos, less, log, mul, sqrt, sub } from './elementwise.ts';
import { scalar } from './leaf.ts';
import { slice } from './movement.ts';

const mulU = (a: Expr, b: Expr): Expr => binary('mul', a, b);
const addU = (a: Expr, b: Expr): Expr => binary('add', a, b);

/** pcg4d of four words, the first word of the result. */
function hashExpr(words: readonly [Expr, Expr, Expr, Expr]): Expr {
  let [x, y, z, w] = words.map((v) => addU(mulU(v, u32(1664525)), u32(1013904223))) as [
    Expr,
    Expr,
    Expr,
    Expr,
  ];
  const stir = (): void => {
    x = addU(x, mulU(y, w));
    y = addU(y, mulU(z, x));
    z = addU(z, mulU(x, y));
    w = addU(w, mulU(y, z));
  };
  stir();
  [x, y, z, w] = [x, y, z, w].map((v) => binary('bitXor', v, binary('shr', v, u32(16)))) as [
    Expr,
    Expr,
    Expr,
    Expr,
  ];
  stir();
  return x;
}

export interface RandomAttrs {
  readonly shape: Shape;
  /** Tells apart the draws of one step: one number per node that draws. */
  readonly stream: number;
}

/** Uniform on [0, 1) with 24 bits; inputs are the seed and the step, both u32 scalars. */
export const randomUniform: Op<2, RandomAttrs> = defineOp<2, RandomAttrs>({
  id: 'randomUniform',
  doc: 'Uniform random numbers on [0, 1), the same for the same seed, step, stream and position.',
  arity: 2,
  infer: (_, { shape }) => ({ shape, dtype: 'f32' }),
  reference: ([seed, step], { stream }, out) =>
    new Float64Array(sizeOf(out.shape)).map(
      (_, i) => (hash4(i, step.data[0]!, stream, seed.data[0]!) >>> 8) / 2 ** 24,
    ),
  lower: {
    kind: 'pull',
    form: 'source',
    cost: 24,
    element: ({ read, attrs, out }, index) => {
      const position = cast(flatten(index, out.shape), 'u32');
      const bits = hashExpr([position, read(1, []), u32(attrs.stream), read(0, [])]);
      return binary('mul', cast(binary('shr', bits, u32(8)), 'f32'), f32(2 ** -24));
    },
  },
  vjp: () => [null, null],
  jvp: () => null,
  samples: [
    {
      shapes: [[], []],
      attrs: { shape: [257], stream: 3 },
      dtypes: ['u32', 'u32'],
      range: [
        [0, 1000],
        [0, 1000],
      ],
    },
    {
      shapes: [[], []],
      attrs: { shape: [3, 5], stream: 0 },
      dtypes: ['u32', 'u32'],
      range: [
        [0, 1000],
        [0, 1000],
      ],
    },
  ],
});

/** Standard normal numbers (Box–Muller over two uniforms): the same for the same seed, step, stream and position. */
export function randomNormal(seed: Value, step: Value, { shape, stream }: RandomAttrs): Value {
  const pairs = randomUniform(seed, step, { shape: [2, ...shape], stream });
  const draw = (i: number): Value => reshape(slice(pairs, { axis: 0, start: i, size: 1 }), shape);
  // 1 − u is on (0, 1], so the logarithm is finite.
  const radius = sqrt(mul(scalar(-2), log(sub(scalar(1), draw(0)))));
  return mul(radius, cos(mul(scalar(2 * Math.PI), draw(1))));
}

/** 1 with probability p (a number or a scalar value), else 0. */
export function randomBernoulli(seed: Value, step: Value, p: Value | number, attrs: RandomAttrs): Value {
  return less(randomUniform(seed, step, attrs), typeof p === 'number' ? scalar(p) : p);
}

export const randomOps = [randomUniform];
