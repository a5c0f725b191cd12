/**
 * The tab "Scores": every measure of the shown run on each part of the data, and which class was taken for which. At a step
 * that a person went back to, with the weights of that step; for the newest, what was measured last.
 */
import { classReport, type Evaluation, readable } from '../../../engine/index.ts';
import type { RunView } from '../../engine-client/run.ts';
import { shownRun } from '../../engine-client/store.ts';
import { useTraining } from '../../engine-client/training.ts';
import { useAnswer } from '../../engine-client/use-answer.ts';
import { Empty } from '../../ui/Empty.tsx';
import { WhatIsThis } from '../../ui/WhatIsThis.tsx';
import styles from './Scores.module.css';
import { scoreTitles } from './words.ts';

const splits = ['train', 'validation', 'test'] as const;
const splitWords = { train: 'Training', validation: 'Validation', test: 'Test' } as const;

/** What is asked at a past step, kept so that it is the same question. */
const asked = {
  validation: { kind: 'scores', part: 'validation' },
  train: { kind: 'scores', part: 'train' },
} as const;

export function Scores() {
  const run = useTraining(shownRun);
  const at = useTraining((s) => s.at);
  if (!run?.facts) return <NothingYet />;
  return at === null ? <NewestScores run={run} /> : <PastScores run={run} />;
}

function NothingYet() {
  return <Empty>Scores appear here once the run has been measured: while it trains, and at its end.</Empty>;
}

function NewestScores({ run }: { readonly run: RunView }) {
  const measured = splits.flatMap((split) => run.scores[split] ?? []);
  return measured.length === 0 ? <NothingYet /> : <ScoreTables run={run} measured={measured} />;
}

function PastScores({ run }: { readonly run: RunView }) {
  const hasValidation = (run.facts?.samples.validation ?? 0) > 0;
  const { value, problem } = useAnswer<'scores'>(run, hasValidation ? asked.validation : asked.train);
  if (!value)
    return (
      <Empty role={problem === null ? 'status' : 'alert'}>
        {problem ?? 'Measuring with the weights of that step …'}
      </Empty>
    );
  return <ScoreTables run={run} measured={[value.evaluation]} />;
}

interface ScoreTablesProps {
  readonly run: RunView;
  /** At least one. */
  readonly measured: readonly Evaluation[];
}

function ScoreTables({ run, measured }: ScoreTablesProps) {
  const latest = measured.find((e) => e.split === 'validation') ?? measured[0]!;
  const rows = measuresOf(run, latest).map(([name]) => name);
  return (
    <div className={styles.scores}>
      <section aria-label="Scores">
        <table>
          <thead>
            <tr>
              <th aria-label="Score">
                <WhatIsThis topic="scores" />
              </th>
              {measured.map(({ split, step }) => (
                <th key={split} scope="col">
                  {splitWords[split]}
                  <small>weights of step {step}</small>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((name) => (
              <tr key={name}>
                <th scope="row">{scoreTitles[name] ?? name}</th>
                {measured.map((e) => (
                  <td key={e.split}>{readable(new Map(measuresOf(run, e)).get(name) ?? Number.NaN)}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {latest.confusion ? <Confusion evaluation={latest} names={run.facts?.classes ?? []} /> : null}
    </div>
  );
}

/** All that was measured, by name. */
function measuresOf({ facts }: RunView, { loss, metrics, scores }: Evaluation): [string, number][] {
  const named = (facts?.metrics ?? []).map((name, i): [string, number] => [name, metrics[i] ?? Number.NaN]);
  return [['loss', loss], ...named, ...Object.entries(scores)];
}

/** Deeper the larger the share of a class; errors show earlier, since they are few. */
const shade = (share: number, isRight: boolean): string =>
  `color-mix(in oklab, var(${isRight ? '--good' : '--bad'}) ${Math.round(share * (isRight ? 30 : 60))}%, transparent)`;

interface ConfusionProps {
  readonly evaluation: Evaluation;
  readonly names: readonly string[];
}

/** Rows are what samples are, columns what they were taken for; what is off the diagonal is an error. */
function Confusion({ evaluation: { confusion, split, step }, names }: ConfusionProps) {
  const matrix = confusion ?? [];
  const { classes } = classReport(matrix);
  const nameOf = (c: number): string => names[c] ?? String(c);
  return (
    <section aria-label="Confusion matrix">
      <table>
        <caption>
          {splitWords[split]}, weights of step {step}: rows are what samples are, columns what they were taken
          for; colour is the share of the row <WhatIsThis topic="confusion" />
        </caption>
        <thead>
          <tr>
            <th aria-label="Class" />
            {matrix.map((_, c) => (
              <th key={c} scope="col">
                {nameOf(c)}
              </th>
            ))}
            <th scope="col">Precision</th>
            <th scope="col">Recall</th>
            <th scope="col">F1</th>
          </tr>
        </thead>
        <tbody>
          {matrix.map((row, r) => (
            <tr key={r}>
              <th scope="row">{nameOf(r)}</th>
              {row.map((count, c) => (
                <td key={c} style={{ background: shade(count / (classes[r]?.count || 1), c === r) }}>
                  {count}
                </td>
              ))}
              {(['precision', 'recall', 'f1'] as const).map((score) => (
                <td key={score}>{readable(classes[r]?.[score] ?? 0)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
