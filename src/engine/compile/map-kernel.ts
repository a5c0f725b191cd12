/**
 * The kernel of a `map` group: every thread takes elements in strides, so that what is the same for all of them is computed
 * once for several. Where there is enough to do, it takes four neighbours at a time, read and written at once.
 */
import { type Expr, i32, variable } from '../ir/expr.ts';
import { add, flatten, lessThan, mul, scale } from '../ir/index-math.ts';
import { groupVariable, type Kernel, laneVariable, type Stmt } from '../ir/kernel.ts';
import type { Value } from '../ir/value.ts';
import type { Group } from './groups.ts';
import { type Results, whenLooking } from './looks.ts';
import type { Lower } from './lower.ts';
import { isLong, readTogether } from './quads.ts';
import { indexIn, spaceVariables } from './row-space.ts';
import type { ProcessorKind } from './tiling.ts';

const threads = 64;
/** Workgroups at most: enough to fill the device, few enough to share what all elements have in common. */
const mostGroups: Readonly<Record<ProcessorKind, number>> = {
  cpu: 16,
  gpu: 512,
  cpuTeam: 1,
  gpuTeam: 4,
};
/** Elements from which on a thread takes four at a time. */
const manyElements: Readonly<Record<ProcessorKind, number>> = {
  cpu: 1024,
  gpu: 65_536,
  cpuTeam: Number.POSITIVE_INFINITY,
  gpuTeam: Number.POSITIVE_INFINITY,
};

export function mapKernel(
  group: Group,
  { stores, lower, looks, lowerForLooks }: Results,
  name: string,
  on: ProcessorKind,
): Kernel {
  const { rows } = group.space;
  const { row } = spaceVariables(group.space);
  const isDear = stores.some((v) => isLong(lower(v, indexIn(group.space, v, row, null)!)));
  const width = rows % 4 === 0 && rows >= manyElements[on] && !isDear ? 4 : 1;
  const items = rows / width;
  const groups = Math.min(Math.ceil(items / threads), mostGroups[on]);
  const start = add(
    mul(variable(groupVariable, 'i32', groups), i32(threads)),
    variable(laneVariable, 'i32', threads),
  );
  const item = variable('item', 'i32', items);
  const elements = width === 4 ? fourElements : oneElement;
  const body = [
    ...elements(group, stores, lower, item, 'out'),
    ...whenLooking(elements(group, looks, lowerForLooks, item, 'look')),
  ];
  const isExact = items % threads === 0;
  const whole: Stmt[] =
    groups * threads < items
      ? [{ kind: 'for', name: 'item', from: start, to: i32(items), by: groups * threads, body }]
      : [
          { kind: 'let', name: 'item', value: start },
          ...(isExact
            ? body
            : [{ kind: 'if', cond: lessThan(variable('item', 'i32'), i32(items)), body } as const]),
        ];
  return { name, threads, groups, shared: [], body: whole, flops: rows * 2, variant: null };
}

/** All values before all stores: a result may take the place of what another one reads. */
function oneElement(group: Group, stores: readonly Value[], lower: Lower, row: Expr, named: string): Stmt[] {
  const values = stores.map((v, i): Stmt => {
    return { kind: 'let', name: `${named}${i}`, value: lower(v, indexIn(group.space, v, row, null)!) };
  });
  const written = stores.map((v, i): Stmt => {
    const index = flatten(indexIn(group.space, v, row, null)!, v.shape);
    return { kind: 'store', slot: v.id, index, value: variable(`${named}${i}`, v.dtype) };
  });
  return [...values, ...written];
}

function fourElements(
  group: Group,
  stores: readonly Value[],
  lower: Lower,
  item: Expr,
  named: string,
): Stmt[] {
  const lanes = [0, 1, 2, 3] as const;
  const values = stores.flatMap((v, i) =>
    lanes.map((lane): Stmt => {
      const index = indexIn(group.space, v, add(scale(item, 4), i32(lane)), null)!;
      return { kind: 'let', name: `${named}${i}_${lane}`, value: readTogether(lower(v, index)) };
    }),
  );
  const written = stores.map((v, i): Stmt => {
    const [x, y, z, w] = lanes.map((lane) => variable(`${named}${i}_${lane}`, v.dtype));
    return { kind: 'storeQuad', slot: v.id, index: item, values: [x!, y!, z!, w!] };
  });
  return [...values, ...written];
}
