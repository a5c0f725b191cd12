/** Folds captures into verdicts: every rule sees every capture, in order. Pure; the state is plain data. */
import { vanishing } from './rules/vanishing.ts';
import type { Evidence, Rule, Thresholds, Verdict } from './verdict.ts';

/** The rules, the gravest first. */
export const rules: readonly Rule[] = [vanishing];

export interface JudgeState {
  /** Each rule's own state, by rule id. */
  readonly states: Readonly<Record<string, unknown>>;
  /** What holds now, and what held and has passed, in the order of `rules`. */
  readonly verdicts: readonly Verdict[];
}

/** Thresholds that differ from their defaults: by rule id, then by name. */
export type ChangedThresholds = Readonly<Record<string, Thresholds>>;

export const noVerdicts: JudgeState = { states: {}, verdicts: [] };

export function judge(state: JudgeState, evidence: Evidence, changed: ChangedThresholds = {}): JudgeState {
  const results = rules.map((rule) => ({
    rule,
    result: rule.judge(state.states[rule.id] ?? rule.start, evidence, changed[rule.id] ?? {}),
  }));
  return {
    states: Object.fromEntries(results.map(({ rule, result }) => [rule.id, result.state])),
    verdicts: results.flatMap(({ result }) => result.verdict ?? []),
  };
}
