/**
 * A look at a net before anyone trains it: one mini-batch goes forward and backward from the initial weights. What is asked
 * last counts: an examination that is no longer wanted ends at the next place where it may.
 */
import type { LoadedData } from '../data/load.ts';
import type { GraphDocument } from '../model/schema.ts';
import { addFailure, noDiagnosis, startVerdicts, verdictsOf } from '../probe/diagnosis.ts';
import { describeNet } from '../probe/net-facts.ts';
import type { ProbeCapture } from '../probe/types.ts';
import type { Verdict } from '../probe/verdict.ts';
import type { OpenDevice } from '../runtime/device.ts';
import type { RunFacts } from './protocol.ts';
import { Trainer } from './trainer.ts';

/** What a net is like before training. */
export interface StartReport {
  readonly facts: RunFacts;
  /** Loss of the first mini-batch. */
  readonly loss: number;
  /** Activations and gradients of the initial weights; null where there is nothing to look at. */
  readonly capture: ProbeCapture | null;
  readonly verdicts: readonly Verdict[];
}

/**
 * Examines a document with its data on an open device; null where `isWanted` says no before it is done.
 *
 * @throws EngineError where the document cannot be trained or does not fit
 */
export async function examineStart(
  open: OpenDevice,
  document: GraphDocument,
  data: LoadedData,
  isWanted: () => boolean,
): Promise<StartReport | null> {
  const trainer = await Trainer.create(open, document, data, { probes: true });
  try {
    if (!isWanted()) return null;
    const { rows, captures, unsound } = await trainer.run(1, () => true);
    const { facts } = trainer;
    const net = describeNet(document, facts);
    const [capture = null] = captures;
    const { thresholds } = document.training;
    const broken = unsound === null ? null : await trainer.firstUnsound();
    const verdicts = [
      ...(unsound === null ? [] : verdictsOf(addFailure(noDiagnosis, net, unsound, broken))),
      ...(capture ? startVerdicts(net, rows, capture, thresholds) : []),
    ];
    return { facts, loss: rows.loss[0] ?? Number.NaN, capture, verdicts };
  } finally {
    trainer.dispose();
  }
}
