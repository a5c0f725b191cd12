/**
 * Long dispatches are cut: one that would keep the device busy for so long that the operating system resets it, or that the
 * window stands still, becomes several over ranges of its workgroups. They compute the same numbers in the same way.
 */
import { invariant } from '../errors.ts';
import { mostArguments, withFirstGroup } from '../wgsl/arguments.ts';
import { groupsPerDimension } from '../wgsl/module.ts';
import { type Dispatch, type Program, takingArguments, withQuick } from './program.ts';

/** What a dispatch may take, and where. */
export interface LongWork {
  /** In ms. */
  readonly limit: number;
  readonly on: 'cpu' | 'gpu';
}

/** What the slowest adapters do in a millisecond, floating-point operations and bytes: what takes no longer there is not timed. */
const slowest: Readonly<Record<LongWork['on'], { readonly flops: number; readonly bytes: number }>> = {
  cpu: { flops: 5e5, bytes: 1e5 },
  gpu: { flops: 2e7, bytes: 5e6 },
};
/** However busy an adapter is, it is taken for no slower than these by so much. */
const mostDelay = 4;

/** What a dispatch takes on the slowest adapters, in ms. */
function longestMillis({ flops, bindings }: Dispatch, on: LongWork['on']): number {
  const moved = bindings.reduce((n, b) => n + 4 * b.length, 0);
  return Math.max(flops / slowest[on].flops, moved / slowest[on].bytes);
}

/** Into how many parts a dispatch may be cut at most; 1 where it is short everywhere, or cannot be cut. */
export function mostParts(d: Dispatch, { limit, on }: LongWork): number {
  const groups = Math.min(...withQuick(d).map(groupsOf));
  const millis = longestMillis(d, on);
  if (groups === 1 || withQuick(d).some(isFull) || millis <= limit) return 1;
  return Math.min(groups, Math.ceil((mostDelay * millis) / limit) + Math.ceil(groups / groupsPerDimension));
}

/** Arguments that a dispatch has beside its own when it is cut into so many parts, at most. */
const addedArguments = (d: Dispatch, parts: number): number =>
  parts === 1 ? 0 : withQuick(d).reduce((n, { args }) => n + parts - (args.length > 0 ? 1 : 0), 0);

/** Whether there is no room for another argument. */
const isFull = (d: Dispatch): boolean => d.args.length >= mostArguments;

/** The same program, with memory kept free for the arguments that it needs where its long dispatches are cut. */
export function withSpare(program: Program, work: LongWork): Program {
  const spare = program.dispatches.reduce((n, d) => n + addedArguments(d, mostParts(d, work)), 0);
  return spare === 0 ? program : { ...program, spare };
}

/** The workgroups of a dispatch. */
export const groupsOf = ({ grid: [x, y] }: Dispatch): number => x * y;

/** The same program with dispatches cut into as many parts as asked for. */
export function cutLongWork(program: Program, partsOf: (d: Dispatch) => number): Program {
  const cuts = program.dispatches.map((d) => cut(d, partsOf(d)));
  const dispatches = cuts.flat();
  if (program.spare === undefined) return { ...program, dispatches };
  const added = cuts.reduce(
    (n, parts, i) => n + takingArguments(parts).length - takingArguments([program.dispatches[i]!]).length,
    0,
  );
  invariant(added <= program.spare, `${added} more dispatches have room for their arguments`);
  return { ...program, dispatches, spare: program.spare - added };
}

function cut(d: Dispatch, parts: number): readonly Dispatch[] {
  const groups = groupsOf(d);
  if (parts <= 1 || groups <= 1 || isFull(d)) return [d];
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
      ...(d.quick && { quick: part === 0 ? d.quick.flatMap((q) => cut(q, parts)) : [] }),
    };
  });
}
