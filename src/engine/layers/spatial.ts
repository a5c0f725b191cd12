// What layers over space share: sizes for each axis, padding by rule, and a sentence where the axes are not as expected.
import { z } from 'zod';
import { EngineError } from '../errors.ts';
import { formatShape } from '../ir/shape.ts';
import type { Value } from '../ir/value.ts';
import { samePadding, type WindowOptions } from '../ops/windows.ts';
import { type BuildContext, type ParamMeta, param } from './define.ts';

/** Whole numbers, one for each of `rank` axes or one for all; a plain number n is read as [n]. */
export const perAxisParam = (
  rank: number,
  { value, min = 0, max = 65_536 }: { readonly value: number; readonly min?: number; readonly max?: number },
  meta: Omit<ParamMeta, 'description'> & { readonly description: string },
) =>
  param(
    z
      .preprocess(
        (v) => (typeof v === 'number' ? [v] : v),
        z
          .array(z.int().min(min).max(max))
          .refine(
            (sizes) => sizes.length === 1 || sizes.length === rank,
            rank === 1 ? 'must hold 1 number' : `must hold 1 or ${rank} numbers`,
          ),
      )
      .default([value]),
    meta,
  );

/** One number per axis. */
export const onAxes = (sizes: readonly number[], rank: number): readonly number[] =>
  sizes.length === rank ? sizes : new Array<number>(rank).fill(sizes[0] ?? 0);

export const strideParam = (rank: number) =>
  perAxisParam(
    rank,
    { value: 1, min: 1 },
    { title: 'Stride', description: 'How far the window moves from one output to the next.' },
  );

export const dilationParam = (rank: number) =>
  perAxisParam(
    rank,
    { value: 1, min: 1 },
    {
      title: 'Dilation',
      description: 'The distance of neighbouring taps: 2 leaves out every other input.',
    },
  );

export const kernelParam = (rank: number, value: number) =>
  perAxisParam(
    rank,
    { value, min: 1 },
    { title: 'Kernel', description: 'The window’s size along each axis; one number for all axes.' },
  );

export const paddingParam = (rank: number) =>
  perAxisParam(
    rank,
    { value: 0 },
    {
      title: 'Padding',
      description: 'How many zeros stand on both sides of each axis.',
    },
  );

/** Padding by numbers, or by PyTorch's rules of these names. */
export const paddingParams = (rank: number) => ({
  paddingRule: param(z.enum(['numbers', 'same', 'valid']).default('numbers'), {
    title: 'Padding rule',
    description: 'By numbers; so that sizes stay the same (stride 1); or none at all.',
    choices: { numbers: 'Numbers', same: 'Same', valid: 'Valid' },
  }),
  padding: perAxisParam(
    rank,
    { value: 0 },
    {
      title: 'Padding',
      description: 'How many zeros stand on both sides of each axis.',
      showWhen: { paddingRule: ['numbers'] },
    },
  ),
});

interface PaddingChoice {
  readonly paddingRule: 'numbers' | 'same' | 'valid';
  readonly padding: readonly number[];
}

/** The padding of each axis; 'same' needs stride 1, as in PyTorch. */
export function paddingOf(
  node: string,
  { paddingRule, padding }: PaddingChoice,
  kernel: readonly number[],
  stride: readonly number[],
  dilation: readonly number[],
): NonNullable<WindowOptions['padding']> {
  if (paddingRule === 'valid') return 0;
  if (paddingRule === 'numbers') return onAxes(padding, kernel.length);
  if (stride.some((s) => s !== 1))
    throw new EngineError('param/invalid', {
      node,
      param: 'paddingRule',
      why: 'cannot be same with a stride above 1: the sizes shrink',
    });
  return samePadding(kernel, dilation);
}

const spaceWords = ['', 'length', 'height × width', 'depth × height × width'];

/** Stops with a sentence unless x is [batch, channels, …space] with `rank` axes of space. */
export function needSpace({ node }: BuildContext, x: Value, rank: number): number {
  const [, channels] = x.shape;
  if (x.shape.length !== rank + 2 || channels === undefined)
    throw new EngineError('input/axes', {
      node,
      expected: `batch × channels × ${spaceWords[rank]}`,
      got: formatShape(x.shape),
    });
  return channels;
}

/** Stops with a sentence unless x has at least `count` axes, the batch included; `expected` says which. */
export function needAxes({ node }: BuildContext, x: Value, count: number, expected: string): void {
  if (x.shape.length < count)
    throw new EngineError('input/axes', { node, expected, got: formatShape(x.shape) });
}
