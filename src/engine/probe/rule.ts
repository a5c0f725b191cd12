/**
 * How a rule reaches a verdict: it says of each capture whether it looks bad, good or neither, and an alarm is raised, or
 * cleared, only when one of these has held for a number of captures in a row. All state is plain data.
 */
import type { Evidence, EvidenceNumber, Threshold, Thresholds, Verdict } from './verdict.ts';
import { readable } from './words.ts';

/** What one capture says. A finding describes what is bad; it may be there while things are unclear, too. */
export interface Look<M> {
  readonly memory: M;
  readonly sign: 'bad' | 'good' | 'unclear';
  readonly finding: Finding | null;
}

/** What is bad, in the words and numbers of the newest capture. */
export interface Finding {
  readonly sentence: string;
  readonly severity: Verdict['severity'];
  readonly culprit: Verdict['culprit'];
  readonly nodes: readonly string[];
  readonly numbers: readonly EvidenceNumber[];
  readonly fixes: readonly string[];
}

type Limits<T extends string> = Readonly<Record<T | 'captures', number>>;

export interface RuleSpec<M, T extends string> {
  readonly id: string;
  readonly title: string;
  /** `captures`: how many in a row must look bad before the alarm, and good before it is over. */
  readonly thresholds: Readonly<Record<T | 'captures', Threshold>>;
  /** The rule in words, with its thresholds. */
  because(limits: Limits<T>): string;
  readonly doubt: string;
  /** Whether one mini-batch before training is enough to warn. */
  readonly atStart: boolean;
  /** Whether it may say why a run broke, which cannot be watched any longer: one bad capture is enough then. */
  readonly atFailure?: boolean;
  /** The rule's own memory before the first capture. */
  readonly memory: M;
  look(memory: M, evidence: Evidence, limits: Limits<T>): Look<M>;
}

/** What a rule has come to. */
export interface RuleState {
  readonly memory: unknown;
  /** Captures in a row that said the opposite of what is announced now, and the step where they began. */
  readonly held: number;
  readonly since: number;
  /** What looked bad at the newest capture; null where it did not, or an alarm stands. */
  readonly pending: Finding | null;
  /** What is announced: an alarm that stands, or one that has passed. */
  readonly verdict: Verdict | null;
}

export interface Rule {
  readonly id: string;
  readonly title: string;
  readonly thresholds: Readonly<Record<string, Threshold>>;
  readonly start: RuleState;
  judge(state: RuleState, evidence: Evidence, changed: Thresholds): RuleState;
  /** What the first capture alone says, before any training. */
  atStart(evidence: Evidence, changed: Thresholds): Verdict | null;
  /** The numbers that the rule goes by, of one capture alone, whether they are bad or not; empty where it has nothing to say. */
  measure(evidence: Evidence): readonly EvidenceNumber[];
  /** The run broke at this step: raises what has looked bad, however shortly, where the rule may say why. */
  atFailure(state: RuleState, step: number, changed: Thresholds): RuleState;
}

/** Declares a rule. Its memory is only ever its own `memory` or what its own `look` returned. */
export function defineRule<M, T extends string>(spec: RuleSpec<M, T>): Rule {
  const { id, title, thresholds, doubt } = spec;

  function announce(
    finding: Finding,
    limits: Limits<T>,
    rest: Pick<Verdict, 'window' | 'raisedAt'>,
  ): Verdict {
    const shown = Object.entries<Threshold>(thresholds).map(([name, threshold]) => [
      name,
      { ...threshold, value: limits[name as T] },
    ]);
    return {
      ...finding,
      ...rest,
      rule: id,
      title,
      doubt,
      because: spec.because(limits),
      thresholds: Object.fromEntries(shown),
      clearedAt: null,
    };
  }

  return {
    id,
    title,
    thresholds,
    start: { memory: spec.memory, held: 0, since: 0, pending: null, verdict: null },
    judge(state, evidence, changed) {
      const limits = withDefaults(thresholds, changed);
      const { step } = evidence.capture;
      const { memory, sign, finding } = spec.look(state.memory as M, evidence, limits);
      const stands = isStanding(state.verdict);
      const speaksAgainst = sign === (stands ? 'good' : 'bad');
      const held = speaksAgainst ? state.held + 1 : 0;
      const since = held === 1 ? step : state.since;
      const turns = held >= limits.captures;
      if (stands && state.verdict) {
        const { raisedAt } = state.verdict;
        const window = { ...state.verdict.window, to: step, captures: state.verdict.window.captures + 1 };
        const now = finding ? announce(finding, limits, { window, raisedAt }) : { ...state.verdict, window };
        return turns
          ? { memory, held: 0, since, pending: null, verdict: { ...now, clearedAt: step } }
          : { memory, held, since, pending: null, verdict: now };
      }
      if (!turns || !finding)
        return { memory, held, since, pending: held > 0 ? finding : null, verdict: state.verdict };
      const window = { from: since, to: step, captures: held };
      const verdict = announce(finding, limits, { window, raisedAt: step });
      return { memory, held: 0, since, pending: null, verdict };
    },
    atFailure(state, step, changed) {
      const { pending, since, held } = state;
      if (!spec.atFailure || !pending) return state;
      const limits = withDefaults(thresholds, changed);
      const window = { from: since, to: step, captures: held };
      const verdict = announce(pending, limits, { window, raisedAt: step });
      const because = `The run broke when this had held for ${captureCount(held)}. Otherwise: ${verdict.because}`;
      return { ...state, held: 0, pending: null, verdict: { ...verdict, because } };
    },
    atStart(evidence, changed) {
      if (!spec.atStart) return null;
      const limits = withDefaults(thresholds, changed);
      const { sign, finding } = spec.look(spec.memory, evidence, limits);
      const { step } = evidence.capture;
      if (sign !== 'bad' || !finding) return null;
      const verdict = announce(finding, limits, {
        window: { from: step, to: step, captures: 1 },
        raisedAt: step,
      });
      return {
        ...verdict,
        because: `Seen in one mini-batch, before training. While a net trains: ${verdict.because}`,
      };
    },
    measure(evidence) {
      const { finding } = spec.look(spec.memory, evidence, withDefaults(thresholds, {}));
      return finding?.numbers ?? [];
    },
  };
}

/** Whether an alarm stands: it was raised and has not passed. */
export function isStanding(verdict: Verdict | null): boolean {
  return verdict !== null && verdict.clearedAt === null;
}

/** Nothing to be said of this capture. */
export const unclear = <M>(memory: M): Look<M> => ({ memory, sign: 'unclear', finding: null });
export const good = <M>(memory: M, finding: Finding | null = null): Look<M> => ({
  memory,
  sign: 'good',
  finding,
});

/** A number of the evidence; `text` where it is not said as plain numbers are. */
export function number(label: string, value: number, text = readable(value)): EvidenceNumber {
  return { label, value, text };
}

const captureCount = (count: number): string => `${count} ${count === 1 ? 'capture' : 'captures'}`;

export function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
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
