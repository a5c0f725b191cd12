/** What the toolbar and the run list say of a run. */
import { formatBytes, type RunFacts, readable } from '../../../engine/index.ts';
import type { RunView } from '../../engine-client/run.ts';

const FLOAT_BYTES = 4;

export const statusWords: Record<RunView['status'], string> = {
  compiling: 'Compiling',
  paused: 'Paused',
  running: 'Training',
  ended: 'Done',
  failed: 'Failed',
  stopped: 'Stopped',
};

/** `step 1240 · epoch 13 · 350 steps/s`; while it compiles, `5 of 16 kernels`. */
export function progressWords({ step, facts, stepsPerSecond, status, compiled }: RunView): string {
  if (status === 'compiling' && compiled) return `${compiled.ready} of ${compiled.of} kernels`;
  const epoch = facts ? ` · epoch ${Math.floor(step / facts.stepsPerEpoch) + 1}` : '';
  const speed = status === 'running' && stepsPerSecond > 0 ? ` · ${readable(stepsPerSecond)} steps/s` : '';
  return `step ${step}${epoch}${speed}`;
}

/** `looking costs 2.4 %, at every 38th step · keeps up to 1.2 MiB`. */
export function costWords({
  lookingCost,
  lookEvery,
  facts,
}: Pick<RunView, 'lookingCost' | 'lookEvery' | 'facts'>): string {
  const kept = facts ? ` · keeps up to ${formatBytes(keptForLooks(facts))}` : '';
  if (lookEvery === 0) return `not looking${kept}`;
  const where = lookEvery === 1 ? 'at every step' : `at every ${ordinal(lookEvery)} step`;
  if (lookingCost === null) return `looking ${where}${kept}`;
  const share =
    lookingCost < 1 ? `${(100 * lookingCost).toFixed(1)} %` : `${Math.round(100 * lookingCost)} %`;
  return `looking costs ${share}, ${where}${kept}`;
}

/**
 * Bytes that there are for looks alone: their own buffers, and room for every output and its gradient; a part of them training would
 * have kept for its own backward pass.
 */
function keptForLooks({ memory, segments }: RunFacts): number {
  const own = memory.buffers
    .filter(({ use }) => use === 'looking')
    .reduce((sum, { bytes }) => sum + bytes, 0);
  const kept = segments.filter(({ what }) => what === 'activation' || what === 'gradient');
  return own + FLOAT_BYTES * kept.reduce((sum, { shape }) => sum + shape.reduce((n, d) => n * d, 1), 0);
}

function ordinal(n: number): string {
  const [tens, units] = [n % 100, n % 10];
  const isTeen = tens > 10 && tens < 14;
  const ending = isTeen ? 'th' : (['th', 'st', 'nd', 'rd'][units] ?? 'th');
  return `${n}${ending}`;
}

/** What scores are called; metrics and scores by their names in the engine. */
export const scoreTitles: Readonly<Record<string, string>> = {
  loss: 'Loss',
  accuracy: 'Accuracy',
  top5: 'Among the first five',
  mae: 'Mean absolute error',
  rmse: 'Root mean squared error',
  r2: 'R²',
  perplexity: 'Perplexity',
  precision: 'Precision, mean of classes',
  recall: 'Recall, mean of classes',
  f1: 'F1, mean of classes',
};

/** ` · validation accuracy 0.97`: the first metric of the newest evaluation of the validation part. */
export function scoreWords({ facts, scores }: RunView): string {
  const name = facts?.metrics[0];
  const value = scores.validation?.metrics[0];
  return name === undefined || value === undefined ? '' : ` · validation ${name} ${readable(value)}`;
}
