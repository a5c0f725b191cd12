/**
 * Pruning by magnitude with rewinding (Frankle & Carbin, The lottery ticket hypothesis, ICLR 2019): the smallest weights of a
 * trained net become 0 for good, the others go back to what they were at the start or soon after it, and training begins anew.
 */
import type { LoadedData } from '../data/load.ts';
import type { GraphDocument } from '../model/schema.ts';
import type { OpenDevice } from '../runtime/device.ts';
import type { Checkpoint } from './checkpoint.ts';
import { type Masks, magnitudeMasks, type Pruning } from './pruning.ts';
import { Trainer, type TrainerOptions } from './trainer.ts';

/** What a pruned run starts from. */
export interface Ticket {
  readonly masks: Masks;
  /** Where it is rewound to; null: the initial weights. */
  readonly start: Checkpoint | null;
}

/**
 * Chooses the weights that stay, by a trained net, and trains a whole one again to the step that is gone back to: it gives the
 * same weights to the bit.
 */
export async function drawTicket(
  open: OpenDevice,
  trained: Trainer,
  { document, data, options }: { document: GraphDocument; data: LoadedData; options: TrainerOptions },
  pruning: Pruning,
): Promise<Ticket> {
  const weights = await trained.weights();
  const masks = magnitudeMasks(trained.model.parameters, weights, pruning, options.masks ?? null);
  if (pruning.rewind === 0) return { masks, start: null };
  const { masks: _, ...whole } = options;
  const again = await Trainer.create(open, document, data, whole);
  try {
    while (again.step < pruning.rewind) {
      const { unsound, stopped } = await again.run(Math.min(again.mostSteps(), pruning.rewind - again.step));
      if (unsound !== null || stopped) break;
    }
    return { masks, start: await again.checkpoint() };
  } finally {
    again.dispose();
  }
}
