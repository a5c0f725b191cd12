/** Learning rate and batch size, one click away: they change while it trains. The rest is in the inspector. */
import { SlidersHorizontal } from 'lucide-react';
import { Popover } from 'radix-ui';
import { useRef } from 'react';
import { readable } from '../../../engine/index.ts';
import { setTraining } from '../../document/commands/settings.ts';
import { useDocument, useWorkbench } from '../../session/workbench.ts';
import { Button } from '../../ui/Button.tsx';
import { NumberField } from '../../ui/NumberField.tsx';
import styles from './RunControls.module.css';

/** The slider goes over powers of ten, since that is how learning rates differ. */
const LOWEST_POWER = -6;
const HIGHEST_POWER = 1;

export function HotSettings() {
  const { document } = useWorkbench();
  const training = useDocument((s) => s.doc.training);
  const slides = useRef(0);
  const stored = training.optimizer.params.learningRate;
  const learningRate = typeof stored === 'number' ? stored : null;

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
          {learningRate === null ? 'Settings' : `lr ${readable(learningRate)}`} · batch {training.batchSize}
        </Button>
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content className={styles.settings} sideOffset={6} collisionPadding={8}>
          <h3>While it trains</h3>
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
          <p>
            The learning rate changes with the next step. A new batch size compiles again and keeps the
            weights.
          </p>
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
