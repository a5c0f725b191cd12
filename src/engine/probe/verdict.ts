/**
 * What a verdict is, and the fold that reaches it. Each rule looks at every capture, keeps a small state of its own, and
 * says its verdict in words with the evidence; rules see the net, the capture and the loss, never the UI or the GPU.
 */
import type { LossTrend } from './loss-trend.ts';
import type { ProbeCapture, ProbeSegment } from './types.ts';

/** What a rule may know of a node besides its tensors. */
export interface LayerFacts {
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
  readonly momentum: number;
  /** What `scaled` optimisers add to the denominator. */
  readonly epsilon: number;
}

/** The net under judgement. Changes only when the run is made anew or its settings change. */
export interface NetFacts {
  readonly segments: readonly ProbeSegment[];
  /** By node id. */
  readonly layers: Readonly<Record<string, LayerFacts>>;
  readonly optimizer: OptimizerFacts;
}

export interface Evidence {
  readonly net: NetFacts;
  readonly capture: ProbeCapture;
  readonly loss: LossTrend;
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
  /** The layer where it begins: what a person should look at first. */
  readonly culprit: { readonly node: string; readonly name: string };
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

/** A rule with its own state hidden: `judge` folds one capture. */
export interface Rule {
  readonly id: string;
  readonly title: string;
  readonly thresholds: Readonly<Record<string, Threshold>>;
  readonly start: unknown;
  judge(state: unknown, evidence: Evidence, thresholds: Thresholds): RuleResult<unknown>;
}

export interface RuleResult<S> {
  readonly state: S;
  readonly verdict: Verdict | null;
}

export interface RuleSpec<S, T extends string> {
  readonly id: string;
  readonly title: string;
  readonly thresholds: Readonly<Record<T, Threshold>>;
  readonly start: S;
  judge(state: S, evidence: Evidence, thresholds: Readonly<Record<T, number>>): RuleResult<S>;
}

/** Declares a rule. Its state is only ever its own `start` or what its own `judge` returned. */
export function defineRule<S, T extends string>(spec: RuleSpec<S, T>): Rule {
  return {
    ...spec,
    judge: (state, evidence, thresholds) =>
      spec.judge(state as S, evidence, withDefaults(spec.thresholds, thresholds)),
  };
}

function withDefaults<T extends string>(
  declared: Readonly<Record<T, Threshold>>,
  changed: Thresholds,
): Readonly<Record<T, number>> {
  const entries = Object.entries<Threshold>(declared).map(([name, { value }]) => [
    name,
    changed[name] ?? value,
  ]);
  return Object.fromEntries(entries) as Record<T, number>;
}
