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
  /** Read from memory. */
  readonly loads: readonly Value[];
}

/** Decides for every group: it loads what an earlier one stores, and computes the rest itself; groups that nobody needs are left out. */
export function decideStores({ order, groups, groupOf, anchors }: Grouping): GroupStores[] {
  const dear = dearValues(order, anchors, groupOf);
  const needed = new Map<Group, Set<Value>>(groups.map((g) => [g, new Set<Value>()]));
  for (const v of anchors) needed.get(groupOf.get(v)!)?.add(v);

  const result: GroupStores[] = [];
  for (const group of [...groups].reverse()) {
    const stores = needed.get(group)!;
    if (stores.size === 0) continue;
    const loads = new Set<Value>();
    const seen = new Set<Value>();
    const visit = (v: Value): void => {
      if (seen.has(v)) return;
      seen.add(v);
      const home = groupOf.get(v);
      if (home === group) {
        for (const input of v.inputs) visit(input);
      } else if (isLeaf(v)) {
        loads.add(v);
      } else if (
        home &&
        home.number < group.number &&
        (v.op.lower.kind === 'reduce' || anchors.has(v) || dear.has(v))
      ) {
        needed.get(home)!.add(v);
        loads.add(v);
      } else {
        for (const input of v.inputs) visit(input);
      }
    };
    for (const v of stores) visit(v);
    for (const v of group.reduces) visit(v);
    if (group.rowSum) visit(group.rowSum);
    result.push({ group, stores: order.filter((v) => stores.has(v)), loads: [...loads] });
  }
  return result.reverse();
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
