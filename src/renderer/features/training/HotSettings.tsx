/** Learning rate and batch size, one click away: they change while it trains. The rest is in the inspector. */
import { SlidersHorizontal } from 'lucide-react';
import { Popover } from 'radix-ui';
import { useRef } from 'react';
import { readable } from '../../../engine/index.ts';
import { setTraining } from '../../document/commands/settings.ts';
import { shownRun, type TrainingState } from '../../engine-client/store.ts';
import { useTraining } from '../../engine-client/training.ts';
import { useDocument, useWorkbench } from '../../session/workbench.ts';
import { Button } from '../../ui/Button.tsx';
import { NumberField } from '../../ui/NumberField.tsx';
import { WhatIsThis } from '../../ui/WhatIsThis.tsx';
import { PruneForm } from './PruneForm.tsx';
import styles from './RunControls.module.css';

/** The slider goes over powers of ten, since that is how learning rates differ. */
const LOWEST_POWER = -6;
const HIGHEST_POWER = 1;

/** The learning rate of the last step of the shown run. */
function latestRate(state: TrainingState): number | null {
  const curve = shownRun(state)?.log?.learningRate;
  return curve && curve.length > 0 ? curve.latest : null;
}

export function HotSettings() {
  const { document } = useWorkbench();
  const training = useDocument((s) => s.doc.training);
  const slides = useRef(0);
  const stored = training.optimizer.params.learningRate;
  const learningRate = typeof stored === 'number' ? stored : null;
  const scheduled = useTraining(latestRate);
  const rate = training.schedule.kind === 'constant' ? learningRate : (scheduled ?? learningRate);

  function setLearningRate(value: number, gesture: string | undefined): void {
    const optimizer = {
      ...training.optimizer,
      params: { ...training.optimizer.params, learningRate: value },
    };
    document.getState().run(setTraining({ optimizer }, gesture && `learning-rate:${gesture}`));
  }

  return (
    <Popover.Root>
      <Popover.Trigger asChild>
        <Button tone="quiet" title="Learning rate and batch size">
          <SlidersHorizontal aria-hidden />
          {rate === null ? 'Settings' : `lr ${readable(rate)}`} · batch {training.batchSize}
        </Button>
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content className={styles.settings} sideOffset={6} collisionPadding={8}>
          <h3>
            While it trains <WhatIsThis topic="learningRate" />
          </h3>
          <NumberField
            label="Learning rate"
            value={learningRate ?? 0.001}
            min={0}
            max={1000}
            onChange={setLearningRate}
          />
          <input
            className={styles.slider}
            type="range"
            aria-label="Learning rate, logarithmic"
            min={LOWEST_POWER}
            max={HIGHEST_POWER}
            step={0.05}
            value={Math.log10(Math.max(learningRate ?? 0.001, 10 ** LOWEST_POWER))}
            onPointerDown={() => slides.current++}
            onChange={({ target }) =>
              setLearningRate(Number((10 ** target.valueAsNumber).toPrecision(2)), `slide:${slides.current}`)
            }
          />
          <NumberField
            label="Batch size"
            value={training.batchSize}
            min={1}
            max={65_536}
            integer
            onChange={(batchSize, gesture) =>
              document.getState().run(setTraining({ batchSize }, gesture && `batch:${gesture}`))
            }
          />
          {training.schedule.kind === 'constant' || rate === null ? null : (
            <p aria-live="off">
              Its schedule has come to {readable(rate)}. The number above is what the schedule multiplies.
            </p>
          )}
          <p>
            The learning rate changes with the next step. A new batch size compiles again and keeps the
            weights.
          </p>
          <PruneForm />
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
