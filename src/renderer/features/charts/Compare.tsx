/** The second tab of the bottom panel: a run and its fork (or any other), or all that race, side by side, live or at a step. */

import type { RunView } from '../../engine-client/run.ts';
import { useTraining } from '../../engine-client/training.ts';
import { chartLook } from '../../ui/chart-look.ts';
import { Empty } from '../../ui/Empty.tsx';
import { useTheme } from '../../ui/theme.ts';
import { WhatIsThis } from '../../ui/WhatIsThis.tsx';
import styles from './Charts.module.css';
import { CurveChart } from './CurveChart.tsx';
import { comparedNumbers, outcomeInWords, takeoverInWords } from './compare-numbers.ts';
import { ProfileChart } from './ProfileChart.tsx';
import { useComparedRuns } from './runs.ts';

export function Compare() {
  const runs = useComparedRuns();
  const at = useTraining((s) => s.at);
  const look = chartLook(useTheme());
  if (runs.length < 2) {
    return (
      <Empty>
        Nothing is compared yet. “Prove it” on a verdict forks the run with the same seed and batches; the
        list of runs lays any two side by side; “Race optimisers” trains this net by five of them.
      </Empty>
    );
  }
  if (runs.length > 2) return <Race runs={runs} at={at} colors={look.race} />;
  return (
    <div className={styles.compare}>
      <section className={styles.numbers} aria-label="Numbers of both runs">
        <p className={styles.outcome}>
          {outcomeInWords(runs, at)} <WhatIsThis topic="comparison" />
        </p>
        {runs.map(({ id, title, takeover }) =>
          takeover ? (
            <p key={id} className={styles.outcome}>
              {takeoverInWords(title, takeover)}
            </p>
          ) : null,
        )}
        <table>
          <thead>
            <tr>
              <th aria-label="Number" />
              {runs.map(({ id, title }, place) => (
                <th key={id} scope="col" title={title}>
                  <span className={styles.key} style={{ background: look.series[place === 0 ? 0 : 1] }} />
                  {title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {comparedNumbers(runs, at).map(({ label, texts }) => (
              <tr key={label}>
                <th scope="row">{label}</th>
                {texts.map((text, place) => (
                  <td key={runs[place]?.id}>{text}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <CurveChart runs={runs} choice="loss" />
      <ProfileChart runs={runs} />
    </div>
  );
}

interface RaceProps {
  readonly runs: readonly RunView[];
  readonly at: number | null;
  readonly colors: readonly string[];
}

/** What a race is about. */
const raceColumns: ReadonlySet<string> = new Set(['step', 'loss (smoothed)', 'validation loss']);

/** A line for each run, and all their losses in one picture. */
function Race({ runs, at, colors }: RaceProps) {
  const columns = comparedNumbers(runs, at).filter(({ label }) => raceColumns.has(label));
  return (
    <div className={styles.compare} data-race>
      <section className={styles.numbers} aria-label="Numbers of all runs">
        <p className={styles.outcome}>
          {outcomeInWords(runs, at)} <WhatIsThis topic="comparison" />
        </p>
        <table>
          <thead>
            <tr>
              <th aria-label="Run" />
              {columns.map(({ label }) => (
                <th key={label} scope="col">
                  {label}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {runs.map(({ id, title }, place) => (
              <tr key={id}>
                <th scope="row">
                  <span className={styles.key} style={{ background: colors[place % colors.length] }} />
                  {title}
                </th>
                {columns.map(({ label, texts }) => (
                  <td key={label}>{texts[place]}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <CurveChart runs={runs} choice="loss" />
    </div>
  );
}
