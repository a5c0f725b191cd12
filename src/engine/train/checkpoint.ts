// What training has come to, apart from the GPU that it lies on.
import type { Plateau } from '../optim/plateau.ts';
import type { Stopping } from '../optim/stopping.ts';

/** All that training has come to: enough to go on from, on another device too. */
export interface Checkpoint {
  readonly step: number;
  readonly seed: number;
  /** The arenas of parameters and optimiser states, by buffer name. */
  readonly arenas: ReadonlyMap<string, Float32Array<ArrayBuffer>>;
  readonly plateau: Plateau;
  readonly stopping: Stopping;
}
