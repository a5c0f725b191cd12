/** The first tab of the bottom panel: loss, metric, depth profile of the shown run, with the one beside it laid over. */
import { useTraining } from '../../engine-client/training.ts';
import styles from './Charts.module.css';
import { CurveChart } from './CurveChart.tsx';
import { ProfileChart } from './ProfileChart.tsx';
import { useComparedRuns } from './runs.ts';

export function Charts() {
  const runs = useComparedRuns();
  const hasMetric = useTraining((s) =>
    s.shown === null ? false : (s.runs.get(s.shown)?.facts?.metrics.length ?? 0) > 0,
  );
  if (runs.length === 0) {
    return (
      <p className={styles.empty}>
        Press play: loss, metrics and the depth profile of the gradient appear here.
      </p>
    );
  }
  return (
    <div className={styles.row}>
      <CurveChart runs={runs} choice="loss" />
      {hasMetric ? <CurveChart runs={runs} choice={0} /> : null}
      <ProfileChart runs={runs} />
    </div>
  );
}
