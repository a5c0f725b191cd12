/** Which runs the charts draw. */
import { useMemo } from 'react';
import type { RunView } from '../../engine-client/run.ts';
import { startId } from '../../engine-client/start.ts';
import { besideRun, seenRun } from '../../engine-client/store.ts';
import { useTraining } from '../../engine-client/training.ts';

/** The shown run first, then the one beside it. */
export function useComparedRuns(): readonly RunView[] {
  const shown = useTraining(seenRun);
  const beside = useTraining(besideRun);
  return useMemo(
    () => [shown, shown?.id === startId ? null : beside].filter((run) => run !== null),
    [shown, beside],
  );
}

/** Changes whenever one of the runs does. */
export function versionOf(runs: readonly RunView[]): string {
  return runs.map(({ id, generation, version }) => `${id}.${generation}.${version}`).join(' ');
}
