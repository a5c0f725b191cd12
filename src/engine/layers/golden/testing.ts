// Layers against PyTorch: the cases that scripts/golden/layers.py writes, and the graphs that answer them.
import { z } from 'zod';
import { gradients } from '../../autodiff/grad.ts';
import { sizeOf } from '../../ir/shape.ts';
import type { Value } from '../../ir/value.ts';
import { add, mul } from '../../ops/elementwise.ts';
import { hyper, input, inputAttrs } from '../../ops/leaf.ts';
import { randomUniform } from '../../ops/random.ts';
import { sum } from '../../ops/reduce.ts';
import type { BuildContext } from '../define.ts';
import { layerOf } from '../index.ts';
import activation from './activation.json' with { type: 'json' };
import attention from './attention.json' with { type: 'json' };
import basic from './basic.json' with { type: 'json' };
import convolution from './convolution.json' with { type: 'json' };
import embedding from './embedding.json' with { type: 'json' };
import losses from './losses.json' with { type: 'json' };
import normalisation from './normalisation.json' with { type: 'json' };
import pooling from './pooling.json' with { type: 'json' };
import recurrent from './recurrent.json' with { type: 'json' };
import transformer from './transformer.json' with { type: 'json' };

const numbers = z.array(z.number());

const caseSchema = z.strictObject({
  kind: z.string(),
  name: z.string().optional(),
  params: z.record(z.string(), z.json()),
  training: z.boolean(),
  classes: z.number().optional(),
  inputs: z.array(
    z.strictObject({
      port: z.string(),
      shape: numbers,
      range: z.tuple([z.number(), z.number()]).optional(),
      below: z.number().optional(),
      mask: z.boolean().default(false),
      /** Whole numbers as floats, from −⌊below / 2⌋. */
      whole: z.boolean().default(false),
    }),
  ),
  parameters: z.array(z.strictObject({ name: z.string(), shape: numbers })),
  states: z.array(z.strictObject({ name: z.string(), shape: numbers, next: numbers })),
  outputs: z.array(z.strictObject({ port: z.string(), shape: numbers, values: numbers })),
  gradients: z.record(z.string(), numbers),
});

export type LayerGolden = z.infer<typeof caseSchema>;

/** By family. */
export const layerGoldens: Readonly<Record<string, readonly LayerGolden[]>> = Object.fromEntries(
  Object.entries({
    convolution,
    pooling,
    normalisation,
    embedding,
    recurrent,
    attention,
    transformer,
    basic,
    activation,
    losses,
  }).map(([family, cases]) => [family, z.array(caseSchema).parse(cases)]),
);

/** `conv2d {"kernel":3} 1 × 2 × 5 × 6`, for the names of tests. */
export const titleOf = ({ kind, name, params, training, inputs }: LayerGolden): string =>
  [
    kind,
    name ?? '',
    JSON.stringify(params),
    inputs.map((i) => i.shape.join(' × ')).join(', '),
    training ? '' : 'evaluated',
  ]
    .filter((word) => word !== '')
    .join(' ');

/** The made-up numbers of a case: the same formula as in scripts/golden/layers.py. */
function madeUp(size: number, k: number, [low, high]: readonly [number, number]): Float64Array {
  return new Float64Array(size).map((_, i) => low + (high - low) * (((i * 7919 + k * 104729) % 2003) / 2003));
}

/** How many batches were seen before, where a layer counts them. */
const batchesBefore = 3;

export interface GoldenCheck {
  /** `y`, `∂x`, `∂weight`, `running_mean`. */
  readonly what: string;
  readonly root: Value;
  readonly shape: readonly number[];
  readonly expected: readonly number[];
}

export interface LayerGraph {
  readonly checks: readonly GoldenCheck[];
  readonly feeds: ReadonlyMap<Value, Float64Array>;
  /** What the layer declared, to be compared with PyTorch's names and shapes. */
  readonly declared: readonly { readonly name: string; readonly shape: readonly number[] }[];
}

/** The layer of a case, its gradients, and numbers for every leaf. */
export function layerGraph(golden: LayerGolden): LayerGraph {
  const spec = layerOf(golden.kind);
  if (!spec) throw new Error(`no layer ${golden.kind}`);
  const feeds = new Map<Value, Float64Array>();
  const leaves = new Map<string, Value>();
  const inputs = Object.fromEntries(
    golden.inputs.map(({ port, shape, range = [-2, 2], below, mask, whole }, k) => {
      const leaf = input(port, shape, 'feed', below === undefined || mask || whole ? 'f32' : 'i32');
      const size = sizeOf(shape);
      feeds.set(
        leaf,
        below === undefined
          ? madeUp(size, k, range)
          : madeUp(size, k, [0, 2003]).map(
              (n) => (Math.round(n) % below) - (whole ? Math.floor(below / 2) : 0),
            ),
      );
      leaves.set(port, leaf);
      return [port, leaf];
    }),
  );
  const declared: { name: string; shape: readonly number[] }[] = [];
  const next = new Map<string, Value>();
  const leafOf = (name: string, shape: readonly number[], role: 'parameter' | 'state'): Value => {
    declared.push({ name, shape });
    const leaf = input(name, shape, role);
    const list = role === 'parameter' ? golden.parameters : golden.states;
    const k = list.findIndex((p) => p.name === name);
    const [offset, range] = role === 'parameter' ? [20, [-0.7, 0.7] as const] : [60, [0.5, 1.5] as const];
    feeds.set(
      leaf,
      name === 'num_batches_tracked'
        ? Float64Array.of(batchesBefore)
        : madeUp(sizeOf(shape), offset + k, range),
    );
    leaves.set(name, leaf);
    return leaf;
  };
  // Dropout at 0 draws all the same.
  const counter = hyper({ name: 'counter', dtype: 'u32' });
  feeds.set(counter, Float64Array.of(0));
  const context: BuildContext = {
    node: 'it',
    data:
      golden.classes === undefined
        ? null
        : {
            x: input('data.x', [1], 'batch'),
            y: input('data.y', [1], 'batch'),
            target: { kind: 'class', classes: golden.classes },
          },
    training: golden.training,
    parameter: (name, shape) => leafOf(name, shape, 'parameter'),
    state: (name, shape) => leafOf(name, shape, 'state'),
    updateState: (name, value) => next.set(name, value),
    hyper: (name, value) => {
      const leaf = input(name, []);
      feeds.set(leaf, Float64Array.of(value));
      return leaf;
    },
    random: (shape) => randomUniform(counter, counter, { shape, stream: 1 }),
    watch: () => undefined,
    weigh: () => undefined,
  };
  const outputs = spec.build(context, inputs, spec.params.parse(golden.params));
  const checks: GoldenCheck[] = [];
  const parts = golden.outputs.map(({ port, shape, values }, k) => {
    const y = outputs[port];
    if (!y) throw new Error(`${golden.kind} has no output ${port}`);
    checks.push({ what: port, root: y, shape, expected: values });
    const dy = input(`d${port}`, y.shape);
    feeds.set(dy, madeUp(sizeOf(y.shape), 90 + k, [-2, 2]));
    return sum(mul(y, dy), 'all');
  });
  const total = parts.reduce((a, b) => add(a, b));
  const wanted = Object.entries(golden.gradients).flatMap(([name, expected]) => {
    const leaf = leaves.get(name);
    return leaf ? [{ name, leaf, expected }] : [];
  });
  gradients(
    total,
    wanted.map((w) => w.leaf),
  ).forEach((root, i) => {
    const { name, leaf, expected } = wanted[i]!;
    checks.push({ what: `∂${name}`, root, shape: leaf.shape, expected });
  });
  for (const { name, shape, next: expected } of golden.states) {
    const root = golden.training ? next.get(name) : leaves.get(name);
    if (root) checks.push({ what: name, root, shape, expected });
  }
  return { checks, feeds, declared };
}

/** The leaves that a program reads: those of `feeds` that the roots need. */
export function feedsOf(
  roots: readonly Value[],
  feeds: ReadonlyMap<Value, Float64Array>,
): Map<Value, Float64Array> {
  const needed = new Set<Value>();
  const visit = (v: Value): void => {
    if (needed.has(v)) return;
    needed.add(v);
    v.inputs.forEach(visit);
  };
  roots.forEach(visit);
  return new Map([...feeds].filter(([v]) => needed.has(v) && inputAttrs(v)));
}
