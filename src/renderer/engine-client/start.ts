/**
 * What a net is like before anyone trains it: one mini-batch forward and backward from the initial weights, as a run that has
 * not begun. So every picture that can show a run can show it.
 */
import { addLoss, type FromWorker, type GraphDocument, noLoss } from '../../engine/index.ts';
import { newLog, newRun, type RunView } from './run.ts';

/** No run has this number. */
export const startId = 0;

type StartReport = NonNullable<Extract<FromWorker, { type: 'examined' }>['report']>;

/** @param generation which examination it is: pictures begin anew with each */
export function startView(
  document: GraphDocument,
  { facts, loss, capture, verdicts }: StartReport,
  generation: number,
): RunView {
  const log = newLog(facts);
  if (capture) log.history.add(capture);
  return {
    ...newRun({ id: startId, title: 'Before training', fork: null, document }),
    status: 'stopped',
    facts,
    log,
    trend: addLoss(noLoss, loss),
    verdicts,
    version: generation,
    generation,
  };
}
