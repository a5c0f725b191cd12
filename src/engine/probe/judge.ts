/** Folds captures into verdicts: every rule sees every capture, in order. Pure; the state is plain data. */
import { isStanding, type Rule, type RuleState } from './rule.ts';
import { dead } from './rules/dead.ts';
import { exploding } from './rules/exploding.ts';
import { firstLoss } from './rules/first-loss.ts';
import { overfitting, underfitting } from './rules/fitting.ts';
import { rateTooLarge, rateTooSmall } from './rules/learning-rate.ts';
import { saturated } from './rules/saturated.ts';
import { symmetric } from './rules/symmetric.ts';
import { throughTime } from './rules/through-time.ts';
import { vanishing } from './rules/vanishing.ts';
import type { ChangedThresholds, Evidence, EvidenceNumber, Verdict } from './verdict.ts';

/** The rules: what explains others before what it explains, since each knows which alarms stand before it. */
export const rules: readonly Rule[] = [
  symmetric,
  dead,
  saturated,
  exploding,
  vanishing,
  throughTime,
  firstLoss,
  rateTooLarge,
  rateTooSmall,
  overfitting,
  underfitting,
];

export interface JudgeState {
  /** Each rule's own state, by rule id. */
  readonly states: Readonly<Record<string, RuleState>>;
  /** What holds now, and what held and has passed, in the order of `rules`. */
  readonly verdicts: readonly Verdict[];
}

export const noVerdicts: JudgeState = { states: {}, verdicts: [] };

/** What there is to judge: rules learn of each other's alarms as they go. */
export type Case = Omit<Evidence, 'raised'>;

export function judge(state: JudgeState, evidence: Case, changed: ChangedThresholds = {}): JudgeState {
  const raised = new Set<string>();
  const states: Record<string, RuleState> = {};
  const verdicts: Verdict[] = [];
  for (const rule of rules) {
    const now = rule.judge(
      state.states[rule.id] ?? rule.start,
      { ...evidence, raised },
      changed[rule.id] ?? {},
    );
    states[rule.id] = now;
    if (now.verdict) verdicts.push(now.verdict);
    if (isStanding(now.verdict)) raised.add(rule.id);
  }
  return { states, verdicts };
}

/** The run broke: rules that can say why do so now. */
export function judgeFailure(state: JudgeState, step: number, changed: ChangedThresholds = {}): JudgeState {
  const states: Record<string, RuleState> = {};
  for (const rule of rules)
    states[rule.id] = rule.atFailure(state.states[rule.id] ?? rule.start, step, changed[rule.id] ?? {});
  return { states, verdicts: Object.values(states).flatMap(({ verdict }) => verdict ?? []) };
}

/** A rule's alarm is over by what was done, not by what is seen. */
export function settle(state: JudgeState, id: string, step: number): JudgeState {
  const rule = state.states[id];
  const verdict = rule?.verdict;
  if (!rule || !verdict || !isStanding(verdict)) return state;
  const over = { ...verdict, clearedAt: step };
  return {
    states: { ...state.states, [id]: { ...rule, held: 0, verdict: over } },
    verdicts: state.verdicts.map((v) => (v === verdict ? over : v)),
  };
}

/** What one mini-batch through the net as it was made already says, before any training. */
export function judgeStart(evidence: Case, changed: ChangedThresholds = {}): readonly Verdict[] {
  const raised = new Set<string>();
  const verdicts: Verdict[] = [];
  for (const rule of rules) {
    const verdict = rule.atStart({ ...evidence, raised }, changed[rule.id] ?? {});
    if (!verdict) continue;
    verdicts.push(verdict);
    raised.add(rule.id);
  }
  return verdicts;
}

/** The numbers that a rule goes by, of any run at any capture: what a verdict is compared by. */
export function measuredBy(id: string, evidence: Case): readonly EvidenceNumber[] {
  const rule = rules.find((known) => known.id === id);
  return rule?.measure({ ...evidence, raised: new Set() }) ?? [];
}
