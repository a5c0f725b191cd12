/**
 * What crosses the boundary of the training worker: plain data only, buffers are transferred. Every message names its run,
 * so that late messages of a stopped run are dropped. One worker trains several runs (a run and its forks) in turn on one device.
 */

import type { UserMessage } from '../errors.ts';
import type { GraphDocument, TrainingSettings } from '../model/schema.ts';
import type { ProbeCapture, ProbeSegment, ProbeTrack } from '../probe/types.ts';
import type { Verdict } from '../probe/verdict.ts';
import type { Allowed } from '../runtime/device.ts';
import type { StartReport } from './examine.ts';
import type { GenerateOptions } from './generate.ts';
import type { InspectAnswer, InspectRequest } from './inspect-protocol.ts';
import type { MemoryPlan } from './memory-plan.ts';
import type { Profile } from './profile.ts';
import type { Pruning } from './pruning.ts';
import type { Takeover } from './takeover.ts';

/** Bytes of the data files that a document's data node asks for, by the name it asks with. */
export type DataFiles = Readonly<Record<string, ArrayBuffer>>;

/** One tensor of weights, under PyTorch's name and in its layout: `linear_1.weight` [out, in]. */
export interface SavedTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Float32Array<ArrayBuffer>;
}

/** Which run is pruned, and how; the new run has its seed and batches. */
export interface PruneRequest extends Pruning {
  readonly of: number;
}

/**
 * How products are cut, as it was measured: what the page knows of earlier sessions, before anything else, and what the worker
 * adds. Beside the messages of runs, since it belongs to the device.
 */
export interface CutsMessage {
  readonly type: 'cuts';
  readonly cuts: Readonly<Record<string, string>>;
}

/** What the user allows of the GPU; before the first run, when it is opened. */
export interface AllowedMessage {
  readonly type: 'allowed';
  readonly allowed: Allowed;
}

export type ToWorker =
  /** Builds and compiles; answers `ready` (paused at step 0, or where another run stands) or `failed`. */
  | {
      readonly type: 'create';
      readonly run: number;
      readonly document: GraphDocument;
      readonly files: DataFiles;
      readonly weights?: readonly SavedTensor[];
      /** Prunes by the weights that another run has come to. */
      readonly prune?: PruneRequest;
      /** Goes on where another run stands, with its seed, its next batches, and its weights where they fit: `takenOver`. */
      readonly from?: number;
    }
  /**
   * Looks at a net before it is trained; `run` is a number of its own. Answered by `examined`, with null where a run plays,
   * the net cannot be trained, or another examination was asked for meanwhile.
   */
  | {
      readonly type: 'examine';
      readonly run: number;
      readonly document: GraphDocument;
      readonly files: DataFiles;
    }
  | {
      readonly type: 'play';
      readonly run: number /** Pause by itself after this step number. */;
      readonly until?: number;
    }
  | { readonly type: 'pause'; readonly run: number }
  /** Trains n steps, then pauses. */
  | { readonly type: 'step'; readonly run: number; readonly count: number }
  /** Back to step 0: the same initial weights, or those of another seed. */
  | { readonly type: 'reset'; readonly run: number; readonly seed?: number }
  /** Hot changes. Hyper-parameters recompile nothing; a new batch size recompiles and keeps the weights. */
  | { readonly type: 'settings'; readonly run: number; readonly settings: TrainingSettings }
  /** A layer's hot parameter (a dropout probability): `<node>.<name>`. */
  | { readonly type: 'hyper'; readonly run: number; readonly name: string; readonly value: number }
  /** How often to look: a capture every n-th step; 0 stops looking. */
  | { readonly type: 'look'; readonly run: number; readonly every: number }
  /** Predictions for given inputs, row-major, in the model's input shape. Answered by `predicted` with the same ticket. */
  | { readonly type: 'predict'; readonly run: number; readonly ticket: number; readonly rows: Float32Array }
  /** Writes text with the weights as they are; the run waits. Answered by `generated`, often, with the same ticket. */
  | {
      readonly type: 'generate';
      readonly run: number;
      readonly ticket: number;
      readonly options: GenerateOptions;
    }
  /** Ends a text before its length. */
  | { readonly type: 'stopGenerating'; readonly run: number; readonly ticket: number }
  /** Times the kernels of a step; the run waits. Answered by `profiled` with the same ticket. */
  | { readonly type: 'profile'; readonly run: number; readonly ticket: number }
  /** Asks for the weights. Answered by `weights` with the same ticket. */
  | { readonly type: 'save'; readonly run: number; readonly ticket: number }
  /** Asks about the inside of the net with the weights of a kept step; null: as they are now. Answered by `inspected`. */
  | {
      readonly type: 'inspect';
      readonly run: number;
      readonly ticket: number;
      readonly at: number | null;
      readonly request: InspectRequest;
    }
  | { readonly type: 'dispose'; readonly run: number };

/** What the GPU is, in words. */
export interface AdapterWords {
  readonly name: string;
  readonly software: boolean;
}

/** Facts about a compiled run. */
export interface RunFacts {
  readonly adapter: AdapterWords;
  readonly parameters: number;
  /** What the run takes on the GPU. */
  readonly memory: MemoryPlan;
  readonly stepsPerEpoch: number;
  readonly samples: { readonly train: number; readonly validation: number; readonly test: number };
  /** GPU work per step with probes off and on: dispatches; submissions are at most one. */
  readonly dispatches: { readonly plain: number; readonly looking: number };
  /** Samples per step. */
  readonly batch: number;
  /** What probes look at, in the order of captures. */
  readonly segments: readonly ProbeSegment[];
  readonly tracks: readonly ProbeTrack[];
  /** The loss of an answer that knows nothing: ln K for K classes; null where the loss does not say. */
  readonly chanceLoss: number | null;
  /** The loss of the best answer that is the same for all samples; null where the loss does not say. */
  readonly constantLoss: number | null;
  /** What the metric columns are called: `accuracy`, `mae`, … */
  readonly metrics: readonly string[];
  /** The share of the weights that can be pruned which is left; 1 where nothing was pruned. */
  readonly kept: number;
  /** What the classes to be predicted are called, in the order of a confusion matrix; empty where numbers are. */
  readonly classes: readonly string[];
  /** Things worth telling: rows dropped, columns standardised. */
  readonly notes: readonly string[];
}

export type RunStatus = 'compiling' | 'paused' | 'running' | 'ended' | 'failed';

export interface StepRows {
  readonly steps: Uint32Array;
  readonly loss: Float32Array;
  /** The learning rate that each step took. */
  readonly learningRates: Float32Array;
  /** ‖∂L/∂parameters‖ at each step. */
  readonly gradientNorm: Float32Array;
  /** One array per name in `RunFacts.metrics`, over the training batch. */
  readonly metrics: readonly Float32Array[];
}

export interface Evaluation {
  readonly step: number;
  readonly split: 'train' | 'validation' | 'test';
  readonly loss: number;
  readonly metrics: readonly number[];
  /** What only a whole part tells: `top5`, `perplexity`, `r2`, and macro means `precision`, `recall`, `f1`. */
  readonly scores: Readonly<Record<string, number>>;
  /** How many samples of each class (rows) were taken for each (columns); null where answers are no classes. */
  readonly confusion: readonly (readonly number[])[] | null;
}

export type FromWorker =
  | { readonly type: 'ready'; readonly run: number; readonly facts: RunFacts }
  | { readonly type: 'takenOver'; readonly run: number; readonly takeover: Takeover }
  | {
      readonly type: 'status';
      readonly run: number;
      readonly status: RunStatus;
      readonly step: number;
      readonly stepsPerSecond: number;
      /** What looking adds to training without it, measured in pairs; null until known. */
      readonly lookingCost: number | null;
      /** Steps between looks now; 0: none. */
      readonly lookEvery: number;
    }
  /** While it compiles: how many of its kernels are. */
  | { readonly type: 'compiled'; readonly run: number; readonly ready: number; readonly of: number }
  | { readonly type: 'steps'; readonly run: number; readonly rows: StepRows }
  | { readonly type: 'evaluation'; readonly run: number; readonly evaluation: Evaluation }
  | { readonly type: 'captures'; readonly run: number; readonly captures: readonly ProbeCapture[] }
  | { readonly type: 'examined'; readonly run: number; readonly report: StartReport | null }
  /** What the run is judged by now: alarms that stand, and those that have passed. */
  | { readonly type: 'verdicts'; readonly run: number; readonly verdicts: readonly Verdict[] }
  | { readonly type: 'profiled'; readonly run: number; readonly ticket: number; readonly profile: Profile }
  | { readonly type: 'predicted'; readonly run: number; readonly ticket: number; readonly rows: Float32Array }
  /** More of a text. */
  | {
      readonly type: 'generated';
      readonly run: number;
      readonly ticket: number;
      readonly text: string;
      /** The step whose weights write. */
      readonly step: number;
      readonly done: boolean;
      /** Why nothing can be written; the run goes on. */
      readonly problem: UserMessage | null;
    }
  | {
      readonly type: 'weights';
      readonly run: number;
      readonly ticket: number;
      readonly tensors: readonly SavedTensor[];
    }
  /** `step`: whose weights it was, the last kept one at or before the step that was asked for. */
  | {
      readonly type: 'inspected';
      readonly run: number;
      readonly ticket: number;
      readonly step: number;
      readonly answer: InspectAnswer;
    }
  | { readonly type: 'notice'; readonly run: number; readonly title: string; readonly fix: string }
  | {
      readonly type: 'failed';
      readonly run: number;
      readonly code: string;
      readonly title: string;
      readonly fix: string;
      readonly node?: string;
    };
