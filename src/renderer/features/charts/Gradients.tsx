/** The tab of the gradient's pictures: depth profile, all layers, one tensor over time. */
import { shownRun } from '../../engine-client/store.ts';
import { useTraining } from '../../engine-client/training.ts';
import styles from './Charts.module.css';
import { OverlayChart } from './OverlayChart.tsx';
import { ProfileChart } from './ProfileChart.tsx';
import { Ridgeline } from './Ridgeline.tsx';
import { useComparedRuns } from './runs.ts';

export function Gradients() {
  const run = useTraining(shownRun);
  const runs = useComparedRuns();
  if (!run?.log || run.log.history.length === 0) {
    return (
      <p className={styles.empty}>
        Press play: from the first step on, histograms of every layer’s activations and gradients appear here.
      </p>
    );
  }
  return (
    <div className={styles.row}>
      <ProfileChart runs={runs} />
      <OverlayChart run={run} />
      <Ridgeline run={run} />
    </div>
  );
}
