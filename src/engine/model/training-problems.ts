// What is wrong with the settings of training: rules that do not exist, parameters that they do not take.
import type { z } from 'zod';
import { optimizerList, scheduleChoices } from '../optim/index.ts';
import { listWords, type Problem, paramProblems } from './problems.ts';
import type { TrainingSettings } from './schema.ts';

/** A rule that a document chooses by name: an optimiser, a schedule. */
interface Rule {
  readonly kind: string;
  readonly title: string;
  readonly params: z.ZodObject;
}

export function trainingProblems({ optimizer, schedule }: TrainingSettings): Problem[] {
  return [
    ...ruleProblems('optimiser', optimizer, optimizerList),
    ...ruleProblems('learning-rate schedule', schedule, scheduleChoices),
  ];
}

function ruleProblems(
  what: string,
  chosen: TrainingSettings['optimizer'],
  known: readonly Rule[],
): Problem[] {
  const rule = known.find((r) => r.kind === chosen.kind);
  if (rule) return paramProblems(rule.params, chosen.params, { name: 'training', title: rule.title });
  return [
    {
      code: 'training/unknown',
      severity: 'error',
      title: `training: there is no ${what} called ${chosen.kind}`,
      advice: `Choose one of ${listWords(known.map((r) => r.kind))}.`,
    },
  ];
}
