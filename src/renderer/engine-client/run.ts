/**
 * What is known of a run, as a pure fold over the worker's messages. Its large parts (curves, captures) are bounded and
 * grow in place; `version` says when, so that views know without comparing.
 */
import {
  addLoss,
  CaptureHistory,
  type Evaluation,
  type FromWorker,
  type GraphDocument,
  type LossTrend,
  noLoss,
  type RunFacts,
  type RunStatus,
  type Takeover,
  type Verdict,
} from '../../engine/index.ts';
import { Curve } from './curve.ts';
import { addRatios, newRatios, type RatioCurve } from './ratios.ts';

/** The curves of one split: the loss, and one per metric in the order of `RunFacts.metrics`. */
export interface SplitCurves {
  readonly loss: Curve;
  readonly metrics: readonly Curve[];
}

export interface RunLog {
  /** Per step, over the training batch. */
  readonly batch: SplitCurves;
  /** Per step. */
  readonly learningRate: Curve;
  /** Per step: log₁₀ ‖∂L/∂parameters‖, where it is a number. */
  readonly gradientNorm: Curve;
  /** Per evaluation, over the whole split. */
  readonly splits: Readonly<Record<Evaluation['split'], SplitCurves>>;
  readonly history: CaptureHistory;
  /** How much a step changes each weight, at each capture. */
  readonly ratios: readonly RatioCurve[];
}

/** Where a fork comes from. */
export interface ForkOrigin {
  readonly run: number;
  /** What was changed: `ReLU + He`. */
  readonly change: string;
  /** Whether it trains from step 0, or goes on where the other run stood. */
  readonly from: 'start' | 'now';
}

export interface RunProblem {
  readonly title: string;
  readonly fix: string;
  readonly node: string | null;
}

export interface RunView {
  readonly id: number;
  readonly title: string;
  readonly fork: ForkOrigin | null;
  /** As it is trained: the graph it was made from, with the settings in force. */
  readonly document: GraphDocument;
  readonly status: RunStatus | 'stopped';
  readonly step: number;
  readonly stepsPerSecond: number;
  /** What looking adds to training without it; null until known. */
  readonly lookingCost: number | null;
  /** Steps between looks now. */
  readonly lookEvery: number;
  /** How many of its kernels are compiled; null before the first. */
  readonly compiled: { readonly ready: number; readonly of: number } | null;
  /** These two are null until the worker has compiled the run. */
  readonly facts: RunFacts | null;
  readonly log: RunLog | null;
  /** What it took over from another run, where it did not begin at step 0. */
  readonly takeover: Takeover | null;
  readonly trend: LossTrend;
  /** What it is judged by: alarms that stand, and those that have passed. */
  readonly verdicts: readonly Verdict[];
  /** The newest evaluation of each part of the data. */
  readonly scores: Readonly<Partial<Record<Evaluation['split'], Evaluation>>>;
  readonly problem: RunProblem | null;
  readonly notices: readonly { readonly title: string; readonly fix: string }[];
  /** Grows with every message. */
  readonly version: number;
  /** Grows when the run goes back to step 0. */
  readonly generation: number;
}

/** Notices kept; older ones have been read or never will be. */
const NOTICES = 20;

export function newRun(facts: Pick<RunView, 'id' | 'title' | 'fork' | 'document'>): RunView {
  return {
    ...facts,
    status: 'compiling',
    step: 0,
    stepsPerSecond: 0,
    lookingCost: null,
    lookEvery: 1,
    compiled: null,
    facts: null,
    log: null,
    takeover: null,
    trend: noLoss,
    verdicts: [],
    scores: {},
    problem: null,
    notices: [],
    version: 0,
    generation: 0,
  };
}

/** Folds one message. Answers to a ticket (predictions, text, weights) are the client's and change nothing here. */
export function foldMessage(run: RunView, message: FromWorker): RunView {
  const next = { ...run, version: run.version + 1 };
  switch (message.type) {
    case 'ready': {
      const { facts } = message;
      // A new batch size compiles again: the same tensors in other sizes. What was recorded stays.
      const isAgain = run.log !== null && run.facts !== null && hasSameTensors(run.facts, facts);
      if (isAgain) return { ...next, facts };
      return { ...next, status: 'paused', facts, log: newLog(facts) };
    }
    case 'takenOver': {
      const { takeover } = message;
      return { ...next, takeover, title: `${run.title}, from step ${takeover.step}` };
    }
    case 'status': {
      const { status, step, stepsPerSecond, lookingCost, lookEvery } = message;
      return {
        ...next,
        status: run.status === 'stopped' ? 'stopped' : status,
        step,
        stepsPerSecond,
        lookingCost,
        lookEvery,
      };
    }
    case 'compiled':
      return { ...next, compiled: { ready: message.ready, of: message.of } };
    case 'steps': {
      if (!run.log) return run;
      const { steps, loss, learningRates, gradientNorm, metrics } = message.rows;
      let trend = run.trend;
      // After a lost GPU the worker trains from its last checkpoint: those steps are known already.
      const known = run.log.batch.loss.lastStep;
      for (let i = 0; i < steps.length; i++) {
        if (steps[i]! <= known) continue;
        run.log.batch.loss.add(steps[i]!, loss[i]!);
        run.log.learningRate.add(steps[i]!, learningRates[i]!);
        const norm = Math.log10(gradientNorm[i]!);
        if (Number.isFinite(norm)) run.log.gradientNorm.add(steps[i]!, norm);
        run.log.batch.metrics.forEach((curve, m) => {
          curve.add(steps[i]!, metrics[m]?.[i] ?? Number.NaN);
        });
        trend = addLoss(trend, loss[i]!);
      }
      return { ...next, trend, step: Math.max(run.step, (steps.at(-1) ?? -1) + 1) };
    }
    case 'evaluation': {
      if (!run.log) return run;
      const { step, split, loss, metrics } = message.evaluation;
      const curves = run.log.splits[split];
      curves.loss.add(step, loss);
      curves.metrics.forEach((curve, m) => {
        curve.add(step, metrics[m] ?? Number.NaN);
      });
      return { ...next, scores: { ...run.scores, [split]: message.evaluation } };
    }
    case 'captures': {
      if (!run.log) return run;
      for (const capture of message.captures) {
        if (capture.step <= run.log.history.lastStep) continue;
        run.log.history.add(capture);
        addRatios(run.log.ratios, capture);
      }
      return next;
    }
    case 'verdicts':
      return { ...next, verdicts: message.verdicts };
    case 'notice': {
      const { title, fix } = message;
      return { ...next, notices: [...run.notices, { title, fix }].slice(-NOTICES) };
    }
    case 'failed': {
      const { title, fix, node = null } = message;
      return { ...next, status: 'failed', stepsPerSecond: 0, problem: { title, fix, node } };
    }
    case 'examined':
    case 'predicted':
    case 'profiled':
    case 'generated':
    case 'weights':
    case 'inspected':
      return run;
    default:
      message satisfies never;
      return run;
  }
}

/** The run where it began again: what was recorded is forgotten, what was compiled stays. */
export function rewindRun(run: RunView, document: GraphDocument): RunView {
  return {
    ...run,
    document,
    status: run.facts ? 'paused' : run.status,
    step: run.takeover?.step ?? 0,
    log: run.facts && newLog(run.facts),
    trend: noLoss,
    verdicts: [],
    scores: {},
    problem: null,
    version: run.version + 1,
    generation: run.generation + 1,
  };
}

function hasSameTensors(a: RunFacts, b: RunFacts): boolean {
  const names = ({ segments, metrics }: RunFacts): string =>
    [...segments.map(({ node, what, tensor }) => `${node} ${what} ${tensor}`), ...metrics].join();
  return names(a) === names(b);
}

export function newLog({ metrics, segments }: RunFacts): RunLog {
  const curves = (): SplitCurves => ({ loss: new Curve(), metrics: metrics.map(() => new Curve()) });
  return {
    batch: curves(),
    learningRate: new Curve(),
    gradientNorm: new Curve(),
    splits: { train: curves(), validation: curves(), test: curves() },
    history: new CaptureHistory(segments),
    ratios: newRatios(segments),
  };
}
