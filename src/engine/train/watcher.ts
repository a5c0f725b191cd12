/** Judges a run as it trains: what the trainer brings back goes into its diagnosis, and out come the verdicts. */

import type { GraphDocument } from '../model/schema.ts';
import {
  addFailure,
  addSteps,
  addStop,
  addValidation,
  type Diagnosis,
  noDiagnosis,
  verdictsOf,
} from '../probe/diagnosis.ts';
import { describeNet } from '../probe/net-facts.ts';
import type { NetFacts, Verdict } from '../probe/verdict.ts';
import type { Evaluation, RunFacts } from './protocol.ts';
import type { Chunk, Trainer } from './trainer.ts';

export class Watcher {
  private document: GraphDocument;
  private facts: RunFacts;
  private net: NetFacts;
  private diagnosis: Diagnosis = noDiagnosis;
  private lastStep = -1;

  constructor(document: GraphDocument, facts: RunFacts) {
    this.document = document;
    this.facts = facts;
    this.net = describeNet(document, facts);
  }

  /** What the run is judged by now; alarms that stand are those of the newest step. */
  get verdicts(): readonly Verdict[] {
    return verdictsOf(this.diagnosis);
  }

  /** Settings changed, or the run was compiled again. */
  follow(document: GraphDocument, facts: RunFacts = this.facts): void {
    this.document = document;
    this.facts = facts;
    this.net = describeNet(document, facts);
  }

  /** The run is at step 0 again. */
  restart(): void {
    this.diagnosis = noDiagnosis;
    this.lastStep = -1;
  }

  /** Takes what a submission brought. Steps made a second time, after a lost device, are known already. */
  take({ rows, captures }: Pick<Chunk, 'rows' | 'captures'>): void {
    const known = rows.steps.findIndex((step) => step > this.lastStep);
    if (known < 0) return;
    const fresh = {
      steps: rows.steps.subarray(known),
      loss: rows.loss.subarray(known),
      gradientNorm: rows.gradientNorm.subarray(known),
      learningRates: rows.learningRates.subarray(known),
    };
    const unseen = captures.filter(({ step }) => step > this.lastStep);
    const { thresholds } = this.document.training;
    this.diagnosis = addSteps(this.diagnosis, this.net, fresh, unseen, thresholds);
    this.lastStep = fresh.steps.at(-1) ?? this.lastStep;
  }

  evaluated({ split, step, loss }: Evaluation): void {
    if (split === 'validation') this.diagnosis = addValidation(this.diagnosis, step, loss);
  }

  /** Training stopped early, and the best weights are back. */
  stopped(): void {
    this.diagnosis = addStop(this.diagnosis, this.lastStep);
  }

  /** A step was not finite; says the first node whose numbers were not. */
  async broke(trainer: Trainer, step: number): Promise<Awaited<ReturnType<Trainer['firstUnsound']>>> {
    const culprit = await trainer.firstUnsound();
    const { thresholds } = this.document.training;
    this.diagnosis = addFailure(this.diagnosis, this.net, step, culprit, thresholds);
    return culprit;
  }
}
