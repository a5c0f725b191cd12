/**
 * A run that is judged as it goes, without a clock: the same steps are looked at and the same epochs are measured on every
 * machine, so the same document gives the same verdicts. For the command line and the zoo; the app looks as time allows.
 */
import { capturesPerChunk } from './plan.ts';
import type { Chunk, Trainer } from './trainer.ts';
import type { Watcher } from './watcher.ts';

/** Every one of the first steps is looked at, then every so many-th. */
const firstLooks = 256;
const laterLooks = 16;
/** Validation after so many steps, or an epoch where that is shorter. */
const evaluateSteps = 25;

const looksAt = (step: number): boolean => step < firstLooks || step % laterLooks === 0;

/** Trains to step `until`, judging every chunk before it is given. Ends early where the trainer does. */
export async function* watchedChunks(
  trainer: Trainer,
  watcher: Watcher,
  until: number,
): AsyncGenerator<Chunk> {
  const every = Math.min(evaluateSteps, trainer.stepsPerEpoch);
  const validates = trainer.facts.samples.validation > 0;
  while (trainer.step < until) {
    const toEvaluation = validates ? every - (trainer.step % every) : Number.POSITIVE_INFINITY;
    const most = Math.min(trainer.mostSteps(), until - trainer.step, toEvaluation);
    const chunk = await trainer.run(stepsWithLooks(trainer.step, most), looksAt);
    watcher.take(chunk);
    if (chunk.evaluation) watcher.evaluated(chunk.evaluation);
    else if (chunk.unsound === null && validates && trainer.step % every === 0)
      watcher.evaluated(await trainer.evaluate('validation'));
    if (chunk.unsound !== null) await watcher.broke(trainer, chunk.unsound);
    if (chunk.stopped) watcher.stopped();
    yield chunk;
    if (chunk.unsound !== null || chunk.stopped) return;
  }
}

/** How many of the coming steps hold no more looks than one submission may. */
function stepsWithLooks(first: number, most: number): number {
  let looks = 0;
  for (let n = 0; n < most; n++) if (looksAt(first + n) && ++looks === capturesPerChunk) return n + 1;
  return most;
}
