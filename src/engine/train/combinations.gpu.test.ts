// Every optimiser under every schedule with every kind of clipping: some steps on the adapter give the losses and norms of the
// same steps by the float64 references of model, clipping, schedule and optimiser.
import { describe, expect, test } from 'vitest';
import { gradients } from '../autodiff/grad.ts';
import { describeDataset, sampleOf } from '../data/dataset.ts';
import { epochOrder } from '../data/shuffle.ts';
import { sizeOf } from '../ir/shape.ts';
import type { Value } from '../ir/value.ts';
import { buildModel } from '../model/build.ts';
import type { GraphDocument, Json, TrainingSettings } from '../model/schema.ts';
import { mul, sqrt } from '../ops/elementwise.ts';
import { evaluate } from '../ops/evaluate.ts';
import { hyper, input } from '../ops/leaf.ts';
import { mean, sum } from '../ops/reduce.ts';
import { clipped, type GradientHyper, gradientHypers } from '../optim/gradients.ts';
import { optimizerList, optimizerOf, scheduleChoices } from '../optim/index.ts';
import { relativeError } from '../testing.ts';
import { rateRule } from './rates.ts';
import { mlp, spirals, trainerOf } from './testing.ts';
import type { Trainer } from './trainer.ts';

const steps = 3;
const batchSize = 7;

/** Parameters under which a schedule moves within a few steps; the others do by themselves. */
const quick: Record<string, Record<string, Json>> = {
  step: { every: 2, gamma: 0.5 },
  milestones: { at: [1, 3], gamma: 0.3 },
  exponential: { gamma: 0.8 },
  polynomial: { steps: 8 },
  cosine: { steps: 7 },
  warmupCosine: { warmup: 3, first: 0.1, steps: 5 },
  cosineRestarts: { steps: 2, growth: 2 },
  cyclic: { peak: 3, half: 2 },
  oneCycle: { steps: 7 },
  inverseRoot: { warmup: 2 },
  rangeTest: { low: 0.1, high: 3, steps: 6 },
};
const schedules = scheduleChoices.map(({ kind }) => ({ kind, params: quick[kind] ?? {} }));
const clippings: TrainingSettings['clipping'][] = [
  { kind: 'none', limit: 1 },
  { kind: 'value', limit: 0.02 },
  { kind: 'norm', limit: 0.05 },
];

/** The net's losses and norms by its references: the same batches, rates, clipping and rule, in float64. */
class Reference {
  private readonly roots: readonly Value[];
  private readonly leaves: { readonly x: Value; readonly y: Value; readonly weights: readonly Value[] };
  private readonly start: readonly number[];
  private readonly batches: readonly (readonly [number[], number[]])[];
  private readonly rule: Rule;

  private constructor(
    document: GraphDocument,
    { dataset, split }: Awaited<typeof spirals>,
    start: readonly number[],
  ) {
    const model = buildModel(document, describeDataset(dataset), { batch: batchSize, training: true });
    const loss = mean(model.lossPerSample!, 'all');
    const weights = model.parameters.map((p) => p.value);
    this.roots = [loss, ...gradients(loss, weights)];
    this.leaves = { x: model.data!.x, y: model.data!.y, weights };
    this.start = start;
    this.rule = ruleOf(document, start.length);
    const order = epochOrder(split.train, { seed: document.training.seed, epoch: 0 });
    this.batches = Array.from({ length: steps }, (_, s) => {
      const samples = [...order.subarray(s * batchSize, (s + 1) * batchSize)];
      const rows = (field: Parameters<typeof sampleOf>[0]) => samples.flatMap((i) => [...sampleOf(field, i)]);
      return [rows(dataset.inputs[0]!), rows(dataset.targets[0]!)];
    });
  }

  static async of(document: GraphDocument, trainer: Trainer): Promise<Reference> {
    const weights = await trainer.weights();
    const start = trainer.model.parameters.flatMap((p) => [...weights.get(p.name)!.data]);
    return new Reference(document, await spirals, start);
  }

  run({ schedule, clipping, penalty }: Pick<TrainingSettings, 'schedule' | 'clipping' | 'penalty'>) {
    const { parameters, slopes, states, scalars, wanted, hypers } = this.rule;
    const { learningRate = 0, ...others } = hypers;
    const rate = rateRule({ schedule }, learningRate);
    const losses: number[] = [];
    const norms: number[] = [];
    let now: ArrayLike<number> = this.start;
    let kept: ArrayLike<number>[] = states.map(() => new Float64Array(this.start.length));
    this.batches.forEach(([x, y], step) => {
      const feeds = new Map<Value, ArrayLike<number>>([
        [this.leaves.x, x],
        [this.leaves.y, y],
      ]);
      let at = 0;
      for (const w of this.leaves.weights) {
        const length = sizeOf(w.shape);
        feeds.set(w, Array.prototype.slice.call(now, at, at + length));
        at += length;
      }
      const [loss, ...found] = evaluate(this.roots, feeds);
      losses.push(loss![0]!);
      const values: Record<string, number> = {
        ...others,
        ...gradientHypers(clipping, penalty),
        learningRate: Math.fround(rate(step)),
        step: step + 1,
      };
      const update = new Map<Value, ArrayLike<number>>([
        [parameters, now],
        [slopes, found.flatMap((v) => [...v])],
        ...states.map((s, i) => [s, kept[i]!] as const),
        ...[...scalars].map(([name, v]) => [v, [values[name]!]] as const),
      ]);
      const [norm, next, ...rest] = evaluate(wanted, update);
      norms.push(norm![0]!);
      now = next!;
      kept = rest;
    });
    return { losses, norms };
  }
}

/** The document's optimiser over flat parameters, behind the clipping. */
interface Rule {
  readonly parameters: Value;
  readonly slopes: Value;
  readonly states: readonly Value[];
  /** Leaves by name; `hypers` holds the optimiser's own. */
  readonly scalars: ReadonlyMap<string, Value>;
  readonly hypers: Readonly<Record<string, number>>;
  /** The norm of the gradient, then the next parameters and states. */
  readonly wanted: readonly Value[];
}

function ruleOf({ training }: GraphDocument, size: number): Rule {
  const spec = optimizerOf(training.optimizer.kind)!;
  const given = spec.params.parse(training.optimizer.params);
  const flat = (name: string): Value => input(name, [size]);
  const [parameters, slopes] = [flat('parameters'), flat('slopes')];
  const states = spec.states.map(flat);
  const scalars = new Map<string, Value>();
  const scalar = (name: string): Value => {
    const known = scalars.get(name) ?? hyper({ name, dtype: 'f32' });
    scalars.set(name, known);
    return known;
  };
  const norm = sqrt(sum(mul(slopes, slopes), 'all'));
  const updated = spec.update(
    {
      parameters,
      gradients: clipped(slopes, norm, (name: GradientHyper) => scalar(name)),
      state: Object.fromEntries(spec.states.map((name, i) => [name, states[i]!])),
      step: scalar('step'),
      hyper: scalar,
    },
    given,
  );
  const wanted = [norm, updated.parameters, ...spec.states.map((name) => updated.state[name]!)];
  return { parameters, slopes, states, scalars, hypers: spec.hypers(given), wanted };
}

describe('every schedule and clipping trains as in float64', () => {
  test.each(optimizerList.map((o) => o.kind))('with %s', async (kind) => {
    const optimizer = { kind, params: {} };
    const document = mlp([5, 2], 'tanh', { optimizer, batchSize });
    const trainer = await trainerOf(document, false);
    const reference = await Reference.of(document, trainer);
    const made = trainer.machine.created;
    for (const schedule of schedules)
      for (const clipping of clippings) {
        const settings = { ...document.training, schedule, clipping };
        await trainer.reset();
        expect(trainer.applySettings(settings)).toBe(true);
        const { rows, unsound } = await trainer.run(steps);
        const what = `${schedule.kind}, clipping ${clipping.kind}`;
        expect(unsound, what).toBe(null);
        const { losses, norms } = reference.run(settings);
        expect(relativeError(rows.loss, losses), what).toBeLessThan(1e-5);
        expect(relativeError(rows.gradientNorm, norms), what).toBeLessThan(1e-4);
      }
    expect(trainer.machine.created).toBe(made);
    trainer.dispose();
  });
});
