/**
 * Looks inside a trained net, apart from training: values and gradients of any node for any inputs, in eval mode, with the
 * weights of any kept step. Programs are compiled when they are first asked for, on a machine of their own.
 */
import { gradientMap } from '../autodiff/grad.ts';
import { compileGraph, type Target } from '../compile/compile.ts';
import type { Place } from '../compile/program.ts';
import { describeDataset } from '../data/dataset.ts';
import type { LoadedData } from '../data/load.ts';
import { invariant } from '../errors.ts';
import { sizeOf } from '../ir/shape.ts';
import type { Value } from '../ir/value.ts';
import { buildModel, type Model } from '../model/build.ts';
import type { GraphDocument } from '../model/schema.ts';
import { inputAttrs, zeros } from '../ops/leaf.ts';
import { sum } from '../ops/reduce.ts';
import { type LoadedProgram, Machine } from '../runtime/machine.ts';
import { describeInside, sampleRows } from './inside.ts';
import type { InspectAnswer, InspectRequest, Part, Tensor, Wish } from './inspect-protocol.ts';
import type { KeptWeights, WeightsAt } from './kept-weights.ts';
import { type Layouts, placeOfWeight } from './layout.ts';
import type { Evaluation } from './protocol.ts';
import { singularValues } from './singular-values.ts';

export interface InspectorOptions {
  /** Where training keeps the weights. */
  readonly machine: Machine;
  readonly document: GraphDocument;
  readonly data: LoadedData;
  readonly layout: Layouts;
  readonly target: Target;
  /** The scalars that programs read, as they are now. */
  hypers(): { readonly values: Readonly<Record<string, number>>; readonly integers: ReadonlySet<string> };
  /** Measures a part of the data with the weights of a kept step, or those of now; training goes on as if it had not been asked. */
  measure(part: Part, weights: WeightsAt | null): Promise<Evaluation>;
}

/** Programs come in these sizes; more rows go through the largest in turns. */
const batches = [1, 32, 512] as const;
/** Programs kept ready. */
const mostPrograms = 6;
/** Singular values are computed at so many of the kept steps at most. */
const spectrumSteps = 40;

interface Ready {
  readonly machine: Machine;
  readonly loaded: LoadedProgram;
  readonly batch: number;
  readonly x: Place;
  readonly y: Place;
  readonly results: readonly { readonly place: Place; readonly shape: readonly number[] }[];
}

export class Inspector {
  private readonly options: InspectorOptions;
  /** By key, the least recently used first. */
  private readonly programs = new Map<string, Promise<Ready>>();

  constructor(options: InspectorOptions) {
    this.options = options;
  }

  /** @param weights of the step that is looked at; null: as they are now */
  async answer(
    request: InspectRequest,
    weights: WeightsAt | null,
    kept: KeptWeights,
  ): Promise<InspectAnswer> {
    const { data, layout } = this.options;
    switch (request.kind) {
      case 'describe':
        return { kind: 'describe', inside: describeInside(this.model(1), data) };
      case 'samples': {
        const { part } = request;
        const places = request.places.filter((place) => place < data.split[part].length);
        const indices = places.map((place) => data.split[part][place]!);
        return { kind: 'samples', samples: { part, places, ...sampleRows(data.dataset, indices) } };
      }
      case 'values':
        return { kind: 'values', tensors: await this.values(request, weights) };
      case 'answers':
        return this.answers(request.part, request.most, weights);
      case 'scores':
        return { kind: 'scores', evaluation: await this.options.measure(request.part, weights) };
      case 'weights':
        return { kind: 'weights', tensors: await this.weights(weights) };
      case 'spectrum': {
        const place = layout.parameters.place(request.parameter, 'params');
        const { shape } = layout.parameters.items.find(({ name }) => name === request.parameter) ?? {};
        const [rows = 1, ...rest] = shape ?? [];
        const matrix = [rows, place.length / rows] as const;
        const steps = spread(kept.steps, spectrumSteps);
        const values = steps.map((step) => {
          const { params } = kept.at(step) ?? { params: new Float32Array(place.offset + place.length) };
          const tensor = params.subarray(place.offset, place.offset + place.length);
          return singularValues(tensor, rest.length === 0 ? [1, rows] : matrix, request.count);
        });
        return { kind: 'spectrum', steps, values };
      }
      default:
        request satisfies never;
        throw new TypeError('a question of no known kind');
    }
  }

  dispose(): void {
    for (const ready of this.programs.values()) void ready.then(({ machine }) => machine.dispose());
    this.programs.clear();
  }

  private model(batch: number): Model {
    const { document, data } = this.options;
    return buildModel(document, describeDataset(data.dataset), { batch, training: false });
  }

  private async answers(part: Part, most: number, weights: WeightsAt | null): Promise<InspectAnswer> {
    const { dataset, split } = this.options.data;
    const { inputs, targets } = sampleRows(dataset, split[part].slice(0, most));
    const wishes: Wish[] = [{ of: 'answer' }, { of: 'loss' }];
    const [answers, losses] = await this.values({ inputs, targets, wishes }, weights);
    invariant(answers && losses, 'each wish is answered');
    return { kind: 'answers', answers, targets, losses: losses.data };
  }

  private async values(
    asked: {
      readonly inputs: Float32Array<ArrayBuffer>;
      readonly targets: Float32Array<ArrayBuffer> | null;
      readonly wishes: readonly Wish[];
    },
    weights: WeightsAt | null,
  ): Promise<Tensor[]> {
    const width = sampleWidth(this.options.data);
    invariant(asked.inputs.length % width.x === 0, `inputs come in rows of ${width.x} numbers`);
    const count = asked.inputs.length / width.x;
    const batch = batches.find((size) => size >= count) ?? batches.at(-1)!;
    const ready = await this.program(batch, asked.wishes);
    const found = ready.results.map(({ shape }) => new Float32Array(count * sizeOf(shape.slice(1))));
    this.takeWeights(ready.machine, weights);
    for (let first = 0; first < count; first += batch) {
      const rows = Math.min(batch, count - first);
      const { x, y } = this.dataTypes();
      ready.machine.write(ready.x, cast(asked.inputs.slice(first * width.x, (first + rows) * width.x), x));
      const targets = asked.targets?.slice(first * width.y, (first + rows) * width.y);
      ready.machine.write(ready.y, cast(targets ?? new Float32Array(batch * width.y), y));
      const encoder = ready.machine.device.createCommandEncoder();
      const pass = encoder.beginComputePass();
      ready.machine.encode(pass, ready.loaded);
      pass.end();
      ready.machine.device.queue.submit([encoder.finish()]);
      for (const [i, { place, shape }] of ready.results.entries()) {
        const each = sizeOf(shape.slice(1));
        const numbers = new Float32Array(await ready.machine.read(place));
        found[i]!.set(numbers.subarray(0, rows * each), first * each);
      }
    }
    return ready.results.map(({ shape }, i) => ({ shape: [count, ...shape.slice(1)], data: found[i]! }));
  }

  /** What the model reads its inputs and targets as. */
  private dataTypes(): { x: Value['dtype']; y: Value['dtype'] } {
    const { data } = this.model(1);
    invariant(data, 'a trainable model has data');
    return { x: data.x.dtype, y: data.y.dtype };
  }

  private program(batch: number, wishes: readonly Wish[]): Promise<Ready> {
    const key = JSON.stringify([batch, wishes]);
    const known = this.programs.get(key);
    const ready = known ?? this.compile(batch, wishes);
    this.programs.delete(key);
    this.programs.set(key, ready);
    for (const [old, gone] of this.programs) {
      if (this.programs.size <= mostPrograms) break;
      this.programs.delete(old);
      void gone.then(({ machine }) => machine.dispose());
    }
    return ready;
  }

  private async compile(batch: number, wishes: readonly Wish[]): Promise<Ready> {
    const { machine: training, layout, target } = this.options;
    const model = this.model(batch);
    invariant(model.data, 'a trainable model has data');
    const place = (buffer: string, { shape }: Value): Place => ({ buffer, offset: 0, length: sizeOf(shape) });
    const [x, y] = [place('x', model.data.x), place('y', model.data.y)];
    const values = wishedValues(model, wishes);
    const results = values.map((value, i) => ({ place: place(`result:${i}`, value), shape: value.shape }));
    const { values: hypers } = this.options.hypers();
    const uniforms = Object.keys(hypers);
    const { program } = compileGraph(
      values.map((value, i) => ({ value, at: results[i]!.place })),
      (leaf) => {
        if (leaf === model.data?.x) return x;
        if (leaf === model.data?.y) return y;
        const found = placeOfWeight(layout, inputAttrs(leaf)?.name ?? '');
        invariant(found, `the input ${inputAttrs(leaf)?.name} has a place`);
        return found;
      },
      { arena: 'arena', uniforms, ...target },
    );
    const machine = new Machine(training.device);
    await machine.reserve({
      ...program.buffers,
      ...Object.fromEntries([x, y, ...results.map((r) => r.place)].map((p) => [p.buffer, p.length])),
      params: layout.parameters.size,
      memory: layout.memory.size,
    });
    machine.reserveUniforms(uniforms);
    return { machine, loaded: await machine.load(program), batch, x, y, results };
  }

  /** Puts weights where a program reads them: those of a kept step, or a copy of what training has now. */
  private takeWeights(machine: Machine, weights: WeightsAt | null): void {
    const { machine: training, layout } = this.options;
    const { values, integers } = this.options.hypers();
    machine.writeUniforms(values, integers);
    const encoder = machine.device.createCommandEncoder();
    for (const [name, size] of [
      ['params', layout.parameters.size],
      ['memory', layout.memory.size],
    ] as const) {
      const place = { buffer: name, offset: 0, length: size };
      if (weights) machine.write(place, weights[name]);
      else training.copy(encoder, place, place, machine);
    }
    machine.device.queue.submit([encoder.finish()]);
  }

  private async weights(weights: WeightsAt | null): Promise<Record<string, Tensor>> {
    const { machine, layout } = this.options;
    const { size } = layout.parameters;
    const params =
      weights?.params ?? new Float32Array(await machine.read({ buffer: 'params', offset: 0, length: size }));
    return Object.fromEntries(
      layout.parameters.items.map(({ name, shape }) => {
        const { offset, length } = layout.parameters.place(name, 'params');
        return [name, { shape, data: params.slice(offset, offset + length) }];
      }),
    );
  }
}

/** The values of a model that answer wishes, in their order; each sample's gradient is that of its own loss. */
function wishedValues(model: Model, wishes: readonly Wish[]): Value[] {
  const outputOf = ({ node, port }: { readonly node: string; readonly port: string }): Value => {
    const value = model.nodes.get(node)?.outputs[port];
    invariant(value, `${node} has an output ${port}`);
    return value;
  };
  invariant(model.lossPerSample, 'a trainable model has a loss');
  const asked = wishes.flatMap((wish) => (wish.of === 'gradient' ? outputOf(wish) : []));
  const gradient = asked.length > 0 ? gradientMap(sum(model.lossPerSample, 'all'), asked) : null;
  return wishes.map((wish) => {
    switch (wish.of) {
      case 'output':
        return outputOf(wish);
      case 'gradient':
        return gradient?.get(outputOf(wish)) ?? zeros(outputOf(wish).shape);
      case 'heads': {
        const look = model.looks.find((l) => l.node === wish.node && l.name === wish.look);
        invariant(look?.kind === 'heads', `${wish.node} shows an attention ${wish.look}`);
        return look.weights;
      }
      case 'answer':
        invariant(model.judged, 'a trainable model answers');
        return model.judged.prediction;
      case 'loss':
        invariant(model.lossPerSample, 'a trainable model has a loss');
        return model.lossPerSample;
      default:
        wish satisfies never;
        throw new TypeError('a wish of no known kind');
    }
  });
}

function sampleWidth({ dataset }: LoadedData): { x: number; y: number } {
  const [input] = dataset.inputs;
  const [target] = dataset.targets;
  return { x: sizeOf(input?.shape ?? []), y: sizeOf(target?.shape ?? []) };
}

function cast(numbers: Float32Array, dtype: Value['dtype']): Float32Array | Int32Array {
  return dtype === 'f32' ? numbers : Int32Array.from(numbers);
}

/** At most so many of a list, evenly, the first and the last among them. */
function spread(all: readonly number[], most: number): number[] {
  if (all.length <= most) return [...all];
  return Array.from({ length: most }, (_, i) => all[Math.round((i * (all.length - 1)) / (most - 1))]!);
}
