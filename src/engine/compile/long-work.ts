/**
 * Long dispatches are cut: one that would keep the device busy for so long that the operating system resets it, or that the
 * window stands still, becomes several over ranges of its workgroups. They compute the same numbers in the same way.
 */
import { mostArguments, withFirstGroup } from '../wgsl/arguments.ts';
import { groupsPerDimension } from '../wgsl/module.ts';
import type { Dispatch, Program } from './program.ts';

/** The workgroups of a dispatch. */
export const groupsOf = ({ grid: [x, y] }: Dispatch): number => x * y;

/** The same program with dispatches cut into as many parts as asked for. */
export function cutLongWork(program: Program, partsOf: (d: Dispatch) => number): Program {
  return { ...program, dispatches: program.dispatches.flatMap((d) => cut(d, partsOf(d))) };
}

function cut(d: Dispatch, parts: number): readonly Dispatch[] {
  const groups = groupsOf(d);
  if (parts <= 1 || groups <= 1 || d.args.length >= mostArguments) return [d];
  const each = Math.min(groupsPerDimension, Math.ceil(groups / parts));
  const wgsl = withFirstGroup(d.wgsl, { binding: d.bindings.length, argument: d.args.length });
  return Array.from({ length: Math.ceil(groups / each) }, (_, part): Dispatch => {
    const first = part * each;
    const count = Math.min(each, groups - first);
    return {
      ...d,
      label: `${d.label} ${part + 1}/${Math.ceil(groups / each)}`,
      wgsl,
      grid: [count, 1],
      args: [...d.args, first],
      flops: (d.flops * count) / groups,
    };
  });
}
