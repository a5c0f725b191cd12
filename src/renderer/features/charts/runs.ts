/** Which runs the charts draw. */
import { useMemo } from 'react';
import type { RunView } from '../../engine-client/run.ts';
import { startId } from '../../engine-client/start.ts';
import { besideRun, runsTogether, seenRun } from '../../engine-client/store.ts';
import { useTraining } from '../../engine-client/training.ts';

/** The runs of a race; else the shown run first, then the one beside it. */
export function useComparedRuns(): readonly RunView[] {
  const shown = useTraining(seenRun);
  const beside = useTraining(besideRun);
  const runs = useTraining((s) => s.runs);
  const race = useTraining((s) => s.race);
  const shownId = useTraining((s) => s.shown);
  return useMemo(() => {
    const together = race.length > 1 ? runsTogether({ runs, race, shown: shownId }) : [];
    if (together.length > 1 && shown?.id !== startId) return together;
    return [shown, shown?.id === startId ? null : beside].filter((run) => run !== null);
  }, [shown, beside, runs, race, shownId]);
}

/** Changes whenever one of the runs does. */
export function versionOf(runs: readonly RunView[]): string {
  return runs.map(({ id, generation, version }) => `${id}.${generation}.${version}`).join(' ');
}
