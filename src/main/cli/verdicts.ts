// What `gradloom train --verdicts` says: each verdict when it is raised and when it has passed, and all of them at the end.
import type { Verdict } from '../../engine/index.ts';
import { print, printJson } from './output.ts';

/** Says what is new among verdicts, once. */
export class VerdictReport {
  private readonly json: boolean;
  private readonly said = new Set<string>();
  private readonly all = new Map<string, Verdict>();

  constructor(json: boolean) {
    this.json = json;
  }

  /** Every alarm that was raised so far, in the words of its newest capture. */
  get verdicts(): readonly Verdict[] {
    return [...this.all.values()];
  }

  update(verdicts: readonly Verdict[]): void {
    for (const verdict of verdicts) {
      this.all.set(`${verdict.rule} ${verdict.raisedAt}`, verdict);
      this.say(verdict, 'raised');
      if (verdict.clearedAt !== null) this.say(verdict, 'passed');
    }
  }

  private say(verdict: Verdict, event: 'raised' | 'passed'): void {
    const { rule, raisedAt, clearedAt, severity, title, sentence } = verdict;
    const id = `${rule} ${raisedAt} ${event}`;
    if (this.said.has(id)) return;
    this.said.add(id);
    const step = event === 'raised' ? raisedAt : clearedAt;
    if (this.json) printJson({ verdict: rule, event, step, ...verdict });
    else if (event === 'raised') print(`step ${step}: ${title} (${severity}). ${sentence}`);
    else print(`step ${step}: ${title} has passed.`);
  }
}
