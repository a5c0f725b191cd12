/** Measures a model over a whole part of the data, in eval mode; reads nothing of what training writes but the weights. */
import type { Place } from '../compile/program.ts';
import { finishMetric, type Metric } from '../model/metrics.ts';
import { classReport, joinSpreads, type Spread } from '../model/scores.ts';
import type { LoadedProgram, Machine } from '../runtime/machine.ts';
import type { Outbox } from '../runtime/outbox.ts';
import type { ReadbackRing } from '../runtime/readback.ts';
import type { EvalProgram, MeanColumns } from './eval-program.ts';
import { evalCounterPlace } from './places.ts';
import type { PreparedRun } from './prepare.ts';
import type { Evaluation } from './protocol.ts';

export interface Measured extends Pick<Evaluation, 'loss' | 'metrics' | 'scores' | 'confusion'> {}

export class Evaluator {
  private readonly machine: Machine;
  private readonly outbox: Outbox;
  private readonly ring: ReadbackRing;
  private readonly program: EvalProgram;
  private readonly loadProgram: () => Promise<LoadedProgram>;
  /** Made when it is first needed, so that the first step need not wait for its pipelines. */
  private loading: Promise<LoadedProgram> | null = null;
  private readonly metrics: readonly Metric[];

  constructor(
    machine: Machine,
    outbox: Outbox,
    ring: ReadbackRing,
    { evaluation, loadEvaluation, metrics }: Pick<PreparedRun, 'evaluation' | 'loadEvaluation' | 'metrics'>,
  ) {
    this.machine = machine;
    this.outbox = outbox;
    this.ring = ring;
    this.program = evaluation;
    this.loadProgram = loadEvaluation;
    this.metrics = metrics;
  }

  /** Words of what an evaluation reads back at most. */
  static words({ ring, confusion }: EvalProgram): number {
    return ring.length + (confusion?.length ?? 0);
  }

  /** The most elements that wait in the outbox. */
  static sent({ capacity, batch }: EvalProgram): number {
    return capacity + batch.length + evalCounterPlace.length;
  }

  private async load(): Promise<LoadedProgram> {
    this.loading ??= this.loadProgram();
    return this.loading;
  }

  /** Measures these samples; the uniforms, which are posted with them, say how many they are. */
  async measure(samples: Int32Array<ArrayBuffer>, postUniforms: () => void): Promise<Measured> {
    const { machine, outbox, program } = this;
    const { batchSize, columns, confusion } = program;
    const loaded = await this.load();
    const runs = Math.ceil(samples.length / batchSize);
    // Behind the last sample comes what an earlier measurement left: indices too, and none that counts.
    const order = new Int32Array(runs * batchSize);
    order.set(samples);
    const slot = await this.ring.acquire();
    postUniforms();
    outbox.post(program.order, order);
    outbox.post(program.batch, order.subarray(0, batchSize));
    outbox.post(evalCounterPlace, Uint32Array.of(0));
    const encoder = machine.device.createCommandEncoder();
    outbox.send(encoder);
    if (confusion) machine.clear(encoder, confusion.buffer);
    const pass = encoder.beginComputePass();
    for (let i = 0; i < runs; i++) machine.encode(pass, loaded);
    pass.end();
    const rows: Place = { ...program.ring, length: runs * columns };
    const words = this.ring.copy(encoder, slot, 0, [rows, ...(confusion ? [confusion] : [])]);
    machine.device.queue.submit([encoder.finish()]);
    const numbers = new Float32Array(await this.ring.take(slot, words));
    const table = numbers.subarray(0, rows.length);
    return this.scored(table, samples.length, confusion && squareOf(numbers.subarray(rows.length)));
  }

  private scored(table: Float32Array, count: number, confusion: number[][] | null): Measured {
    const { columns, judging, ...program } = this.program;
    const runs = table.length / columns;
    const column = (c: number): number[] => Array.from({ length: runs }, (_, r) => table[r * columns + c]!);
    const total = (c: number): number => column(c).reduce((sum, v) => sum + v, 0);
    // Where nothing at all counts, nothing is lost.
    const mean = ({ sum, weights }: MeanColumns): number =>
      total(sum) / (weights === null ? count : Math.max(total(weights), Number.MIN_VALUE));
    const { metrics } = this;
    const scores: Record<string, number> = {};
    judging.means.forEach((m, i) => {
      scores[m.name] = m.finish(mean(program.means[i]!));
    });
    const errors = program.metrics[metrics.findIndex((m) => m.name === 'rmse')];
    if (judging.numbers && errors) {
      const [counts, means, squares] = [3, 2, 1].map((back) => column(columns - back));
      const spread = Array.from(
        { length: runs },
        (_, r): Spread => ({ count: counts![r]!, mean: means![r]!, squares: squares![r]! }),
      ).reduce(joinSpreads, { count: 0, mean: 0, squares: 0 });
      scores.r2 = 1 - total(errors.sum) / spread.squares;
    }
    if (confusion) Object.assign(scores, classReport(confusion).macro);
    return {
      loss: program.losses.reduce((sum, l) => sum + mean(l), 0),
      metrics: metrics.map((m, i) => finishMetric(m, mean(program.metrics[i]!))),
      scores,
      confusion,
    };
  }
}

/** The rows of a square matrix. */
function squareOf(numbers: Float32Array): number[][] {
  const size = Math.round(Math.sqrt(numbers.length));
  return Array.from({ length: size }, (_, r) => [...numbers.subarray(r * size, (r + 1) * size)]);
}
