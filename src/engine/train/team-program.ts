/**
 * A step small enough for one workgroup, as dispatches that each run several steps: any number of steps is a few of them.
 * What the step changes lies in one buffer for each type, since a workgroup can bind only so many.
 */
import type { PlacedKernel } from '../compile/bindings.ts';
import type { CompileOptions } from '../compile/compile.ts';
import type { Place, Program } from '../compile/program.ts';
import { teamProgram } from '../compile/team.ts';
import { type ProcessorKind, type TeamKind, teamOf } from '../compile/tiling.ts';
import { invariant } from '../errors.ts';

/** How a step that one workgroup runs is dispatched. */
export interface TeamTurns {
  /** Steps that each dispatch of the program runs: 1, 2, 4 … */
  readonly turns: readonly number[];
  /** Kernels that are written out. */
  readonly texts: number;
  /** Where the buffers of the step lie in those that are joined. */
  readonly homes: Readonly<Record<string, Place>>;
}

interface TeamLimits {
  /** Multiply-adds and other operations of a step from which on the whole device is quicker than a workgroup of it. */
  readonly mostFlops: number;
  /** Operations of a dispatch: longer ones would hold up whatever else the device draws. */
  readonly flopsOfDispatch: number;
}

const limits: Readonly<Record<TeamKind, TeamLimits>> = {
  cpuTeam: { mostFlops: 1e6, flopsOfDispatch: 4e7 },
  gpuTeam: { mostFlops: 1e7, flopsOfDispatch: 4e8 },
};

/** Kernels of a step that are written out at most: their texts become one, which is compiled as a whole. */
export const mostTeamTexts = 24;
const mostTurns = 256;

/** Where a step of so many operations is to run: in one workgroup of the device, or on all of it. */
export function processorFor(flops: number, on: ProcessorKind): ProcessorKind {
  const team = teamOf(on);
  return flops <= limits[team].mostFlops ? team : on;
}

/** Joins the kernels of a step, whose buffers have the given sizes. */
export function compileTeam(
  kernels: readonly PlacedKernel[],
  buffers: Readonly<Record<string, number>>,
  options: CompileOptions,
): { readonly program: Program } & TeamTurns {
  const { flopsOfDispatch } = limits[teamOf(options.processor)];
  const { program, homes, texts } = teamProgram(kernels, buffers, options);
  const [once] = program.dispatches;
  invariant(once, 'a team has one dispatch');
  const turns: number[] = [1];
  for (let n = 2; n <= mostTurns && n * once.flops <= flopsOfDispatch; n *= 2) turns.push(n);
  const dispatches = turns.map((n) => ({ ...once, label: `steps × ${n}`, args: [n] }));
  return { program: { ...program, dispatches }, turns, homes, texts };
}
