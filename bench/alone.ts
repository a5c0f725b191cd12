// Single kernels, forward, that are measured apart from nets: what each engine multiplies, and what has been written by hand for it.
import { chance } from './samples.ts';

/** A tensor that goes in. */
interface Operand {
  readonly shape: readonly number[];
  readonly data: Float32Array<ArrayBuffer>;
}

/** `product`: x [n, k] · w [k, m]. `conv`: x [n, c, y, x] with w [o, c, 3, 3] at stride 1, a border of zeros around x. */
export interface Alone {
  readonly name: 'product' | 'conv';
  readonly about: string;
  readonly mflop: number;
  readonly x: Operand;
  readonly w: Operand;
  /** Of the result. */
  readonly shape: readonly number[];
}

/** The name of the kernels that were written for this measurement. */
export const byHand = 'written by hand';

function operand(shape: readonly number[], seed: number): Operand {
  const random = chance(seed);
  return { shape, data: Float32Array.from({ length: sizeOf(shape) }, () => random() - 0.5) };
}

export const sizeOf = (shape: readonly number[]): number => shape.reduce((n, d) => n * d, 1);

/** Of two square matrices. */
function product(side: number): Alone {
  const shape = [side, side];
  return {
    name: 'product',
    about: `${side}³, forward`,
    mflop: (2 * side ** 3) / 1e6,
    x: operand(shape, 1),
    w: operand(shape, 2),
    shape,
  };
}

/** Of as many channels in as out, as in `resnet`. */
function conv(batch: number, channels: number, side: number): Alone {
  const shape = [batch, channels, side, side];
  return {
    name: 'conv',
    about: `3×3, ${channels} → ${channels} channels of ${side}×${side}, batch ${batch}, forward`,
    mflop: (2 * sizeOf(shape) * channels * 9) / 1e6,
    x: operand(shape, 3),
    w: operand([channels, channels, 3, 3], 4),
    shape,
  };
}

const makers = { product: () => product(1024), conv: () => conv(32, 16, 32) } as const;

export const aloneNames = Object.keys(makers) as ReadonlyArray<Alone['name']>;
export const isAlone = (name: string): name is Alone['name'] => Object.hasOwn(makers, name);
export const aloneOf = (name: Alone['name']): Alone => makers[name]();
