/**
 * What a run looks at: the outputs of nodes between the first parameters and the loss with their gradients, what layers show of
 * their inside, and each parameter with its gradient and its update. First as values to keep, then with their places.
 */
import type { LookedAt } from '../compile/probe-program.ts';
import type { Place } from '../compile/program.ts';
import { topological } from '../ir/graph.ts';
import { sizeOf } from '../ir/shape.ts';
import type { Value } from '../ir/value.ts';
import type { Model, ModelLook, ModelParameter } from '../model/build.ts';
import type { ProbeSegment, ProbeTrack } from '../probe/types.ts';
import { residualBranches } from './branches.ts';
import type { Layout } from './layout.ts';

/** How to look, once it is known where. */
type Look = Omit<LookedAt, 'place'>;

export interface Probed {
  readonly segments: readonly ProbeSegment[];
  readonly tracks: readonly ProbeTrack[];
  /** One for each segment. */
  readonly looks: readonly LookedAt[];
  /** One for each number of the tracks. */
  readonly rows: readonly LookedAt[];
  /** The arena of the parameters' gradients. */
  readonly gradients: string;
}

/** An output that is worth looking at. */
interface ProbedOutput {
  readonly node: string;
  readonly name: string;
  readonly port: string;
  readonly value: Value;
  readonly depth: number;
}

/** Values that a step keeps for probes. */
export interface Kept {
  readonly values: readonly Value[];
  /** What there is to look at, given where the values ended up. */
  at(places: readonly Place[]): Probed;
}

/** Distance of each node from the loss, in wires. */
function depths(model: Model): Map<string, number> {
  const depth = new Map<string, number>(model.losses.map(({ node }) => [node, 0]));
  const wires = Object.values(model.net.wires);
  for (const id of [...model.order].reverse()) {
    const here = depth.get(id);
    if (here === undefined) continue;
    for (const w of wires)
      if (w.to[0] === id) depth.set(w.from[0], Math.max(depth.get(w.from[0]) ?? 0, here + 1));
  }
  return depth;
}

/**
 * Node outputs worth looking at: what lies between the first parameters and the loss. What comes before any parameter is the
 * data itself, in another shape; a gradient there would cost a product and change nothing.
 */
export function probedOutputs(model: Model): ProbedOutput[] {
  const depth = depths(model);
  const parameters = new Set(model.parameters.map((p) => p.value));
  const learned = new Set<Value>();
  const values = [...model.nodes.values()].flatMap((n) => Object.values(n.outputs));
  for (const v of topological(values))
    if (parameters.has(v) || v.inputs.some((i) => learned.has(i))) learned.add(v);
  return model.order.flatMap((id) => {
    const node = model.nodes.get(id)!;
    const at = depth.get(id);
    if (at === undefined || at === 0 || node.state !== 'built') return [];
    return Object.entries(node.outputs)
      .filter(([, value]) => learned.has(value))
      .map(([port, value]) => ({ node: id, name: node.name, port, value, depth: at }));
  });
}

/** The values inside a layer that it shows. */
export function valuesOfLook(look: ModelLook): readonly Value[] {
  switch (look.kind) {
    case 'time':
      return look.values;
    case 'heads':
      return [look.weights, look.output];
    case 'units':
      return [look.output];
    default:
      look satisfies never;
      throw new TypeError('a look of no known kind');
  }
}

/** What the step keeps: outputs, their gradients, and the insides of layers. `rebuilt` and `gradient` are of the real batch. */
export function keepForProbes(
  model: Model,
  outputs: readonly ProbedOutput[],
  rebuilt: (value: Value) => Value,
  gradient: ReadonlyMap<Value, Value>,
  layout: Layout<ModelParameter>,
  gradientArena: string,
): Kept {
  const values: Value[] = [];
  const keep = (value: Value): number => values.push(value) - 1;
  const segments: { segment: ProbeSegment; kept: number; look: Look }[] = [];
  const tracks: ProbeTrack[] = [];
  const rows: { kept: number; look: Look }[] = [];

  const branches = residualBranches(model);
  const addOutput = (facts: OutputFacts, value: Value, { counted, units, look }: Counted): void => {
    const branch = branches.get(facts.node) ?? null;
    const whole = { ...facts, branch, shape: value.shape, elements: sizeOf(value.shape) };
    segments.push({ segment: { ...whole, what: 'activation', counted, units }, kept: keep(value), look });
    const dy = gradient.get(value);
    if (!dy) return;
    const segment: ProbeSegment = { ...whole, what: 'gradient', counted: null, units: 0 };
    segments.push({ segment, kept: keep(dy), look: {} });
  };
  for (const output of outputs) {
    const { node, name, port, depth } = output;
    addOutput({ node, name, tensor: port, depth }, rebuilt(output.value), countedIn(model, output));
  }

  const depth = depths(model);
  for (const look of model.looks) {
    const shown = { node: look.node, name: model.nodes.get(look.node)!.name, tensor: look.name };
    if (look.kind === 'units') {
      const value = rebuilt(look.output);
      const facts = { ...shown, depth: depth.get(look.node) ?? 0 };
      addOutput(facts, value, unitsOf(value, value.shape.length - 1, look.off));
      continue;
    }
    const add = (track: Pick<ProbeTrack, 'what' | 'rows' | 'most'>, found: typeof rows): void => {
      const first = rows.length;
      rows.push(...found);
      tracks.push({ ...shown, ...track, depth: depth.get(look.node) ?? 0, first, length: found.length });
    };
    const gradients = valuesOfLook(look).map((v) => gradient.get(rebuilt(v)));
    if (look.kind === 'time') {
      const known = gradients.filter((g) => g !== undefined);
      if (known.length === look.values.length)
        add(
          { what: 'timeGradient', rows: 1, most: null },
          known.map((g) => ({ kept: keep(g), look: {} })),
        );
      continue;
    }
    const weights = keep(rebuilt(look.weights));
    const [batch = 1, , queries = 1, keys = 1] = look.weights.shape;
    add(
      { what: 'headEntropy', rows: batch * queries, most: Math.log(keys) },
      eachHead(look.weights).map((runs) => ({ kept: weights, look: { runs, mode: 'entropy' } })),
    );
    const [, dOutput] = gradients;
    if (!dOutput) continue;
    const kept = keep(dOutput);
    add(
      { what: 'headGradient', rows: 1, most: null },
      eachHead(look.output).map((runs) => ({ kept, look: { runs } })),
    );
  }

  return {
    values,
    at(places) {
      const ofParameters = parametersOf(model, layout, gradientArena, depth, branches);
      return {
        segments: [...segments.map(({ segment }) => segment), ...ofParameters.map(({ segment }) => segment)],
        tracks,
        looks: [
          ...segments.map(({ kept, look }) => ({ ...look, place: places[kept]! })),
          ...ofParameters.map(({ look }) => look),
        ],
        gradients: gradientArena,
        rows: rows.map(({ kept, look }) => ({ ...look, place: places[kept]! })),
      };
    },
  };
}

/** Which elements of batch × heads × queries × features belong to each head. */
function eachHead({ shape }: Value): NonNullable<LookedAt['runs']>[] {
  const [count = 1, heads = 1, queries = 1, features = 1] = shape;
  const length = queries * features;
  return Array.from({ length: heads }, (_, h) => ({
    first: h * length,
    length,
    stride: heads * length,
    count,
  }));
}

type OutputFacts = Pick<ProbeSegment, 'node' | 'name' | 'tensor' | 'depth'>;
/** What is counted in an activation besides its moments. */
type Counted = Pick<ProbeSegment, 'counted' | 'units'> & { readonly look: Look };

function countedIn(model: Model, { node, value }: ProbedOutput): Counted {
  const spec = model.nodes.get(node)?.spec;
  if (spec?.squashesTo) return { counted: 'saturated', units: 0, look: { range: spec.squashesTo } };
  if (spec?.rectifies === undefined) return { counted: null, units: 0, look: {} };
  return unitsOf(value, hasChannels(model, node) ? 1 : value.shape.length - 1, spec.rectifies);
}

/** Units along an axis, of which those are watched that are ever on: their output above 0, or below `off`. */
function unitsOf({ shape }: Value, axis: number, off: number): Counted {
  const units = shape[axis] ?? 1;
  const inner = sizeOf(shape.slice(axis + 1));
  return { counted: 'dead', units, look: { units: { inner, count: units, alive: true }, range: [off, 0] } };
}

/** Whether the units of a node stand on axis 1, as after a convolution, rather than on the last one. */
function hasChannels(model: Model, node: string): boolean {
  const wires = Object.values(model.net.wires);
  let at: string | undefined = node;
  for (let left = model.order.length; at !== undefined && left > 0; left--) {
    const category = model.nodes.get(at)?.spec?.category;
    if (category === 'convolution' || category === 'pooling') return true;
    if (category !== 'activation' && category !== 'normalisation' && category !== 'regularisation')
      return false;
    at = wires.find((w) => w.to[0] === at)?.from[0];
  }
  return false;
}

/** Each parameter after the step, its gradient, and its update. */
function parametersOf(
  model: Model,
  layout: Layout<ModelParameter>,
  gradientArena: string,
  depth: ReadonlyMap<string, number>,
  branches: ReadonlyMap<string, string>,
): { segment: ProbeSegment; look: LookedAt }[] {
  return layout.items.flatMap((p) => {
    const node = model.nodes.get(p.node)!;
    // A row of a matrix is what one unit takes in; tables and vectors have no such units.
    const hasUnits =
      p.shape.length >= 2 && (p.shape[0] ?? 1) > 1 && node.spec?.params.shape.init !== undefined;
    const [count = 1, ...rest] = p.shape;
    const alike: Look = hasUnits ? { units: { inner: sizeOf(rest), count, alive: false } } : {};
    const facts = {
      node: p.node,
      name: node.name,
      tensor: p.tensor,
      shape: p.shape,
      elements: sizeOf(p.shape),
      depth: depth.get(p.node) ?? 0,
      branch: branches.get(p.node) ?? null,
    };
    const counted = { counted: hasUnits ? 'alike' : null, units: hasUnits ? count : 0 } as const;
    const weight = layout.place(p.name, 'params');
    const gradient = layout.place(p.name, gradientArena);
    return [
      { segment: { ...facts, ...counted, what: 'weight' }, look: { ...alike, place: weight } },
      {
        segment: { ...facts, ...counted, what: 'weightGradient' },
        look: { ...alike, place: gradient, mode: 'pair', before: layout.size + gradient.offset },
      },
      {
        segment: { ...facts, counted: null, units: 0, what: 'update' },
        look: { place: weight, mode: 'change', before: weight.offset },
      },
    ];
  });
}
