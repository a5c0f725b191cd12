/** All runs of this window: show one, lay another beside it, forget one. */
import { Columns2, ListTree, Trash2 } from 'lucide-react';
import { Popover } from 'radix-ui';
import type { RunView } from '../../engine-client/run.ts';
import { useTraining, useTrainingClient } from '../../engine-client/training.ts';
import { useWorkbench } from '../../session/workbench.ts';
import { Button, IconButton } from '../../ui/Button.tsx';
import { WhatIsThis } from '../../ui/WhatIsThis.tsx';
import styles from './RunControls.module.css';
import { progressWords, scoreWords, statusWords } from './words.ts';

export function RunList() {
  const runs = useTraining((s) => s.runs);
  return (
    <Popover.Root>
      <Popover.Trigger asChild>
        <Button tone="quiet" title="Runs of this window">
          <ListTree aria-hidden />
          {runs.size} {runs.size === 1 ? 'run' : 'runs'}
        </Button>
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content className={styles.runs} sideOffset={6} collisionPadding={8} aria-label="Runs">
          <p className={styles.runsHead}>
            Runs of this window <WhatIsThis topic="runs" />
          </p>
          {runs.size === 0 ? <p className={styles.empty}>Press play: the first run appears here.</p> : null}
          {[...runs.values()].map((run) => (
            <RunRow key={run.id} run={run} />
          ))}
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

function RunRow({ run }: { readonly run: RunView }) {
  const { client } = useTrainingClient();
  const { session } = useWorkbench();
  const shown = useTraining((s) => s.shown);
  const beside = useTraining((s) => s.beside);
  return (
    <div className={styles.run} aria-current={shown === run.id}>
      <button type="button" className={styles.runTitle} onClick={() => client.show(run.id)}>
        {run.title}
        <small>
          {statusWords[run.status]} · {progressWords(run)} · loss{' '}
          {run.trend.steps > 0 ? run.trend.now.toPrecision(3) : '–'}
          {scoreWords(run)}
        </small>
      </button>
      <IconButton
        label={beside === run.id ? 'Do not compare any more' : 'Compare with the shown run'}
        pressed={beside === run.id}
        disabled={shown === run.id}
        onClick={() => {
          client.lay(beside === run.id ? null : run.id);
          if (beside !== run.id) session.setState({ bottomTab: 'compare' });
        }}
      >
        <Columns2 aria-hidden />
      </IconButton>
      <IconButton label="Forget this run" onClick={() => client.remove(run.id)}>
        <Trash2 aria-hidden />
      </IconButton>
    </div>
  );
}
