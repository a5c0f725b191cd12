/**
 * Where the scalars lie that the programs of a run pass to each other: the step number, whether its numbers are finite, its
 * learning rate, and the numbers that go into the ring. 256 bytes apart, so that each can be bound by itself.
 */
import type { Place } from '../compile/program.ts';

const stride = 64;

const scalarPlace = (buffer: string, i: number): Place => ({ buffer, offset: i * stride, length: 1 });

/** u32: the number of the step. */
export const counterPlace = scalarPlace('counter', 0);
/** u32: the number of the micro-batch within the step, where gradients are accumulated. */
export const microPlace = scalarPlace('micro', 0);
/** u32: the number of the batch within an evaluation. */
export const evalCounterPlace = scalarPlace('evalCounter', 0);
/** f32: 1 where the step's numbers are finite, else 0. */
export const soundPlace = scalarPlace('scalars', 0);
/** f32: the learning rate of the step. */
export const ratePlace = scalarPlace('scalars', 1);

/** f32: the columns of the ring: the loss, the norm of the gradient, then the metrics. */
export const columnPlace = (column: number): Place => scalarPlace('scalars', column + 2);
export const lossPlace = columnPlace(0);
export const normPlace = columnPlace(1);

/** f32: what a micro-batch gives, where gradients are accumulated: means, and how much it counts in them. */
export const microColumnPlace = (column: number): Place => scalarPlace('microScalars', column);
/** f32: what the micro-batches of a step give together, where that is no column of the ring. */
export const microTotalPlace = (column: number): Place => scalarPlace('microTotals', column);

/** f32: a column of an evaluation. */
export const evalColumnPlace = (column: number): Place => scalarPlace('evalScalars', column);

/** Elements of the buffers of scalars, for so many columns of the ring and so many numbers of a micro-batch. */
export const scalarBuffers = (columns: number, microColumns: number): Record<string, number> => ({
  counter: stride,
  micro: stride,
  microScalars: microColumns * stride,
  microTotals: microColumns * stride,
  scalars: (columns + 2) * stride,
});
export const evalScalarBuffers = (columns: number): Record<string, number> => ({
  evalCounter: stride,
  evalScalars: columns * stride,
});
