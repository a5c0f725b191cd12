/** Which weights are pruned by their magnitude: pure, over weights by name. */
import type { ModelParameter } from '../model/build.ts';

export interface Pruning {
  /** The share of the weights still there that goes, from 0 to 1. */
  readonly share: number;
  /** Whether each layer loses that share of its weights, or the net as a whole. */
  readonly scope: 'layer' | 'net';
  /** The step whose weights are gone back to; 0: the initial ones. */
  readonly rewind: number;
}

/** 1 for each weight that is trained, 0 for each that is 0 for good, by the parameter's name. */
export type Masks = ReadonlyMap<string, Float32Array>;

type Weights = ReadonlyMap<string, { readonly data: Float32Array }>;

/** Whether a parameter is pruned: matrices and kernels are, biases and scales are not. */
const isPruned = ({ shape }: Pick<ModelParameter, 'shape'>): boolean => shape.length >= 2;

/** Masks without the smallest of the weights that `before` leaves. */
export function magnitudeMasks(
  parameters: readonly Pick<ModelParameter, 'name' | 'shape'>[],
  weights: Weights,
  { share, scope }: Pick<Pruning, 'share' | 'scope'>,
  before: Masks | null,
): Masks {
  const masks = new Map<string, Float32Array>();
  for (const { name } of parameters.filter(isPruned)) {
    const size = weights.get(name)?.data.length ?? 0;
    masks.set(name, before?.get(name)?.slice() ?? new Float32Array(size).fill(1));
  }
  const groups = scope === 'net' ? [[...masks.keys()]] : [...masks.keys()].map((name) => [name]);
  for (const names of groups) {
    const alive = names.flatMap((name) => {
      const mask = masks.get(name) ?? new Float32Array();
      const data = weights.get(name)?.data ?? new Float32Array();
      return Array.from(mask, (m, i) => ({ mask, i, m, size: Math.abs(data[i] ?? 0) })).filter(
        ({ m }) => m === 1,
      );
    });
    alive.sort((a, b) => a.size - b.size);
    for (const { mask, i } of alive.slice(0, Math.floor(share * alive.length))) mask[i] = 0;
  }
  return masks;
}
