/**
 * Kernels that are alike up to a few numbers share one text: what differs becomes arguments of the dispatch. The steps of an
 * unrolled recurrent net, and the layers of a deep one, then take a handful of pipelines, however many there are.
 */
import { mostArguments, type Skeleton, skeletonOf, withArguments } from '../wgsl/arguments.ts';
import type { Dispatch } from './program.ts';

/** The same dispatches with fewer texts. */
export function shareTexts(dispatches: readonly Dispatch[]): Dispatch[] {
  const skeletons = new Map<string, Skeleton>();
  const alike = new Map<string, Set<string>>();
  for (const { wgsl } of dispatches) {
    if (skeletons.has(wgsl)) continue;
    const skeleton = skeletonOf(wgsl);
    skeletons.set(wgsl, skeleton);
    alike.set(skeleton.key, (alike.get(skeleton.key) ?? new Set()).add(wgsl));
  }
  const differing = new Map<string, Difference | null>();
  for (const [key, texts] of alike)
    differing.set(key, differenceOf([...texts].map((t) => skeletons.get(t)!.numbers)));

  return dispatches.map((d) => {
    const { key, numbers } = skeletons.get(d.wgsl)!;
    const difference = differing.get(key);
    if (!difference) return d;
    const args = difference.positions.map((p) => numbers[p]!);
    const layout = { binding: d.bindings.length, count: args.length };
    return { ...d, wgsl: withArguments(d.wgsl, difference.argumentOf, layout), args };
  });
}

interface Difference {
  /** The number that each argument stands for; several may stand for one. */
  readonly positions: readonly number[];
  readonly argumentOf: ReadonlyArray<number | null>;
}

/** Where lists of numbers differ; places that always hold the same number as each other share an argument. */
function differenceOf(lists: ReadonlyArray<readonly number[]>): Difference | null {
  if (lists.length < 2) return null;
  const positions: number[] = [];
  const known = new Map<string, number>();
  const argumentOf = lists[0]!.map((first, at) => {
    if (lists.every((numbers) => numbers[at] === first)) return null;
    const column = lists.map((numbers) => numbers[at]).join();
    const argument = known.get(column) ?? positions.length;
    if (argument === positions.length) positions.push(at);
    known.set(column, argument);
    return argument;
  });
  return positions.length === 0 || positions.length > mostArguments ? null : { positions, argumentOf };
}
