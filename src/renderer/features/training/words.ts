/** What the toolbar and the run list say of a run. */
import { readable } from '../../../engine/index.ts';
import type { RunView } from '../../engine-client/run.ts';

export const statusWords: Record<RunView['status'], string> = {
  compiling: 'Compiling',
  paused: 'Paused',
  running: 'Training',
  ended: 'Done',
  failed: 'Failed',
  stopped: 'Stopped',
};

/** `step 1240 · epoch 13 · 350 steps/s`. */
export function progressWords({ step, facts, stepsPerSecond, status }: RunView): string {
  const epoch = facts ? ` · epoch ${Math.floor(step / facts.stepsPerEpoch) + 1}` : '';
  const speed = status === 'running' && stepsPerSecond > 0 ? ` · ${readable(stepsPerSecond)} steps/s` : '';
  return `step ${step}${epoch}${speed}`;
}

export function costWords(cost: number): string {
  return `looking ${(100 * cost).toFixed(1)} %`;
}
