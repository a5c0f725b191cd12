// Every template is trained as it ships, and held to what its text promises.
import { describe, expect, test } from 'vitest';
import { type JudgeState, judge, noVerdicts } from '../probe/judge.ts';
import { addLoss, noLoss } from '../probe/loss-trend.ts';
import { describeNet } from '../probe/net-facts.ts';
import type { Verdict } from '../probe/verdict.ts';
import { testDevice } from '../runtime/testing.ts';
import { capturesPerChunk, Trainer } from '../train/trainer.ts';
import type { Quality, Template } from './define.ts';
import { templates } from './index.ts';
import { dataOf } from './testing.ts';

/** As in the app: every one of the first steps is looked at, later ones now and then. */
const looksAt = (step: number): boolean => step < 256 || step % 64 === 0;

/** How many of the coming steps hold no more looks than one submission may. */
function stepsToSubmit(first: number, most: number): number {
  let looks = 0;
  for (let n = 0; n < most; n++) if (looksAt(first + n) && ++looks === capturesPerChunk) return n + 1;
  return most;
}

/** Trains and judges as the page does: the losses of a submission first, then its captures in order. */
async function trainAndJudge(trainer: Trainer, { document }: Template, steps: number): Promise<Verdict[]> {
  const net = describeNet(document, trainer.facts);
  const reached = new Map<string, Verdict>();
  let judgement: JudgeState = noVerdicts;
  let loss = noLoss;
  while (trainer.step < steps) {
    const most = Math.min(trainer.mostSteps(), steps - trainer.step);
    const { rows, captures, unsound } = await trainer.run(stepsToSubmit(trainer.step, most), looksAt);
    expect(unsound).toBeNull();
    loss = rows.loss.reduce(addLoss, loss);
    for (const capture of captures) {
      judgement = judge(judgement, { net, capture, loss });
      for (const verdict of judgement.verdicts) reached.set(verdict.rule, verdict);
    }
  }
  return [...reached.values()];
}

function stepsOf(quality: Quality, trainer: Trainer): number {
  return quality.kind === 'verdict' ? quality.steps : quality.epochs * trainer.stepsPerEpoch;
}

describe.each(templates.map((template) => [template.title, template] as const))('%s', (_, template) => {
  const { quality } = template;
  test(quality.kind === 'verdict' ? 'shows its fault' : 'gets as good as it says', async () => {
    const open = { device: await testDevice(), name: 'test', software: true };
    const trainer = await Trainer.create(open, template.document, await dataOf(template), { probes: true });
    try {
      const verdicts = await trainAndJudge(trainer, template, stepsOf(quality, trainer));
      if (quality.kind === 'verdict') {
        expect(verdicts).toMatchObject([{ rule: quality.rule, severity: 'severe', clearedAt: null }]);
        return;
      }
      expect(verdicts).toEqual([]);
      const { metrics } = await trainer.evaluate(quality.split);
      const reached = metrics[trainer.facts.metrics.indexOf(quality.metric)];
      expect(reached).toBeGreaterThanOrEqual(quality.atLeast ?? Number.NEGATIVE_INFINITY);
      expect(reached).toBeLessThanOrEqual(quality.atMost ?? Number.POSITIVE_INFINITY);
    } finally {
      trainer.dispose();
    }
  });
});
