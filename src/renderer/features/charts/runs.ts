/** Which runs the charts draw, and how their files are saved. */
import { useMemo } from 'react';
import { toast } from 'sonner';
import type { RunView } from '../../engine-client/run.ts';
import { besideRun, shownRun } from '../../engine-client/store.ts';
import { useTraining } from '../../engine-client/training.ts';
import { useWorkbench } from '../../session/workbench.ts';
import type { ChartProps } from '../../ui/Chart.tsx';

/** The shown run first, then the one beside it. */
export function useComparedRuns(): readonly RunView[] {
  const shown = useTraining(shownRun);
  const beside = useTraining(besideRun);
  return useMemo(() => [shown, beside].filter((run) => run !== null), [shown, beside]);
}

/** Saves a picture or a table where the user says. */
export function useSaveFile(): ChartProps['onSave'] {
  const { host } = useWorkbench();
  return async ({ name, bytes, kind }) => {
    const chosen = await host.chooseSave({ purpose: kind, suggestedName: name });
    if (chosen.ok && chosen.value === null) return;
    const reply = chosen.ok ? await host.invoke('export:file', { path: chosen.value ?? '', bytes }) : chosen;
    if (reply.ok) toast.success(`Saved ${name}`);
    else toast.error(reply.title, { description: reply.fix });
  };
}
