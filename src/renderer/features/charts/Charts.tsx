/** The first tab of the bottom panel: loss and metric of the shown run, with the one beside it laid over. */
import { useTraining } from '../../engine-client/training.ts';
import { Empty } from '../../ui/Empty.tsx';
import styles from './Charts.module.css';
import { CurveChart } from './CurveChart.tsx';
import { useComparedRuns } from './runs.ts';

export function Charts() {
  const runs = useComparedRuns();
  const hasMetric = useTraining((s) =>
    s.shown === null ? false : (s.runs.get(s.shown)?.facts?.metrics.length ?? 0) > 0,
  );
  if (runs.length === 0) {
    return <Empty>Press play: loss and metrics appear here.</Empty>;
  }
  return (
    <div className={styles.row}>
      <CurveChart runs={runs} choice="loss" />
      {hasMetric ? <CurveChart runs={runs} choice={0} /> : null}
    </div>
  );
}
