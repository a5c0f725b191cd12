/**
 * What a verdict is, and what rules go by. Rules see the net, the captures and the course of the run, never the UI or the GPU.
 */
import type { Course } from './course.ts';
import type { ProbeCapture, ProbeSegment, ProbeTrack } from './types.ts';

/** What a rule may know of a node besides its tensors. */
export interface LayerFacts {
  readonly name: string;
  /** The layer kind (`sigmoid`) and its category in the palette. */
  readonly kind: string;
  readonly category: string;
}

/** The optimiser, in the terms that rules about updates need. */
export interface OptimizerFacts {
  /** `scaled`: each step is the gradient divided by its own running size (Adam and its like). */
  readonly family: 'plain' | 'scaled';
  /** As the user calls it: `SGD`, `Adam`. */
  readonly title: string;
  readonly learningRate: number;
}

/** The net under judgement. Changes only when the run is made anew or its settings change. */
export interface NetFacts {
  readonly segments: readonly ProbeSegment[];
  readonly tracks: readonly ProbeTrack[];
  /** By node id. */
  readonly layers: Readonly<Record<string, LayerFacts>>;
  readonly optimizer: OptimizerFacts;
  /** Samples per step, and steps per epoch. */
  readonly batch: number;
  readonly stepsPerEpoch: number;
  /** The loss of an answer that knows nothing, ln K for K classes; null where that is not known. */
  readonly chanceLoss: number | null;
  /** The loss of the best answer that is the same for all samples: of squared errors, the targets’ variance; null where not known. */
  readonly constantLoss: number | null;
}

export interface Evidence {
  readonly net: NetFacts;
  readonly capture: ProbeCapture;
  readonly course: Course;
  /** Rules whose alarm stands, of those that have seen this capture already. */
  readonly raised: ReadonlySet<string>;
}

export interface EvidenceNumber {
  readonly label: string;
  readonly value: number;
  /** The value as the card shows it. */
  readonly text: string;
}

/** A threshold that a person may change. */
export interface Threshold {
  readonly title: string;
  readonly value: number;
}

export interface Verdict {
  /** The rule's id: `vanishing`. */
  readonly rule: string;
  readonly title: string;
  readonly severity: 'warning' | 'severe';
  /** Names of nodes stand between backticks. */
  readonly sentence: string;
  /** The layer where it begins: what a person should look at first. Null where it is not in one layer. */
  readonly culprit: { readonly node: string; readonly name: string } | null;
  /** All nodes that suffer from it. */
  readonly nodes: readonly string[];
  readonly numbers: readonly EvidenceNumber[];
  /** The rule in words, with its thresholds as they are set. */
  readonly because: string;
  readonly thresholds: Readonly<Record<string, Threshold>>;
  /** Steps over which the rule's condition held. */
  readonly window: { readonly from: number; readonly to: number; readonly captures: number };
  /** When it may be a false alarm. */
  readonly doubt: string;
  /** Ids of fixes (fixes.ts), the most promising first. */
  readonly fixes: readonly string[];
  /** Step at which the alarm was raised; and cleared, when the trouble has passed. */
  readonly raisedAt: number;
  readonly clearedAt: number | null;
}

/** Thresholds of a rule, by name; their defaults are declared with the rule. */
export type Thresholds = Readonly<Record<string, number>>;

/** Thresholds that differ from their defaults: by rule id, then by name. */
export type ChangedThresholds = Readonly<Record<string, Thresholds>>;
