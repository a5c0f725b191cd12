/** The tab of the gradient's pictures; a net that has time steps or heads has their pictures first. */
import { seenRun } from '../../engine-client/store.ts';
import { useTraining } from '../../engine-client/training.ts';
import { Empty } from '../../ui/Empty.tsx';
import styles from './Charts.module.css';
import { OverlayChart } from './OverlayChart.tsx';
import { ProfileChart } from './ProfileChart.tsx';
import { RatioChart } from './RatioChart.tsx';
import { useComparedRuns } from './runs.ts';
import { TensorOverTime } from './TensorOverTime.tsx';
import { TrackChart } from './TrackChart.tsx';

export function Gradients() {
  const run = useTraining(seenRun);
  const runs = useComparedRuns();
  if (!run?.log || run.log.history.length === 0) {
    return (
      <Empty>
        Press play: from the first step on, histograms of every layer’s activations and gradients appear here.
      </Empty>
    );
  }
  const tracked = [...new Set(run.facts?.tracks.map(({ what }) => what))];
  return (
    <div className={styles.row}>
      {tracked.map((what) => (
        <TrackChart key={what} run={run} what={what} />
      ))}
      <ProfileChart runs={runs} />
      <OverlayChart run={run} />
      <RatioChart run={run} />
      <TensorOverTime run={run} />
    </div>
  );
}
