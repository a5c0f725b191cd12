/**
 * The learning rate of every step: the optimiser's own, times its schedule, times what a plateau has come to. Steps run many
 * to a submission, so the rates of the coming ones lie in a table on the GPU: changing any of them compiles nothing.
 */
import type { Place } from '../compile/program.ts';
import { EngineError } from '../errors.ts';
import type { TrainingSettings } from '../model/schema.ts';
import { addEpoch, noPlateau, type Plateau, plateau, plateauParams } from '../optim/plateau.ts';
import { scheduleOf } from '../optim/schedule.ts';
import type { Outbox } from '../runtime/outbox.ts';
import { paramsOf } from './params.ts';

/** What the settings make of a step; at step 0 the schedules begin. */
export type RateRule = (step: number) => number;

/**
 * The rule of the settings, a plateau apart.
 *
 * @throws EngineError where the schedule is unknown or its parameters are out of bounds
 */
export function rateRule({ schedule }: Pick<TrainingSettings, 'schedule'>, learningRate: number): RateRule {
  if (schedule.kind === plateau.kind) return () => learningRate;
  const spec = scheduleOf(schedule.kind);
  if (!spec)
    throw new EngineError('train/untrainable', {
      title: `The learning-rate schedule ${schedule.kind} is unknown`,
      fix: 'Choose another schedule.',
    });
  const params = paramsOf(spec, schedule.params);
  return (step) => learningRate * spec.factor(step, params);
}

export class Rates {
  private readonly outbox: Outbox;
  private readonly table: Place;
  private readonly values: Float32Array<ArrayBuffer>;
  private rule: RateRule = () => 0;
  private waiting: ReturnType<typeof plateauParams.parse> | null = null;
  private reached: Plateau = noPlateau;
  /** The steps whose rates are in the table. */
  private from = 0;
  private until = 0;

  constructor(outbox: Outbox, table: Place) {
    this.outbox = outbox;
    this.table = table;
    this.values = new Float32Array(table.length);
  }

  /** The most elements that wait in the outbox. */
  static words(table: Place): number {
    return table.length;
  }

  /** Takes over settings. @throws EngineError where they are not valid; then nothing changes */
  set(settings: TrainingSettings, learningRate: number): void {
    const { schedule } = settings;
    const rule = rateRule(settings, learningRate);
    this.waiting =
      schedule.kind === plateau.kind ? plateauParams.parse(paramsOf(plateau, schedule.params)) : null;
    this.rule = rule;
    this.restore(this.waiting ? this.reached : noPlateau);
  }

  /** Whether the loss at the end of each epoch matters. */
  get watchesEpochs(): boolean {
    return this.waiting !== null;
  }

  /** What a checkpoint keeps. */
  get plateau(): Plateau {
    return this.reached;
  }

  restore(reached: Plateau): void {
    this.reached = reached;
    this.until = this.from;
  }

  /** An epoch ended with this loss. */
  endEpoch(loss: number): void {
    if (this.waiting) this.restore(addEpoch(this.reached, loss, this.waiting));
  }

  /** The learning rate of a step, as float32 has it. */
  at(step: number): number {
    return Math.fround(this.rule(step) * this.reached.factor);
  }

  /** Sees to it that the steps to be submitted find their rates. */
  cover(first: number, count: number): void {
    const { table, values } = this;
    if (first >= this.from && first + count < this.until) return;
    for (let step = first; step < first + table.length; step++) values[step % table.length] = this.at(step);
    this.outbox.post(table, values);
    this.from = first;
    this.until = first + table.length;
  }
}
