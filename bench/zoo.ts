/**
 * `npm run zoo [-- --half tuning|held] [--seeds N] [--only TEXT]`: trains nets that are ill in known ways beside healthy twins,
 * and prints how well the verdicts do. Thresholds are set by the tuning half alone; the held half says what they are worth.
 */
import { parseArgs } from 'node:util';
import { openGpu } from '../src/main/cli/gpu.ts';
import { zoo } from './zoo/cases.ts';
import { judgeCase, lineOf, type Score, scoreOf, type ZooResult } from './zoo/run.ts';

const { values } = parseArgs({
  options: {
    half: { type: 'string' },
    seeds: { type: 'string', default: '3' },
    only: { type: 'string', default: '' },
  },
});
const seeds = Array.from({ length: Number(values.seeds) }, (_, i) => i + 1);
const halves = (['tuning', 'held'] as const).filter(
  (half) => values.half === undefined || values.half === half,
);

function report(half: string, score: Score): string {
  const percent = (share: number): string => (Number.isNaN(share) ? '–' : `${(100 * share).toFixed(1)} %`);
  return [
    `${half}: precision ${percent(score.precision)} (goal 95 %), recall ${percent(score.recall)} (95 %)`,
    `right layer ${percent(score.rightLayer)} (90 %)`,
    `verdict at step ${score.steps} in the middle, ${score.mostSteps} at most (60)`,
    `first fix cures ${percent(score.cured)} (90 %)`,
  ].join(', ');
}

const gpu = await openGpu(false);
const scores: string[] = [];
for (const half of halves) {
  const results: ZooResult[] = [];
  for (const zooCase of zoo[half]) {
    if (!`${zooCase.verdict} ${zooCase.name}`.includes(values.only)) continue;
    for (const result of await judgeCase(gpu, zooCase, seeds)) {
      results.push(result);
      console.log(lineOf(result));
    }
  }
  scores.push(report(half, scoreOf(results)));
}
console.log(`\n${scores.join('\n')}`);
process.exit(0);
