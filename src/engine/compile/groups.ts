/**
 * Which values are computed together: each group becomes one kernel. A group grows around its first reduction (its core),
 * taking in, in topological order, every map and every like-shaped reduction that is ready when the group runs.
 *
 * - `product`: a matrix product; maps of the result's elements follow in registers (bias, activation, their gradients).
 * - `rows`: reductions over one row structure and maps of rows and of row elements: softmax, cross-entropy with its
 *   gradient, norms, sums, convolution in its plain form.
 * - `map`: no reduction, maps of one size: the optimiser's update over the parameter arena.
 */
import { type Expr, variable } from '../ir/expr.ts';
import { topological } from '../ir/graph.ts';
import { flatten, unflatten } from '../ir/index-math.ts';
import { type Shape, sameShape, sizeOf } from '../ir/shape.ts';
import type { Value } from '../ir/value.ts';
import type { AxesAttrs } from '../ops/core.ts';
import { chooseInPlace, type InPlace, isContiguous } from './in-place.ts';
import { CannotLower, type Lower, lowering } from './lower.ts';
import { productForm, productIndex } from './product-form.ts';
import { indexIn, type RowSpace, sameSpace, spaceOf, spaceVariables } from './row-space.ts';

export type GroupKind = 'product' | 'rows' | 'map';

export interface Group {
  readonly number: number;
  readonly kind: GroupKind;
  readonly core: Value;
  /** Reductions computed here, in order; the core first. Empty for a map. */
  readonly reduces: Value[];
  /** Maps that can be computed here from what the group holds. */
  readonly members: Set<Value>;
  readonly space: RowSpace;
  /** A product's left operand summed over the inner axis, for free with the product (a bias gradient). */
  rowSum: Value | null;
}

export interface Grouping {
  readonly order: readonly Value[];
  /** In the order in which they run; those for looks alone are the last. */
  readonly groups: readonly Group[];
  readonly groupOf: ReadonlyMap<Value, Group>;
  /** The same, and the groups of what only looks need. */
  readonly groupForLooks: ReadonlyMap<Value, Group>;
  /** What must be in memory: roots, and the arithmetic that products read. */
  readonly anchors: ReadonlySet<Value>;
  /** What must be in memory for looks alone. */
  readonly looks: ReadonlySet<Value>;
  /** Concatenations among the anchors that no kernel writes, since their parts are. */
  readonly inPlace: InPlace;
}

/** The cost of a gather above which a product does not do it for each element that it reads. */
const dearGather = 4;

export const isLeaf = (v: Value): boolean => v.op.lower.kind === 'leaf';
const isReduce = (v: Value): boolean => v.op.lower.kind === 'reduce';

/** A value whose elements are those of another, in the same order. */
export function behindReshapes(v: Value): Value {
  return v.op.id === 'reshape' ? behindReshapes(v.inputs[0]!) : v;
}

/** The value behind moves of elements: where arithmetic ends, or where several values come together. */
export function behindMoves(v: Value): Value {
  const moves = v.op.lower.kind === 'pull' && v.op.lower.form === 'move' && v.inputs.length === 1;
  return moves ? behindMoves(v.inputs[0]!) : v;
}

/** Groups the graph of the roots, as if there were no looks; then what these need beside it. */
export function groupGraph(roots: readonly Value[], lookedAt: readonly Value[] = []): Grouping {
  const order = topological([...roots, ...lookedAt]);
  const needed = new Set(topological(roots));
  const rank = new Map(order.map((v, i) => [v, i]));
  const anchors = findAnchors([...needed], roots);
  const inPlace = chooseInPlace([...anchors].filter(isContiguous), (part) => {
    const v = behindReshapes(part);
    const { lower } = v.op;
    const isComputed =
      lower.kind === 'reduce' || (lower.kind === 'pull' && (lower.form === 'map' || v.op.id === 'concat'));
    return isComputed && !isContiguous(v) ? v : null;
  });
  for (const part of inPlace.parts.keys()) anchors.add(part);
  const groups: Group[] = [];
  const grouped = new Map<Value, Group>();
  let wanted: ReadonlySet<Value> = anchors;
  const ready = new Map<Value, number>();
  /** What waits for a reduction that has no group; asked again when one gets its group. */
  const waiting = new Set<Value>();

  /** The first group number after which a value is at hand; Infinity while something it needs is not yet grouped. */
  const readyAfter = (v: Value): number => {
    const known = ready.get(v);
    if (known !== undefined) return known;
    const group = grouped.get(v);
    if (group) return group.number;
    if (isLeaf(v)) return -1;
    if (isReduce(v) || waiting.has(v)) return Number.POSITIVE_INFINITY;
    const after = v.inputs.reduce((n, i) => Math.max(n, readyAfter(i)), -1);
    if (Number.isFinite(after)) ready.set(v, after);
    else waiting.add(v);
    return after;
  };

  const open = (core: Value): void => {
    const number = groups.length;
    const kind: GroupKind = !isReduce(core) ? 'map' : productForm(core) ? 'product' : 'rows';
    const group: Group = {
      number,
      kind,
      core,
      reduces: isReduce(core) ? [core] : [],
      members: new Set(isReduce(core) ? [] : [core]),
      space: spaceOf(core),
      rowSum: null,
    };
    groups.push(group);
    const take = (v: Value): void => {
      grouped.set(v, group);
      if (isReduce(v)) waiting.clear();
    };
    take(core);
    if (inPlace.wholes.has(core)) return;
    if (kind === 'map') absorb(group, grouped);
    // What every step runs folds nothing for looks.
    const later = order
      .slice(rank.get(core)! + 1)
      .filter((v) => !needed.has(core) || needed.has(v) || !isReduce(v));
    grow(group, later, grouped, take, readyAfter, wanted);
  };

  for (const v of order) {
    if (grouped.has(v) || !needed.has(v)) continue;
    if (isReduce(v) || (anchors.has(v) && !isLeaf(v))) open(v);
  }
  const groupOf = new Map(grouped);
  const looks = findAnchors(
    order.filter((v) => !needed.has(v)),
    lookedAt,
  );
  for (const v of looks) if (anchors.has(v) || isLeaf(v)) looks.delete(v);
  wanted = looks;
  for (const v of order) {
    if (grouped.has(v)) continue;
    if (isReduce(v) && !needed.has(v)) open(v);
    if (!looks.has(v) || isReduce(v)) continue;
    // Whatever walks over as many elements can make one of these in passing.
    const host = groups.find(
      (group) => !inPlace.wholes.has(group.core) && hosts(group, v, grouped, readyAfter),
    );
    if (!host) {
      open(v);
      continue;
    }
    host.members.add(v);
    grouped.set(v, host);
  }
  return { order, groups, groupOf, groupForLooks: grouped, anchors, looks, inPlace };
}

/** Roots, and the arithmetic under each operand of a product: what is read many times is computed once. */
function findAnchors(order: readonly Value[], roots: readonly Value[]): Set<Value> {
  const anchors = new Set<Value>();
  for (const root of roots) anchors.add(behindReshapes(root));
  for (const v of order) {
    if (v.op.lower.kind !== 'reduce' || v.op.lower.family === 'fold') continue;
    for (const input of v.inputs) {
      const operand = behindMoves(input);
      if (isDearToRead(operand) || operand.op.id === 'concat') anchors.add(operand);
    }
  }
  return anchors;
}

/**
 * A map takes in what it computes on the way, so that others can have it stored (a recurrent cell beside its output) rather
 * than compute it again, with all that came before it.
 */
function absorb(group: Group, groupOf: Map<Value, Group>): void {
  const visit = (v: Value): void => {
    for (const i of v.inputs) {
      if (groupOf.has(i) || i.op.lower.kind !== 'pull' || i.op.lower.form !== 'map') continue;
      if (!sameShape(i.shape, group.core.shape)) continue;
      group.members.add(i);
      groupOf.set(i, group);
      visit(i);
    }
  };
  visit(group.core);
}

/** Arithmetic, or a gather that asks more than one number for each element. */
function isDearToRead({ op: { lower } }: Value): boolean {
  return (
    lower.kind === 'pull' && (lower.form === 'map' || (lower.form === 'gather' && lower.cost > dearGather))
  );
}

function grow(
  group: Group,
  later: readonly Value[],
  groupOf: ReadonlyMap<Value, Group>,
  take: (v: Value) => void,
  readyAfter: (v: Value) => number,
  anchors: ReadonlySet<Value>,
): void {
  const reach = new Set<Value>([group.core]);
  const available = (v: Value): boolean =>
    inside(group, v) || readyAfter(v) < group.number || v.inputs.length === 0;
  const lower = groupLowering(
    group,
    (v) => isLeaf(v) || (!inside(group, v) && isStoredBefore(group, v, groupOf)),
  );
  for (const v of later) {
    if (groupOf.has(v)) continue;
    const near = v.inputs.some((i) => reach.has(i));
    if (isReduce(v)) {
      if (!v.inputs.every((i) => reachable(i, available))) continue;
      if (group.kind === 'rows' && sameSpace(group.space, spaceOf(v)) && lowersReduce(group, v, lower)) {
        group.reduces.push(v);
        take(v);
        reach.add(v);
      } else if (isRowSumOf(group, v)) {
        group.rowSum = v;
        take(v);
      }
      continue;
    }
    if (v.op.lower.kind !== 'pull' || !(near || group.kind === 'map') || !v.inputs.every((i) => available(i)))
      continue;
    if (group.kind === 'map' && !near && !anchors.has(v)) continue;
    if (!lowersMember(group, v, lower)) continue;
    group.members.add(v);
    take(v);
    reach.add(v);
  }
}

/** Whether a group could compute a map that it has no part in. */
function hosts(
  group: Group,
  v: Value,
  groupOf: ReadonlyMap<Value, Group>,
  readyAfter: (v: Value) => number,
): boolean {
  const isStored = (x: Value): boolean =>
    isLeaf(x) || (!inside(group, x) && isStoredBefore(group, x, groupOf));
  return (
    v.inputs.every((i) => inside(group, i) || isLeaf(i) || readyAfter(i) < group.number) &&
    lowersMember(group, v, groupLowering(group, isStored))
  );
}

const inside = (group: Group, v: Value): boolean => group.members.has(v) || group.reduces.includes(v);

/** Whether an input can be computed inside: it is available, or a pull of available values. */
function reachable(
  v: Value,
  available: (v: Value) => boolean,
  asked: Map<Value, boolean> = new Map(),
): boolean {
  const known = asked.get(v);
  if (known !== undefined) return known;
  const found =
    available(v) ||
    (v.op.lower.kind === 'pull' &&
      v.inputs.length > 0 &&
      v.inputs.every((i) => reachable(i, available, asked)));
  asked.set(v, found);
  return found;
}

/**
 * While grouping, everything that an earlier group computes may be assumed to be in memory; a constant that a later group
 * stores may not.
 */
function isStoredBefore(group: Group, v: Value, groupOf: ReadonlyMap<Value, Group>): boolean {
  return (groupOf.get(v)?.number ?? Number.POSITIVE_INFINITY) < group.number;
}

/** The element reader inside a group: reductions are held in registers at the row (or product element) they belong to. */
export function groupLowering(group: Group, stored: (v: Value) => boolean): Lower {
  const at = coreIndex(group);
  const place = flatten(at, group.core.shape);
  return lowering({
    stored,
    bound: (v, index) => {
      if (!group.reduces.includes(v)) return null;
      if (flatten(index, v.shape) !== place)
        throw new CannotLower(`${v.op.id} is asked for at another place`);
      return variable(reduceName(group, v), v.dtype);
    },
  });
}

/** The name of the register that holds a reduction. */
export function reduceName(group: Group, v: Value): string {
  return `r${group.reduces.indexOf(v)}`;
}

/** The index of the core's element that a thread, or a workgroup, is at. */
export function coreIndex(group: Group): Expr[] {
  return group.kind === 'product'
    ? productIndex(group.core)
    : unflatten(spaceVariables(group.space).row, group.space.kept);
}

/** The index at which a member is computed beside the core; null where it does not fit. */
export function memberIndex(group: Group, v: Value, whole: boolean): Expr[] | null {
  return (whole ? null : moved(group, v)) ?? placedAs(group, v, whole);
}

/** Where what is computed here goes when its axes change places: a result is stored transposed as easily as not. */
function moved(group: Group, v: Value): Expr[] | null {
  const from = v.inputs.find((i) => inside(group, i) && sizeOf(i.shape) === sizeOf(v.shape));
  if (!from || v.op.lower.kind !== 'pull' || isReduce(v)) return null;
  const at = memberIndex(group, from, isWhole(group, from));
  if (!at) return null;
  if (v.op.id === 'transpose') return (v.attrs as { perm: readonly number[] }).perm.map((p) => at[p]!);
  if (v.op.id === 'reshape') return unflatten(flatten(at, from.shape), v.shape);
  return v.op.lower.form === 'map' && sameShape(from.shape, v.shape) ? at : null;
}

function placedAs(group: Group, v: Value, whole: boolean): Expr[] | null {
  if (group.kind === 'product') {
    if (sizeOf(v.shape) !== sizeOf(group.core.shape)) return null;
    const at = productIndex(group.core);
    return sameShape(v.shape, group.core.shape) ? at : unflatten(flatten(at, group.core.shape), v.shape);
  }
  const { row, col } = spaceVariables(group.space);
  return indexIn(group.space, v, row, whole ? col : null);
}

/** Whether a member has one element for each row element (else one for each row). */
export function isWhole(group: Group, v: { readonly shape: Shape }): boolean {
  return group.kind === 'rows' && group.space.cols > 1 && sizeOf(v.shape) !== group.space.rows;
}

function lowersMember(group: Group, v: Value, lower: Lower): boolean {
  const index = memberIndex(group, v, isWhole(group, v));
  return index !== null && succeeds(() => lower(v, index));
}

function lowersReduce(group: Group, v: Value, lower: Lower): boolean {
  const { row, col } = spaceVariables(group.space);
  return succeeds(() => reduceElement(v, unflatten(row, v.shape), unflatten(col, spaceOf(v).reduced), lower));
}

/** The expression that a reduction folds, at an output index and a place in its domain. */
export function reduceElement(v: Value, index: readonly Expr[], k: readonly Expr[], lower: Lower): Expr {
  if (v.op.lower.kind !== 'reduce') throw new CannotLower(`${v.op.id} does not reduce`);
  return v.op.lower.element(
    { read: (i, at) => lower(v.inputs[i]!, at), inputs: v.inputs, out: v, attrs: v.attrs },
    index,
    k,
  );
}

/** Whether v sums the product's left operand (as it stands before transposing) over the product's inner axis. */
function isRowSumOf(group: Group, v: Value): boolean {
  if (group.kind !== 'product' || group.rowSum || v.op.id !== 'sum' || group.core.shape.length !== 2)
    return false;
  const left = group.core.inputs[0]!;
  if (left.op.id !== 'transpose') return false;
  const { axes } = v.attrs as AxesAttrs;
  return (
    behindReshapes(v.inputs[0]!) === behindReshapes(left.inputs[0]!) &&
    v.inputs[0]!.shape.length === 2 &&
    axes.length === 1 &&
    axes[0] === 0
  );
}

function succeeds(attempt: () => unknown): boolean {
  try {
    attempt();
    return true;
  } catch (error) {
    if (error instanceof CannotLower) return false;
    throw error;
  }
}
