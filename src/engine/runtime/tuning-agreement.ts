/**
 * Candidates of the tuner must compute the same: a driver that miscompiles one of them would otherwise be trained on, and be
 * preferred for it, since what does too little is fast. All run on the same numbers, and those that most agree on stay.
 */
import type { CutQuestion } from '../compile/compile.ts';
import type { Place } from '../compile/program.ts';
import { isHalf } from '../compile/tiling.ts';
import { run } from './long-work.ts';
import type { LoadedProgram, Machine } from './machine.ts';

/** One way to cut a product, ready to run. */
export interface Candidate {
  readonly cut: string;
  readonly program: LoadedProgram;
}

/** Numbers that operands are filled with, over and over; a prime, so that rows differ. */
const patternLength = 65_521;
const pattern: Place = { buffer: 'tuning:pattern', offset: 0, length: patternLength };
/** Results that are compared at most, at either end of each: where tiles are not whole. */
const compared = 32_768;
/** What rounding may make of a result, of the largest. */
const rounding = 1e-4;
/** The same where factors have 16 bits. */
const halfRounding = 2e-3;
/** Of so many results one may differ by more: what is compared with a bound can fall to either side of it. */
const resultsPerStray = 10_000;

/** The candidates of the largest group that agrees; of equally large ones, that of the plainest kernel. */
export async function agreeing(
  machine: Machine,
  { reads, results }: Pick<CutQuestion, 'reads' | 'results'>,
  candidates: readonly Candidate[],
): Promise<readonly Candidate[]> {
  await machine.reserve({ [pattern.buffer]: pattern.length });
  machine.write(pattern, numbers());
  const groups: { readonly of: readonly Float32Array[]; readonly all: Candidate[] }[] = [];
  // What is rounded is compared with what is not.
  const [whole, halves] = [false, true].map((half) => candidates.filter(({ cut }) => isHalf(cut) === half));
  for (const candidate of [...whole!, ...halves!]) {
    const within = isHalf(candidate.cut) ? halfRounding : rounding;
    fill(machine, candidate.program, reads);
    await run(machine, candidate.program);
    const own: Float32Array[] = [];
    for (const place of results.flatMap(endsOf)) own.push(new Float32Array(await machine.read(place)));
    const known = groups.find(({ of }) => of.every((expected, i) => isSame(own[i]!, expected, within)));
    if (known) known.all.push(candidate);
    else groups.push({ of: own, all: [candidate] });
  }
  const weight = ({ all }: (typeof groups)[number]): number =>
    all.length + (all.some(({ cut }) => cut.startsWith('direct ')) ? 0.5 : 0);
  return groups.reduce((best, group) => (weight(group) > weight(best) ? group : best)).all;
}

/** Between -1 and 1, by a linear congruential generator: the same for all candidates. */
function numbers(): Float32Array<ArrayBuffer> {
  let state = 1;
  return Float32Array.from({ length: patternLength }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}

/** Makes everything zero but what is read. */
function fill(machine: Machine, { program }: LoadedProgram, reads: readonly Place[]): void {
  const encoder = machine.device.createCommandEncoder();
  for (const name of Object.keys(program.buffers)) machine.clear(encoder, name);
  for (const { buffer, offset, length } of reads)
    for (let at = 0; at < length; at += patternLength) {
      const part = Math.min(patternLength, length - at);
      machine.copy(encoder, { ...pattern, length: part }, { buffer, offset: offset + at, length: part });
    }
  machine.device.queue.submit([encoder.finish()]);
}

function endsOf(place: Place): Place[] {
  if (place.length <= 2 * compared) return [place];
  const last = place.offset + place.length - compared;
  return [
    { ...place, length: compared },
    { ...place, offset: last, length: compared },
  ];
}

/** Whether two lists of results are the same but for rounding. */
function isSame(got: Float32Array, expected: Float32Array, within: number): boolean {
  const largest = expected.reduce((m, v) => (Number.isFinite(v) ? Math.max(m, Math.abs(v)) : m), 0);
  const strays = got.reduce((n, v, i) => {
    const e = expected[i]!;
    return n + (Object.is(v, e) || Math.abs(v - e) <= within * largest ? 0 : 1);
  }, 0);
  return strays <= Math.floor(got.length / resultsPerStray);
}
