/** The tab "Developer": what a step takes, kernel by kernel. Few people open it, so it is loaded when somebody does. */
import { lazy, Suspense } from 'react';
import { shownRun } from '../../engine-client/store.ts';
import { useTraining } from '../../engine-client/training.ts';
import { Empty } from '../../ui/Empty.tsx';

const StepProfile = lazy(() =>
  import('./StepProfile.tsx').then(({ StepProfile: component }) => ({ default: component })),
);

export function DeveloperPanel() {
  const run = useTraining(shownRun);
  if (!run?.facts) return <Empty>Train a net, and this shows what each of its kernels takes.</Empty>;
  return (
    <Suspense fallback={<Empty role="status">Loading …</Empty>}>
      <StepProfile key={run.id} run={run} facts={run.facts} />
    </Suspense>
  );
}
