/**
 * Recurrent layers, unrolled through time: one step after another, the same weights at each. Sequences are
 * batch × time × features; names, layouts and gate orders of weights are PyTorch's (batch_first=True).
 */
import { z } from 'zod';
import { EngineError } from '../errors.ts';
import { formatShape, sameShape } from '../ir/shape.ts';
import type { Value } from '../ir/value.ts';
import { concat, split, stack } from '../ops/concat.ts';
import { reshape } from '../ops/core.ts';
import { add, mul, relu, sigmoid, sub, tanh, where } from '../ops/elementwise.ts';
import { scalar, zeros } from '../ops/leaf.ts';
import { flip, permute, slice } from '../ops/movement.ts';
import { linear } from '../ops/product.ts';
import {
  at,
  type BuildContext,
  defineLayer,
  type Initialiser,
  type LayerSpec,
  type PortSpec,
  param,
  tensorIn,
  tensorOut,
} from './define.ts';
import { dropInside } from './dropout.ts';

/** Each time step is a part of the graph of its own; beyond this many, compiling takes too long. */
const longestUnrolled = 1024;

/** From batch × time × features to time × batch × features, and back. */
const timeFirst = [1, 0, 2];

/** One step of a recurrent layer: from what the input and the state give to each gate, to the next state. */
interface Cell {
  /** Rows of the weights, in units. */
  readonly gates: number;
  /** Tensors of the state: the hidden one first. */
  readonly states: number;
  /** How much higher the bias of the second gate starts: the one that says how much of the memory stays. */
  readonly keep?: number;
  step(fromInput: Value, fromHidden: Value, state: readonly Value[]): readonly Value[];
}

const gatesOf = (x: Value, count: number): Value[] => {
  const size = (x.shape.at(-1) ?? 0) / count;
  return split(x, new Array<number>(count).fill(size), -1);
};

const rnnCell = (activation: (x: Value) => Value): Cell => ({
  gates: 1,
  states: 1,
  step: (fromInput, fromHidden) => [activation(add(fromInput, fromHidden))],
});

const lstmCell: Cell = {
  gates: 4,
  states: 2,
  step(fromInput, fromHidden, [, cell]) {
    const [i, f, g, o] = gatesOf(add(fromInput, fromHidden), 4) as [Value, Value, Value, Value];
    const next = add(mul(sigmoid(f), cell as Value), mul(sigmoid(i), tanh(g)));
    return [mul(sigmoid(o), tanh(next)), next];
  },
};

const gruCell: Cell = {
  gates: 3,
  states: 1,
  step(fromInput, fromHidden, [hidden]) {
    const [ri, zi, ni] = gatesOf(fromInput, 3) as [Value, Value, Value];
    const [rh, zh, nh] = gatesOf(fromHidden, 3) as [Value, Value, Value];
    const update = sigmoid(add(zi, zh));
    const candidate = tanh(add(ni, mul(sigmoid(add(ri, rh)), nh)));
    return [add(mul(sub(scalar(1), update), candidate), mul(update, hidden as Value))];
  },
};

const commonParams = {
  units: param(z.int().min(1).max(65_536).default(32), {
    title: 'Units',
    description: 'How many numbers the state has.',
  }),
  layers: param(z.int().min(1).max(16).default(1), {
    title: 'Layers',
    description: 'How many recurrent layers lie on top of each other.',
  }),
  bidirectional: param(z.boolean().default(false), {
    title: 'Both directions',
    description: 'Runs a second time from the end to the start, and joins the features.',
  }),
  output: param(z.enum(['all', 'last']).default('all'), {
    title: 'Output',
    description: 'The state at every time step, or the last one only.',
    choices: { all: 'All states', last: 'The last state' },
  }),
  bias: param(z.boolean().default(true), {
    title: 'Bias',
    description: 'Adds trainable numbers to each gate.',
  }),
  dropout: param(z.number().min(0).max(0.99).default(0), {
    title: 'Dropout',
    description: 'The share of states that is dropped on the way from one layer to the next.',
    hot: true,
  }),
};

const keepParam = (gate: string) =>
  param(z.number().min(-20).max(20).default(0), {
    title: `${gate} bias`,
    description:
      'Added to that gate’s bias at the start. At 0, as in PyTorch, half of the memory is lost at each step; at 3, a twentieth.',
    showWhen: { bias: [true] },
  });

type CommonParams = z.infer<z.ZodObject<typeof commonParams>>;

/** Weights of one direction of one layer. */
function weights(ctx: BuildContext, cell: Cell, p: CommonParams, features: number, suffix: string) {
  const bound = 1 / Math.sqrt(p.units);
  const init = { kind: 'uniform', low: -bound, high: bound } as const;
  const rows = cell.gates * p.units;
  const bias = (name: string, start: Initialiser): Value | null =>
    p.bias ? ctx.parameter(name, [rows], start) : null;
  const keeping = cell.keep ? { ...init, raised: [p.units, 2 * p.units, cell.keep] as const } : init;
  return {
    input: ctx.parameter(`weight_ih_${suffix}`, [rows, features], init),
    hidden: ctx.parameter(`weight_hh_${suffix}`, [rows, p.units], init),
    inputBias: bias(`bias_ih_${suffix}`, keeping),
    hiddenBias: bias(`bias_hh_${suffix}`, init),
  };
}

interface Run {
  /** The hidden states: time × batch × units; and one by one, in the order in which they are computed. */
  readonly hidden: Value;
  readonly computed: readonly Value[];
  readonly last: readonly Value[];
}

/** One direction of one layer over x [time, batch, features]: what belongs to one step lies together. */
function runThrough(
  cell: Cell,
  w: ReturnType<typeof weights>,
  x: Value,
  start: readonly Value[],
  backwards: boolean,
  mask: Value | null,
): Run {
  const [time = 1, batch = 1] = x.shape;
  // What the inputs give does not wait for the state: one product for all time steps.
  const projected = linear(backwards ? flip(x, 0) : x, w.input, w.inputBias);
  // Padding leaves the state as it was, and gives zeros, as PyTorch's packed sequences do.
  const order = mask && backwards ? flip(mask, 0) : mask;
  const stepOf = (m: Value, t: number): Value =>
    reshape(slice(m, { axis: 0, start: t, size: 1 }), [batch, 1]);
  const computed: Value[] = [];
  let state = start;
  for (let t = 0; t < time; t++) {
    const now = reshape(slice(projected, { axis: 0, start: t, size: 1 }), [batch, projected.shape[2] ?? 1]);
    const before = state;
    const next = cell.step(now, linear(state[0] as Value, w.hidden, w.hiddenBias), state);
    state = order ? next.map((v, i) => where(stepOf(order, t), v, before[i] as Value)) : next;
    computed.push(state[0] as Value);
  }
  const all = stack(computed, 0);
  const states = order ? mul(all, reshape(order, [time, batch, 1])) : all;
  return { hidden: backwards ? flip(states, 0) : states, computed, last: state };
}

/** What a recurrent layer is given. */
interface Sequence {
  readonly x: Value;
  readonly state: Value | undefined;
  /** batch × time: 0 where there is padding. */
  readonly mask: Value | undefined;
}

/** All layers and directions. `state` holds, layer by layer and direction by direction, the hidden and other tensors. */
function recur(ctx: BuildContext, cell: Cell, { x, state: given, mask }: Sequence, p: CommonParams) {
  const [batch = 1, time = 0] = x.shape;
  if (x.shape.length !== 3 || time === 0)
    throw new EngineError('input/axes', {
      node: ctx.node,
      expected: 'batch × time × features',
      got: formatShape(x.shape),
    });
  if (time > longestUnrolled)
    throw new EngineError('input/axes', {
      node: ctx.node,
      expected: `at most ${longestUnrolled} time steps`,
      got: `${time}`,
    });
  if (mask && !sameShape(mask.shape, [batch, time]))
    throw new EngineError('input/axes', {
      node: ctx.node,
      expected: `a mask of ${batch} × ${time}`,
      got: formatShape(mask.shape),
    });
  const counts = mask ? permute(mask, [1, 0]) : null;
  const directions = p.bidirectional ? 2 : 1;
  const parts = p.layers * directions * cell.states;
  if (given && (given.shape.length !== 2 || given.shape[1] !== parts * p.units))
    throw new EngineError('input/axes', {
      node: ctx.node,
      expected: `a state of batch × ${parts * p.units}`,
      got: formatShape(given.shape),
    });
  const starts = given
    ? split(given, new Array<number>(parts).fill(p.units), 1)
    : new Array<Value>(parts).fill(zeros([batch, p.units]));
  let sequence = permute(x, timeFirst);
  const drop = dropInside(ctx, p.dropout);
  const ends: Value[] = [];
  let top: Run[] = [];
  for (let layer = 0; layer < p.layers; layer++) {
    if (layer > 0) sequence = drop(sequence);
    top = Array.from({ length: directions }, (_, d) => {
      const first = (layer * directions + d) * cell.states;
      const name = `l${layer}${d === 1 ? '_reverse' : ''}`;
      const w = weights(ctx, cell, p, sequence.shape[2] ?? 1, name);
      const run = runThrough(cell, w, sequence, starts.slice(first, first + cell.states), d === 1, counts);
      ctx.watch({ kind: 'time', name, values: run.computed });
      return run;
    });
    ends.push(...top.flatMap((run) => run.last));
    sequence = concat(
      top.map((run) => run.hidden),
      2,
    );
  }
  const last = concat(
    top.map((run) => run.last[0] as Value),
    1,
  );
  const y = p.output === 'all' ? permute(sequence, timeFirst) : last;
  const [only, ...others] = ends;
  // A value of its own: the gradient of the state is that of whoever takes it, not of the sequence that it ends.
  return { y, state: only && others.length === 0 ? mul(only, scalar(1)) : concat(ends, 1) };
}

const stateIn: PortSpec = {
  name: 'state',
  kind: 'tensor',
  doc: 'The state to start from, as another recurrent layer gives it; zeros where nothing is wired.',
  optional: true,
};
const maskIn: PortSpec = {
  name: 'mask',
  kind: 'tensor',
  doc: '1 where there is a step and 0 where there is padding, which leaves the state as it is: batch × time.',
  optional: true,
};
const stateOut: PortSpec = {
  name: 'state',
  kind: 'tensor',
  doc: 'The state at the end, of all layers and directions: batch × numbers.',
};

function defineRecurrent<P extends z.ZodObject>(
  spec: Pick<
    LayerSpec<P>,
    'kind' | 'title' | 'aliases' | 'doc' | 'formula' | 'source' | 'pytorch' | 'params'
  > & {
    readonly cell: (params: z.infer<P>) => Cell;
    readonly common: (params: z.infer<P>) => CommonParams;
  },
): LayerSpec<P> {
  const { cell, common, ...rest } = spec;
  return defineLayer({
    ...rest,
    category: 'sequence',
    inputs: [{ ...tensorIn, doc: 'batch × time × features.' }, stateIn, maskIn],
    outputs: [
      { ...tensorOut, doc: 'All states, batch × time × units; or the last one, batch × units.' },
      stateOut,
    ],
    sample: { x: { shape: [2, 3, 2], dtype: 'f32' } },
    sampleParams: { units: 2 },
    build: (ctx, inputs, params) =>
      recur(
        ctx,
        cell(params),
        { x: at(inputs, 'x'), state: inputs.state, mask: inputs.mask },
        common(params),
      ),
  });
}

const rnn = defineRecurrent({
  kind: 'rnn',
  title: 'RNN',
  aliases: ['recurrent', 'elman', 'sequence'],
  doc: 'Reads a sequence step by step into a state. Gradients shrink or grow with every step back in time.',
  formula: 'h_t = \\tanh(W_{ih} x_t + b_{ih} + W_{hh} h_{t-1} + b_{hh})',
  source: 'Elman, Finding structure in time, 1990',
  pytorch: 'torch.nn.RNN(batch_first=True)',
  params: z.strictObject({
    ...commonParams,
    nonlinearity: param(z.enum(['tanh', 'relu']).default('tanh'), {
      title: 'Activation',
      description: 'What the state is passed through at each step.',
      choices: { tanh: 'Tanh', relu: 'ReLU' },
    }),
  }),
  common: (p) => p,
  cell: ({ nonlinearity }) => rnnCell(nonlinearity === 'tanh' ? tanh : relu),
});

const lstm = defineRecurrent({
  kind: 'lstm',
  title: 'LSTM',
  aliases: ['long short-term memory', 'recurrent', 'gates', 'sequence'],
  doc: 'A recurrent layer with a memory cell behind gates: gradients can pass many steps unchanged.',
  formula:
    'c_t = \\sigma(f_t) \\odot c_{t-1} + \\sigma(i_t) \\odot \\tanh(g_t), \\quad h_t = \\sigma(o_t) \\odot \\tanh(c_t)',
  source: 'Hochreiter & Schmidhuber, 1997; Gers, Schmidhuber & Cummins, Learning to forget, 2000',
  pytorch: 'torch.nn.LSTM(batch_first=True)',
  params: z.strictObject({ ...commonParams, forgetBias: keepParam('Forget gate’s') }),
  common: (p) => p,
  cell: ({ forgetBias }) => ({ ...lstmCell, keep: forgetBias }),
});

const gru = defineRecurrent({
  kind: 'gru',
  title: 'GRU',
  aliases: ['gated recurrent unit', 'recurrent', 'gates', 'sequence'],
  doc: 'A recurrent layer with two gates: as long a memory as an LSTM’s, with fewer weights.',
  formula:
    'n_t = \\tanh(W_{in} x_t + b_{in} + r_t \\odot (W_{hn} h_{t-1} + b_{hn})), \\quad h_t = (1 - z_t) \\odot n_t + z_t \\odot h_{t-1}',
  source: 'Cho et al., Learning phrase representations using RNN encoder-decoder, EMNLP 2014',
  pytorch: 'torch.nn.GRU(batch_first=True)',
  params: z.strictObject({ ...commonParams, updateBias: keepParam('Update gate’s') }),
  common: (p) => p,
  cell: ({ updateBias }) => ({ ...gruCell, keep: updateBias }),
});

/** All recurrent layers, in the order of the palette. */
export const recurrents: readonly LayerSpec[] = [rnn, lstm, gru];
