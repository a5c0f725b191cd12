/**
 * Several kernels as one that a single workgroup runs: one behind the other, with a barrier after each. A whole program, too, as
 * many times as it is told: small nets are bound by what a dispatch costs and not by what it computes, and here one dispatch
 * is many steps.
 */
import { invariant } from '../errors.ts';
import type { DType } from '../ir/dtype.ts';
import { type Expr, i32, load, uniform, variable } from '../ir/expr.ts';
import { binary, divide } from '../ir/index-math.ts';
import {
  bodyOf,
  groupVariable,
  type Kernel,
  laneVariable,
  type SharedArray,
  type Stmt,
} from '../ir/kernel.ts';
import { dispatchOf, type Operand, type PlacedKernel, slotsOf } from './bindings.ts';
import type { CompileOptions } from './compile.ts';
import { whenLooking } from './looks.ts';
import { aligned } from './memory.ts';
import type { Place, Program } from './program.ts';
import { rebuildExpr } from './rebuild.ts';
import { type Roll, rollUp } from './roll.ts';
import { teamOf, teamThreads } from './tiling.ts';

/** The argument that says how many times the program runs. */
const turnsArgument = 'turns';

/** The kernels as one, run by a single workgroup; those whose threads wait for each other must have exactly `threads`. */
export function joinKernels(name: string, kernels: readonly PlacedKernel[], threads: number): PlacedKernel {
  return joinRolls(
    name,
    kernels.map((kernel, i) => ({ kernels: [kernel], turns: 1, counter: `roll${i}` })),
    threads,
  );
}

function joinRolls(name: string, rolls: readonly Roll[], threads: number): PlacedKernel {
  const pool = new SharedPool();
  const operands = new Map<number, Operand>();
  let sections = 0;
  const sectionOf = ({ kernel, operandOf, onlyLooks }: PlacedKernel): Stmt[] => {
    for (const slot of slotsOf(kernel.body).keys()) operands.set(slot, operandOf(slot));
    const one = section({ ...kernel, body: pool.join(kernel) }, sections++, threads);
    return [...(onlyLooks ? whenLooking([one]) : [one]), { kind: 'barrier', of: 'operands' }];
  };
  const body = rolls.flatMap(({ kernels, turns, counter }): Stmt[] => {
    const once = kernels.flatMap(sectionOf);
    return turns === 1
      ? once
      : [{ kind: 'for', name: counter, from: i32(0), to: i32(turns), by: 1, body: once }];
  });
  return {
    kernel: {
      name,
      threads,
      groups: 1,
      shared: pool.arrays,
      body,
      flops: rolls.reduce(
        (n, { kernels, turns }) => n + turns * kernels.reduce((sum, { kernel }) => sum + kernel.flops, 0),
        0,
      ),
      variant: null,
    },
    operandOf: (slot) => operands.get(slot)!,
  };
}

/** A kernel of one workgroup, as many times as an argument says. */
function repeated({ kernel, operandOf }: PlacedKernel): PlacedKernel {
  const turns: Stmt = {
    kind: 'for',
    name: 'turn',
    from: i32(0),
    to: uniform(turnsArgument, 'i32'),
    by: 1,
    body: kernel.body,
  };
  return { kernel: { ...kernel, body: [turns] }, operandOf };
}

const waits = (stmts: readonly Stmt[]): boolean =>
  stmts.some((s) => s.kind === 'barrier' || waits(bodyOf(s)));

/** A kernel of many workgroups as a loop of one. */
function section({ name, threads, groups, body }: Kernel, number: number, team: number): Stmt {
  if (waits(body)) {
    invariant(threads === team, `${name} has the threads of its team`);
    const group = `group${number}`;
    return {
      kind: 'for',
      name: group,
      from: i32(0),
      to: i32(groups),
      by: 1,
      // The next group takes the same shared memory.
      body: [define(groupVariable, variable(group, 'i32', groups)), ...body, { kind: 'barrier' }],
    };
  }
  const thread = `thread${number}`;
  const at = variable(thread, 'i32', groups * threads);
  return {
    kind: 'for',
    name: thread,
    from: variable(laneVariable, 'i32', team),
    to: i32(groups * threads),
    by: team,
    body: [
      define(groupVariable, divide(at, threads)),
      define(laneVariable, binary('mod', at, i32(threads))),
      ...body,
    ],
  };
}

const define = (name: string, value: Expr): Stmt => ({ kind: 'let', name, value });

/** Kernels take shared memory in turns, so that together they need no more than the one that needs the most. */
class SharedPool {
  readonly arrays: SharedArray[] = [];

  /** The kernel's statements on the pool's arrays. */
  join({ shared, body }: Kernel): readonly Stmt[] {
    if (shared.length === 0) return body;
    const taken = new Set<number>();
    const slots = new Map(shared.map((array) => [array.slot, this.take(array, taken)]));
    return body.map((s) => withSlots(s, (slot) => slots.get(slot) ?? slot));
  }

  /** An array of the pool that the kernel does not have yet, grown to what it needs. */
  private take({ type, length, space, quads }: SharedArray, taken: Set<number>): number {
    const known = this.arrays.findIndex(
      (a, i) => !taken.has(i) && a.type === type && a.space === space && a.quads === quads,
    );
    const i = known < 0 ? this.arrays.length : known;
    const before = this.arrays[i]?.length ?? 0;
    this.arrays[i] = { slot: -1 - i, type, length: Math.max(before, length), space, quads };
    taken.add(i);
    return -1 - i;
  }
}

/** A statement whose arrays have other slots. */
function withSlots(s: Stmt, slotOf: (slot: number) => number): Stmt {
  const moved = (e: Expr): Expr =>
    rebuildExpr(e, (x) =>
      x.kind === 'load' && x.slot < 0 ? load(slotOf(x.slot), moved(x.index), x.type as DType) : null,
    );
  switch (s.kind) {
    case 'let':
    case 'var':
    case 'assign':
      return { ...s, value: moved(s.value) };
    case 'for':
      return { ...s, from: moved(s.from), to: moved(s.to), body: s.body.map((b) => withSlots(b, slotOf)) };
    case 'if':
      return { ...s, cond: moved(s.cond), body: s.body.map((b) => withSlots(b, slotOf)) };
    case 'store':
      return { ...s, slot: slotOf(s.slot), index: moved(s.index), value: moved(s.value) };
    case 'storeQuad': {
      const [x, y, z, w] = s.values;
      return { ...s, index: moved(s.index), values: [moved(x), moved(y), moved(z), moved(w)] };
    }
    case 'barrier':
      return s;
    default:
      return s satisfies never;
  }
}

/**
 * The kernels as a program of one dispatch, which runs them once. The given buffers are joined to one for each type, so that
 * a workgroup can bind them all; `homes` says where each is then found. `texts` counts the kernels that are written out.
 */
export function teamProgram(
  kernels: readonly PlacedKernel[],
  buffers: Readonly<Record<string, number>>,
  { processor, maxBindings, uniforms }: CompileOptions,
): {
  readonly program: Program;
  readonly homes: Readonly<Record<string, Place>>;
  readonly texts: number;
} {
  const { homes, sizes } = joinBuffers(kernels, buffers);
  const atHome = ({ type, place }: Operand): Operand => {
    const home = homes[place.buffer];
    return {
      type,
      place: home ? { ...place, buffer: home.buffer, offset: home.offset + place.offset } : place,
    };
  };
  const rolls = rollUp(kernels.map((k) => ({ ...k, operandOf: (slot) => atHome(k.operandOf(slot)) })));
  const team = repeated(joinRolls('steps', rolls, teamThreads[teamOf(processor)]));
  const dispatch = dispatchOf(team, { maxBindings, uniforms, args: { [turnsArgument]: 1 } });
  const apart = Object.entries(buffers).filter(([name]) => !homes[name]);
  return {
    program: { dispatches: [dispatch], buffers: { ...Object.fromEntries(apart), ...sizes }, uniforms },
    homes,
    texts: rolls.reduce((n, roll) => n + roll.kernels.length, 0),
  };
}

function joinBuffers(
  kernels: readonly PlacedKernel[],
  buffers: Readonly<Record<string, number>>,
): { readonly homes: Record<string, Place>; readonly sizes: Record<string, number> } {
  const homes: Record<string, Place> = {};
  const sizes: Record<string, number> = {};
  const operands = kernels.flatMap((k) => [...slotsOf(k.kernel.body).keys()].map(k.operandOf));
  for (const { type, place } of operands) {
    const elements = buffers[place.buffer];
    if (place.buffer in homes || elements === undefined) continue;
    const home = `team:${type}`;
    const length = aligned(elements);
    const offset = sizes[home] ?? 0;
    homes[place.buffer] = { buffer: home, offset, length };
    sizes[home] = offset + length;
  }
  return { homes, sizes };
}
