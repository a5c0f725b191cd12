/**
 * What comes between the gradients and the update, as one dispatch of a single workgroup: loss and metrics, the norm of the
 * gradients, whether all of it is sound, a row of the ring, and the next batch.
 */
import { type AdvanceSpec, advanceKernel } from '../compile/advance.ts';
import { dispatchOf, type PlacedKernel } from '../compile/bindings.ts';
import { type CompileOptions, compileGraph, type Wanted } from '../compile/compile.ts';
import type { Dispatch, Place } from '../compile/program.ts';
import { joinKernels } from '../compile/team.ts';
import { teamOf, teamThreads } from '../compile/tiling.ts';
import { invariant } from '../errors.ts';
import type { Shape } from '../ir/shape.ts';
import { reshape } from '../ops/core.ts';
import { less, mul, sqrt, sub } from '../ops/elementwise.ts';
import { input, inputAttrs, scalar } from '../ops/leaf.ts';
import { mean, sum } from '../ops/reduce.ts';
import { lossPlace, normPlace, soundPlace } from './places.ts';

export interface EndSpec {
  /** Numbers of all samples, and where their mean goes; none where that is known already. */
  readonly samples: ReadonlyArray<{ readonly shape: Shape; readonly place: Place; readonly mean: Place }>;
  /** The squares of the gradients, in sums. */
  readonly squares: Place;
  readonly advance: AdvanceSpec;
}

export interface EndProgram {
  readonly dispatch: Dispatch;
  /** What it is made of. */
  readonly kernels: readonly PlacedKernel[];
  readonly buffers: Readonly<Record<string, number>>;
}

export function compileEnd({ samples, squares, advance }: EndSpec, options: CompileOptions): EndProgram {
  const processor = teamOf(options.processor);
  const places: Record<string, Place> = { squares, loss: lossPlace };
  const means = samples.map(({ shape, place, mean: at }, i): Wanted => {
    places[`samples ${i}`] = place;
    return { value: mean(input(`samples ${i}`, shape, 'state'), 'all'), at };
  });
  const known = means.find(({ at }) => at === lossPlace)?.value;
  const loss = known ?? reshape(input('loss', [1], 'state'), []);
  const norm = sqrt(sum(input('squares', [squares.length], 'state'), 'all'));
  // Only finite numbers give 0 when they are taken from themselves.
  const sound = less(mul(sub(norm, norm), sub(loss, loss)), scalar(1));
  const { kernels, program } = compileGraph(
    [...means, { value: norm, at: normPlace }, { value: sound, at: soundPlace }],
    (leaf) => {
      const place = places[inputAttrs(leaf)?.name ?? ''];
      invariant(place, 'what the end of a step reads has a place');
      return place;
    },
    { ...options, processor, arena: 'end' },
  );
  const threads = teamThreads[processor];
  const all = [...kernels, advanceKernel(advance, threads)];
  return {
    dispatch: dispatchOf(joinKernels('loss, norm and next batch', all, threads), options),
    kernels: all,
    buffers: program.buffers,
  };
}
