/**
 * What is kept in memory between kernels. Anchors and reductions that others need are; of the maps that a group computes
 * in passing, dear ones are stored and cheap ones computed again where they are needed.
 */
import type { Value } from '../ir/value.ts';
import { type Group, type Grouping, isLeaf } from './groups.ts';

/** Above this many multiply-adds per element, storing and loading is cheaper than computing again. */
const dearerThanMemory = 12;

export interface GroupStores {
  readonly group: Group;
  /** Computed here and kept. */
  readonly stores: readonly Value[];
  /** Kept for looks alone. */
  readonly looks: readonly Value[];
  /** Read from memory. */
  readonly loads: readonly Value[];
}

/**
 * Decides for every group: it loads what an earlier one stores, and computes the rest itself; groups that nobody needs are left
 * out. What a step stores is decided without looks; they find it, and have stored beside it what they need.
 */
export function decideStores(grouping: Grouping): GroupStores[] {
  const { order, groups, groupOf, groupForLooks, anchors, looks } = grouping;
  const dear = dearValues(order, anchors, groupOf);
  const sets = (): Map<Group, Set<Value>> => new Map(groups.map((g) => [g, new Set<Value>()]));
  const [stored, seen, loaded] = [sets(), sets(), sets()];
  for (const v of anchors) stored.get(groupOf.get(v)!)?.add(v);
  const isDear = (v: Value): boolean => v.op.lower.kind === 'reduce' || dear.has(v);
  const reductions = ({ reduces, rowSum }: Group): Value[] => [...reduces, ...(rowSum ? [rowSum] : [])];
  const backwards = [...groups].reverse();

  for (const group of backwards) {
    const stores = stored.get(group)!;
    if (stores.size === 0) continue;
    load([...stores, ...reductions(group)], group, groupOf, loaded.get(group)!, (v, home) => {
      if (!isDear(v) && !anchors.has(v)) return false;
      stored.get(home)!.add(v);
      return true;
    });
  }
  for (const v of looks) {
    const home = groupForLooks.get(v);
    if (home && !stored.get(home)!.has(v)) seen.get(home)!.add(v);
  }
  for (const group of backwards) {
    const own = seen.get(group)!;
    if (own.size === 0) continue;
    const needs = stored.get(group)!.size === 0 ? [...own, ...reductions(group)] : [...own];
    load(needs, group, groupForLooks, loaded.get(group)!, (v, home) => {
      if (stored.get(home)!.has(v)) return true;
      if (!isDear(v) && !looks.has(v)) return false;
      seen.get(home)!.add(v);
      return true;
    });
  }
  return groups
    .filter((group) => stored.get(group)!.size + seen.get(group)!.size > 0)
    .map((group) => ({
      group,
      stores: order.filter((v) => stored.get(group)!.has(v)),
      looks: order.filter((v) => seen.get(group)!.has(v)),
      loads: [...loaded.get(group)!],
    }));
}

/** Collects what a group reads to compute values: leaves, and what `isLoaded` finds in memory rather than computes again. */
function load(
  values: readonly Value[],
  group: Group,
  groupOf: ReadonlyMap<Value, Group>,
  loads: Set<Value>,
  isLoaded: (v: Value, home: Group) => boolean,
): void {
  const visited = new Set<Value>();
  const visit = (v: Value): void => {
    if (visited.has(v)) return;
    visited.add(v);
    const home = groupOf.get(v);
    const isEarlier = home !== undefined && home.number < group.number;
    if (home !== group && (isLeaf(v) || (isEarlier && isLoaded(v, home)))) loads.add(v);
    else for (const input of v.inputs) visit(input);
  };
  for (const v of values) visit(v);
}

/** Maps that are computed in passing and cost more than memory. */
function dearValues(
  order: readonly Value[],
  anchors: ReadonlySet<Value>,
  groupOf: ReadonlyMap<Value, Group>,
): Set<Value> {
  const dear = new Set<Value>();
  const price = new Map<Value, number>();
  for (const v of order) {
    if (v.op.lower.kind !== 'pull' || anchors.has(v)) {
      price.set(v, 1);
      continue;
    }
    const total = v.op.lower.cost + v.inputs.reduce((n, i) => n + price.get(i)!, 0);
    const isDear = total > dearerThanMemory && groupOf.has(v) && v.op.lower.form === 'map';
    if (isDear) dear.add(v);
    price.set(v, isDear ? 1 : total);
  }
  return dear;
}
