/**
 * A run under judgement, as a pure fold over what it reports: steps, captures, evaluations, and that it broke. The same fold
 * judges in the worker, on the command line and in the zoo, so all say the same of the same run.
 */
import { addEvaluation, addStep, type Course, noCourse } from './course.ts';
import { type JudgeState, judge, judgeFailure, judgeStart, noVerdicts, settle } from './judge.ts';
import { nonFinite } from './non-finite.ts';
import { overfitting } from './rules/fitting.ts';
import type { ProbeCapture } from './types.ts';
import type { ChangedThresholds, NetFacts, Verdict } from './verdict.ts';
import { startingSize } from './weight-size.ts';

export interface Diagnosis {
  readonly course: Course;
  readonly judgement: JudgeState;
  /** How far the weights of step 0 were from what their fan-in asks for; null before the first capture. */
  readonly startSize: number | null;
  /** What ended the run. */
  readonly failure: Verdict | null;
}

export const noDiagnosis: Diagnosis = {
  course: noCourse,
  judgement: noVerdicts,
  startSize: null,
  failure: null,
};

/** What is known of each step, in arrays of one length. */
export interface StepColumns {
  readonly steps: ArrayLike<number>;
  readonly loss: ArrayLike<number>;
  readonly gradientNorm: ArrayLike<number>;
  readonly learningRates: ArrayLike<number>;
}

/** Steps and what was seen at some of them, in order: a capture is judged by the losses up to its own step. */
export function addSteps(
  diagnosis: Diagnosis,
  net: NetFacts,
  rows: StepColumns,
  captures: readonly ProbeCapture[],
  changed: ChangedThresholds = {},
): Diagnosis {
  let { course, judgement, startSize } = diagnosis;
  let next = 0;
  for (let i = 0; i < rows.steps.length; i++) {
    course = addStep(course, {
      loss: rows.loss[i]!,
      gradientNorm: rows.gradientNorm[i]!,
      learningRate: rows.learningRates[i]!,
    });
    for (
      let capture = captures[next];
      capture && capture.step <= rows.steps[i]!;
      capture = captures[++next]
    ) {
      startSize ??= startingSize({ net, capture });
      judgement = judge(judgement, { net, capture, course }, changed);
    }
  }
  return { ...diagnosis, course, judgement, startSize };
}

export function addValidation(diagnosis: Diagnosis, step: number, loss: number): Diagnosis {
  return { ...diagnosis, course: addEvaluation(diagnosis.course, step, loss) };
}

/** The run met a number that is not finite, first at this node. */
export function addFailure(
  diagnosis: Diagnosis,
  net: NetFacts,
  step: number,
  culprit: { readonly node: string; readonly name: string; readonly what: string } | null,
  changed: ChangedThresholds = {},
): Diagnosis {
  const judgement = judgeFailure(diagnosis.judgement, step, changed);
  return { ...diagnosis, judgement, failure: nonFinite(net, diagnosis, step, culprit) };
}

/** What can be said of a net from one mini-batch before training. */
export function startVerdicts(
  net: NetFacts,
  rows: StepColumns,
  capture: ProbeCapture,
  changed: ChangedThresholds = {},
): readonly Verdict[] {
  const { course } = addSteps(noDiagnosis, net, rows, []);
  return judgeStart({ net, capture, course }, changed);
}

/** Training stopped early and the weights with the lowest loss are back: what came after them is over. */
export function addStop(diagnosis: Diagnosis, step: number): Diagnosis {
  return { ...diagnosis, judgement: settle(diagnosis.judgement, overfitting.id, step) };
}

/** All that holds or held: what ended the run first. */
export function verdictsOf({ judgement, failure }: Diagnosis): readonly Verdict[] {
  return failure ? [failure, ...judgement.verdicts] : judgement.verdicts;
}
