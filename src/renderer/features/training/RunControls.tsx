/** The middle of the toolbar: play, pause, step, epoch, stop, reset, seed; what is running, and how fast. */
import {
  ChevronsRight,
  Dices,
  LoaderCircle,
  Pause,
  Play,
  RotateCcw,
  Square,
  StepForward,
} from 'lucide-react';
import type { ReactNode } from 'react';
import { readable as readableKeys } from '../../app/keys.ts';
import type { RunView } from '../../engine-client/run.ts';
import { shownRun } from '../../engine-client/store.ts';
import { useTraining } from '../../engine-client/training.ts';
import { actionTitle, isEnabled } from '../../session/actions.ts';
import { useAnalysis, useWorkbench } from '../../session/workbench.ts';
import { IconButton } from '../../ui/Button.tsx';
import { Tip } from '../../ui/Tip.tsx';
import { WhatIsThis } from '../../ui/WhatIsThis.tsx';
import { trainingActions } from './actions.ts';
import { HotSettings } from './HotSettings.tsx';
import styles from './RunControls.module.css';
import { RunList } from './RunList.tsx';
import { progressWords, statusWords } from './words.ts';

export function RunControls() {
  const run = useTraining(shownRun);
  const stale = useTraining((s) => s.stale);
  useAnalysis((s) => s.trainable); // what `enabled` of the buttons reads
  return (
    <div className={styles.controls} role="toolbar" aria-label="Training">
      <ActionButton id="train.toggle" tone="main">
        <ToggleIcon status={run?.status} />
      </ActionButton>
      <ActionButton id="train.step">
        <StepForward aria-hidden />
      </ActionButton>
      <ActionButton id="train.epoch">
        <ChevronsRight aria-hidden />
      </ActionButton>
      <ActionButton id="train.stop">
        <Square aria-hidden />
      </ActionButton>
      <ActionButton id="train.reset">
        <RotateCcw aria-hidden />
      </ActionButton>
      <ActionButton id="train.new-seed">
        <Dices aria-hidden />
      </ActionButton>
      {run ? <Readout run={run} /> : <span className={styles.progress}>not trained yet</span>}
      {stale ? (
        <Tip text="Play trains the graph as it is now, from step 0. Undo brings the trained one back.">
          <span className={styles.stale}>graph changed</span>
        </Tip>
      ) : null}
      <HotSettings />
      <RunList />
    </div>
  );
}

function ToggleIcon({ status }: { readonly status: RunView['status'] | undefined }) {
  if (status === 'compiling') return <LoaderCircle className={styles.spinner} aria-hidden />;
  return status === 'running' ? <Pause aria-hidden /> : <Play aria-hidden />;
}

function Readout({ run }: { readonly run: RunView }) {
  return (
    <>
      <span className={styles.status} data-status={run.status} title={run.problem?.title}>
        {statusWords[run.status]}
      </span>
      <span className={styles.progress}>
        {progressWords(run)} <WhatIsThis topic="progress" />
      </span>
    </>
  );
}

interface ActionButtonProps {
  readonly id: string;
  readonly tone?: 'main' | 'plain';
  readonly children: ReactNode;
}

function ActionButton({ id, tone = 'plain', children }: ActionButtonProps) {
  const workbench = useWorkbench();
  const action = trainingActions.find((candidate) => candidate.id === id);
  if (!action) throw new Error(`There is no action ${id}.`);
  const keys = action.keys?.[0];
  return (
    <span className={styles.button} data-tone={tone}>
      <IconButton
        label={actionTitle(action, workbench)}
        keys={keys === undefined ? undefined : readableKeys(keys, isMac)}
        disabled={!isEnabled(action, workbench)}
        onClick={() => action.run(workbench)}
      >
        {children}
      </IconButton>
    </span>
  );
}

const isMac = navigator.userAgent.includes('Mac');
