/** What is seen of a run: its newest capture, or the one at the step that a person went back to. */
import type { CaptureHistory, ProbeCapture } from '../../engine/index.ts';
import type { RunView } from './run.ts';

/** Captures are stored packed; the one that all pictures show is unpacked once. A step's capture never changes. */
const unpacked = new WeakMap<CaptureHistory, ProbeCapture>();

/** @param at a step; null for the newest. Null where nothing was captured. */
export function seenCapture(run: RunView | null, at: number | null): ProbeCapture | null {
  const history = run?.log?.history;
  if (!history || history.length === 0) return null;
  const position = at === null ? history.length - 1 : history.positionOf(at);
  const known = unpacked.get(history);
  if (known && known.step === history.stepAt(position)) return known;
  const capture = history.captureAt(position);
  unpacked.set(history, capture);
  return capture;
}
