// Layers with random parameters on random small shapes: each either computes numbers, forward and backward, or says what is wrong.
import { describe, expect, test } from 'vitest';
import { gradients } from '../autodiff/grad.ts';
import { topological } from '../ir/graph.ts';
import { randomStream, type Stream } from '../ir/random.ts';
import { sizeOf } from '../ir/shape.ts';
import type { Value } from '../ir/value.ts';
import type { LayerSpec } from '../layers/define.ts';
import { type ParamField, paramFields } from '../layers/fields.ts';
import { layerList } from '../layers/index.ts';
import { evaluate } from '../ops/evaluate.ts';
import { mean } from '../ops/reduce.ts';
import { buildModel, type DataShapes, type Model } from './build.ts';
import type { Problem } from './problems.ts';
import type { Json } from './schema.ts';
import { documentOf } from './testing.ts';

const tries = 60;
/** Larger graphs are built and checked, but not computed. */
const mostElements = 3000;
const largestFloat = 3.4e38;

/** Draws one after another from a stream. */
class Dice {
  readonly #stream: Stream;
  #drawn = 0;
  constructor(name: string) {
    this.#stream = randomStream(11, name);
  }
  below(n: number): number {
    return this.#stream.below(this.#drawn++, n);
  }
  uniform(low: number, high: number): number {
    return low + (high - low) * this.#stream.uniform(this.#drawn++);
  }
  normal(): number {
    return this.#stream.normal(this.#drawn++);
  }
  of<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T;
  }
}

/** A value within a field's bounds: small as a rule, at a bound now and then; undefined leaves the default. */
function randomParam(dice: Dice, field: ParamField): Json | undefined {
  const { type, min = -9, max = 9 } = field;
  const whole = (): number => {
    const near = Math.max(min, -3);
    return dice.below(12) === 0 ? dice.of([min, max]) : Math.min(max, near + dice.below(7));
  };
  if (dice.below(2) === 0) return undefined;
  if (type === 'boolean') return dice.below(2) === 0;
  if (type === 'choice') return dice.of(field.values ?? []);
  if (type === 'integer') return whole();
  if (type === 'sizes') return Array.from({ length: dice.of([1, 1, 1, 0, 2, 3]) }, whole);
  if (type === 'number')
    return dice.below(8) === 0 ? dice.of([min, max]) : dice.uniform(Math.max(min, -2), Math.min(max, 2));
  return undefined;
}

const shapes: readonly (readonly number[])[] = [
  [1],
  [4],
  [6],
  [1, 1],
  [3, 4],
  [5, 2],
  [4, 1],
  [2, 3, 4],
  [4, 1, 1],
  [1, 5, 3],
  [2, 2, 3, 2],
];

/** Data for a layer: of the shape that it asks for (always where `fitting`), or of any. */
function sourceOf(dice: Dice, spec: LayerSpec, fitting: boolean): DataShapes {
  const tokens = spec.inputs.some((p) => p.tokens);
  const asked = Object.values(spec.sample ?? {})[0]?.shape.slice(1) ?? [3];
  const shape = tokens ? dice.of([[], [1], [3]]) : fitting || dice.below(2) === 0 ? asked : dice.of(shapes);
  return {
    inputs: [
      tokens
        ? { name: 'x', dtype: 'u32', shape, names: ['a', 'b', 'c', 'd', 'e'] }
        : { name: 'x', dtype: 'f32', shape },
    ],
    targets: [
      dice.below(2) === 0
        ? {
            kind: 'class',
            names: Array.from({ length: dice.of([3, shape[0] ?? 1]) }, (_, i) => `class ${i}`),
          }
        : { kind: 'regression', shape: dice.of([shape, [2]]) },
    ],
  };
}

/** The layer on data; every input gets the batch, so that shapes clash now and then. */
function wired(spec: LayerSpec, params: Record<string, Json>, dice: Dice, fitting: boolean) {
  const source = sourceOf(dice, spec, fitting);
  const wires = spec.inputs
    .filter((p) => !p.optional || dice.below(2) === 0)
    .flatMap(({ name, kind, many }) => {
      const wire = `data.${kind === 'labels' ? 'y' : 'x'} -> it.${name}`;
      return many ? [wire, wire] : [wire];
    });
  const document = documentOf({ data: 'data', it: [spec.kind, params] }, wires);
  return buildModel(document, source, { batch: 1 + dice.below(3), training: dice.below(3) > 0 });
}

/** Numbers for every leaf: all 0, or drawn. */
function feedsFor(roots: readonly Value[], model: Model, dice: Dice, blank: boolean): Map<Value, number[]> {
  const hypers = new Map(model.hypers.map((h) => [h.name, h.value]));
  const feeds = new Map<Value, number[]>();
  for (const v of topological(roots)) {
    const size = sizeOf(v.shape);
    if (v.op.id === 'hyper') feeds.set(v, [hypers.get((v.attrs as { name: string }).name) ?? 3]);
    if (v.op.id !== 'input') continue;
    const state = model.states.find((s) => s.value === v);
    feeds.set(
      v,
      Array.from({ length: size }, () => {
        if (state) return state.init;
        if (v.dtype !== 'f32') return dice.below(3);
        return blank && v === model.data?.x ? 0 : dice.normal();
      }),
    );
  }
  return feeds;
}

/** What comes out that is no float32, by name. */
function badNumbers(model: Model, dice: Dice, blank: boolean): string[] {
  const outputs = Object.entries(model.nodes.get('it')?.outputs ?? {});
  const floats = outputs.filter(([, v]) => v.dtype === 'f32');
  const leaves = [
    ...(model.data?.x.dtype === 'f32' ? [['x', model.data.x] as const] : []),
    ...model.parameters.map((p) => [p.tensor, p.value] as const),
  ];
  const wanted: (readonly [string, Value])[] = [
    ...outputs,
    ...model.states.map((s) => [s.tensor, s.next] as const),
  ];
  for (const [port, y] of floats)
    gradients(
      mean(y, 'all'),
      leaves.map(([, leaf]) => leaf),
    ).forEach((g, i) => {
      wanted.push([`∂${port}/∂${leaves[i]?.[0]}`, g]);
    });
  const roots = wanted.map(([, v]) => v);
  const all = topological(roots);
  if (all.length > 1500 || all.some((v) => sizeOf(v.shape) > mostElements)) return [];
  return evaluate(roots, feedsFor(roots, model, dice, blank)).flatMap((values, i) =>
    values.every((v) => Math.abs(v) <= largestFloat) ? [] : [wanted[i]?.[0] ?? ''],
  );
}

/** Words from end to end: no value that is none, and no punctuation upon punctuation. */
const isSentence = ({ title, advice }: Problem): boolean =>
  [title, advice].every((text) => /\S/.test(text) && !/[,;:.]\.$|,,| {2}|undefined|NaN|\[object/.test(text));

describe('random parameters on random shapes compute, or get a sentence', () => {
  test.each(layerList.filter((l) => l.kind !== 'data').map((l) => [l.kind, l] as const))(
    '%s',
    (kind, spec) => {
      const dice = new Dice(kind);
      const fields = paramFields(spec.params);
      let built = 0;
      for (let n = 0; n < tries; n++) {
        const params = Object.fromEntries(
          fields.flatMap((f) => {
            const value = n === 0 ? undefined : randomParam(dice, f);
            return value === undefined ? [] : [[f.name, value]];
          }),
        );
        const model = wired(spec, params, dice, n === 0);
        const what = `${JSON.stringify(params)} on ${model.data?.x.shape.join(' × ')}`;
        const problems = model.problems.filter((p) => p.node === 'it' && p.severity === 'error');
        expect(
          problems.filter((p) => p.code === 'internal' || !p.title.includes('it') || !isSentence(p)),
          what,
        ).toEqual([]);
        if (problems.length > 0) continue;
        built++;
        expect(badNumbers(model, dice, n % 3 === 0), what).toEqual([]);
      }
      expect(built, 'some parameters fit').toBeGreaterThan(0);
    },
  );
});
