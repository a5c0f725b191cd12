/**
 * Predictions of the current weights for inputs that are not in the data set: a program of its own in eval mode, compiled
 * when it is first asked for.
 */
import { compileGraph, type Target } from '../compile/compile.ts';
import type { Place } from '../compile/program.ts';
import { invariant } from '../errors.ts';
import { sizeOf } from '../ir/shape.ts';
import type { Value } from '../ir/value.ts';
import { buildModel, type DataShapes, type Model } from '../model/build.ts';
import type { GraphDocument } from '../model/schema.ts';
import { inputAttrs } from '../ops/leaf.ts';
import type { LoadedProgram, Machine } from '../runtime/machine.ts';
import { type Layouts, placeOfWeight } from './layout.ts';

const usualBatch = 256;

export interface PredictorOptions extends Target {
  readonly uniforms: readonly string[];
  /** Samples that are asked at once; 256. */
  readonly batch?: number;
  /** Tells its buffers from those of other predictors of one machine. */
  readonly name?: string;
  /** What is asked for: the prediction. */
  readonly wanted?: (model: Model) => Value | null;
}

interface Ready {
  readonly loaded: LoadedProgram;
  readonly input: Place;
  readonly output: Place;
  readonly batch: number;
  /** Whether it takes indices, not numbers. */
  readonly tokens: boolean;
  /** Numbers of one sample, in and out. */
  readonly width: number;
  readonly outputs: number;
}

const predictionOf = (model: Model): Value | null => model.prediction?.value ?? null;

export class Predictor {
  private readonly machine: Machine;
  private readonly prepare: () => Promise<Ready>;
  private ready: Promise<Ready> | null = null;

  constructor(
    machine: Machine,
    document: GraphDocument,
    shapes: DataShapes,
    layout: Layouts,
    { batch = usualBatch, name: own = 'predict', wanted = predictionOf, ...options }: PredictorOptions,
  ) {
    this.machine = machine;
    this.prepare = async () => {
      const model = buildModel(document, shapes, { batch, training: false });
      const value = wanted(model);
      invariant(value && model.data, 'a trainable model predicts');
      const x = model.data.x;
      const input: Place = { buffer: `${own}:x`, offset: 0, length: sizeOf(x.shape) };
      const output: Place = { buffer: `${own}:y`, offset: 0, length: sizeOf(value.shape) };
      const { program } = compileGraph(
        [{ value, at: output }],
        (leaf) => {
          if (leaf === x) return input;
          const name = inputAttrs(leaf)?.name ?? '';
          const place = placeOfWeight(layout, name);
          invariant(place, `the input ${name} has a place`);
          return place;
        },
        { arena: `${own}:arena`, ...options },
      );
      const buffers = { ...program.buffers, [input.buffer]: input.length, [output.buffer]: output.length };
      const loaded = await machine.load({ ...program, buffers });
      return {
        loaded,
        input,
        output,
        batch,
        tokens: x.dtype !== 'f32',
        width: input.length / batch,
        outputs: output.length / batch,
      };
    };
  }

  /** Row-major outputs, one row for each row of inputs. */
  async predict(rows: Float32Array | Int32Array): Promise<Float32Array> {
    this.ready ??= this.prepare();
    const { loaded, input, output, batch, tokens, width, outputs } = await this.ready;
    invariant(rows.length % width === 0, `inputs come in rows of ${width} numbers`);
    const count = rows.length / width;
    const result = new Float32Array(count * outputs);
    for (let first = 0; first < count; first += batch) {
      const part = rows.slice(first * width, (first + batch) * width);
      this.machine.write(input, tokens ? Int32Array.from(part) : Float32Array.from(part));
      const encoder = this.machine.device.createCommandEncoder();
      const pass = encoder.beginComputePass();
      this.machine.encode(pass, loaded);
      pass.end();
      this.machine.device.queue.submit([encoder.finish()]);
      const answers = new Float32Array(await this.machine.read(output));
      result.set(answers.subarray(0, Math.min(batch, count - first) * outputs), first * outputs);
    }
    return result;
  }
}
