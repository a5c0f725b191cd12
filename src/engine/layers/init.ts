/**
 * Initial values of parameter tensors: a function of the initialiser, the seed and the tensor's name, nothing else.
 * fan_in and fan_out are the numbers of inputs and outputs of one unit, times the receptive field for convolutions.
 */
import { z } from 'zod';
import { randomStream } from '../ir/random.ts';
import { type Initialiser, type ParamMeta, param } from './define.ts';

/**
 * The first values of one parameter.
 *
 * - `xavierUniform`: U(−a, a), a = gain · √(6 / (fan_in + fan_out)); `xavierNormal`: N(0, gain² · 2 / (fan_in + fan_out)).
 *   Glorot & Bengio, "Understanding the difficulty of training deep feedforward neural networks", AISTATS 2010, eq. 16.
 * - `heUniform`: U(−a, a), a = gain · √(3 / fan_in); `heNormal`: N(0, gain² / fan_in); gain = √2 after a ReLU.
 *   He et al., "Delving deep into rectifiers", ICCV 2015, eq. 10. With gain 1 they are LeCun's (Efficient BackProp, 1998).
 * - `orthogonal`: rows, or columns where there are fewer, of length `gain` at right angles to each other.
 *   Saxe, McClelland & Ganguli, "Exact solutions to the nonlinear dynamics of learning in deep linear networks", ICLR 2014.
 *
 * @param name `<node>.<parameter>`: tensors of one seed draw from streams of their own
 * @param size number of elements
 */
export function initialValues(
  init: Initialiser,
  size: number,
  seed: number,
  name: string,
): Float32Array<ArrayBuffer> {
  const values = new Float32Array(size);
  const random = randomStream(seed, name);
  const uniform = (low: number, high: number): Float32Array<ArrayBuffer> => {
    for (let i = 0; i < size; i++) values[i] = low + (high - low) * random.uniform(i);
    return values;
  };
  const normal = (mean: number, std: number): Float32Array<ArrayBuffer> => {
    for (let i = 0; i < size; i++) values[i] = mean + std * random.normal(i);
    return values;
  };
  switch (init.kind) {
    case 'zeros':
      return values;
    case 'ones':
      return values.fill(1);
    case 'constant':
      return values.fill(init.value);
    case 'uniform':
      return raise(uniform(init.low, init.high), init.raised ?? [0, 0, 0]);
    case 'normal':
      return normal(init.mean, init.std).fill(0, ...(init.zeros ?? [size]));
    case 'xavierUniform':
    case 'heUniform': {
      const bound = Math.sqrt(3) * deviation(init);
      return uniform(-bound, bound);
    }
    case 'xavierNormal':
    case 'heNormal':
      return normal(0, deviation(init));
    case 'orthogonal':
      return orthogonalise(normal(0, 1), init.columns, init.gain);
    default:
      init satisfies never;
      throw new TypeError('an initialiser of no known kind');
  }
}

/** Adds a number to a stretch of the values. */
function raise(
  values: Float32Array<ArrayBuffer>,
  [from, to, by]: readonly [number, number, number],
): Float32Array<ArrayBuffer> {
  for (let i = from; i < to; i++) values[i] = (values[i] ?? 0) + by;
  return values;
}

/** Makes the shorter side of a row-major matrix orthogonal, by modified Gram–Schmidt in float64, twice against rounding. */
function orthogonalise(
  values: Float32Array<ArrayBuffer>,
  columns: number,
  gain: number,
): Float32Array<ArrayBuffer> {
  const rows = values.length / columns;
  const wide = rows <= columns;
  const [count, length] = wide ? [rows, columns] : [columns, rows];
  const place = (v: number, i: number): number => (wide ? v * columns + i : i * columns + v);
  const vectors = Array.from({ length: count }, (_, v) =>
    Float64Array.from({ length }, (_, i) => values[place(v, i)] ?? 0),
  );
  const dot = (a: Float64Array, b: Float64Array): number => a.reduce((sum, x, i) => sum + x * (b[i] ?? 0), 0);
  vectors.forEach((vector, v) => {
    for (const earlier of [...vectors.slice(0, v), ...vectors.slice(0, v)]) {
      const along = dot(vector, earlier);
      for (let i = 0; i < length; i++) vector[i] = (vector[i] ?? 0) - along * (earlier[i] ?? 0);
    }
    const size = Math.sqrt(dot(vector, vector));
    for (let i = 0; i < length; i++) vector[i] = (vector[i] ?? 0) / size;
  });
  vectors.forEach((vector, v) => {
    for (let i = 0; i < length; i++) values[place(v, i)] = gain * (vector[i] ?? 0);
  });
  return values;
}

type Scaled = Extract<Initialiser, { fan: readonly [number, number] }>;

/** The standard deviation that Xavier's and He's rules ask for. */
function deviation({ kind, gain, fan: [fanIn, fanOut] }: Scaled): number {
  return kind.startsWith('xavier') ? gain * Math.sqrt(2 / (fanIn + fanOut)) : gain / Math.sqrt(fanIn);
}

const weightInits = [
  'pytorch',
  'xavierUniform',
  'xavierNormal',
  'heUniform',
  'heNormal',
  'lecunUniform',
  'lecunNormal',
  'orthogonal',
  'uniform',
  'normal',
  'constant',
  'zeros',
] as const;

const shownFor = (...kinds: (typeof weightInits)[number][]): Pick<ParamMeta, 'showWhen'> => ({
  showWhen: { init: kinds },
});

/** The parameters by which a layer with weights lets its initialiser be chosen; `weightInitialiser` reads them. */
export const weightInitParams = {
  init: param(z.enum(weightInits).default('pytorch'), {
    title: 'Initial weights',
    description:
      'How the weights start. Xavier keeps the variance of signals through tanh and sigmoid layers, He through ReLU layers.',
    choices: {
      pytorch: 'PyTorch’s default',
      xavierUniform: 'Xavier uniform',
      xavierNormal: 'Xavier normal',
      heUniform: 'He uniform',
      heNormal: 'He normal',
      lecunUniform: 'LeCun uniform',
      lecunNormal: 'LeCun normal',
      orthogonal: 'Orthogonal',
      uniform: 'Uniform',
      normal: 'Normal',
      constant: 'Constant',
      zeros: 'Zeros',
    },
  }),
  initGain: param(z.number().min(0).max(100).default(1), {
    title: 'Gain',
    description: 'Multiplies what the rule gives: 1 for sigmoid and linear layers, 5/3 for tanh.',
    ...shownFor('xavierUniform', 'xavierNormal', 'orthogonal'),
  }),
  initStd: param(z.number().min(0).max(100).default(0.01), {
    title: 'Standard deviation σ',
    description: 'The weights are drawn from N(0, σ²).',
    ...shownFor('normal'),
  }),
  initBound: param(z.number().min(0).max(100).default(0.1), {
    title: 'Bound a',
    description: 'The weights are drawn from U(−a, a).',
    ...shownFor('uniform'),
  }),
  initValue: param(z.number().min(-100).max(100).default(0.1), {
    title: 'Value',
    description: 'Every weight starts with this value. Equal units stay equal: symmetry is not broken.',
    ...shownFor('constant'),
  }),
};

/** The parameters by which the start of a bias is chosen; `biasInitialiser` reads them. */
export const biasInitParams = {
  biasInit: param(z.enum(['pytorch', 'zeros', 'constant']).default('pytorch'), {
    title: 'Initial bias',
    description: 'How the bias starts: like PyTorch, U(−1/√in, 1/√in); at zero; or at one value.',
    showWhen: { bias: [true] },
    choices: { pytorch: 'PyTorch’s default', zeros: 'Zeros', constant: 'Constant' },
  }),
  biasValue: param(z.number().min(-1000).max(1000).default(0), {
    title: 'Bias value',
    description: 'Every bias starts with this value.',
    showWhen: { bias: [true], biasInit: ['constant'] },
  }),
};

type WeightInitParams = z.infer<z.ZodObject<typeof weightInitParams>>;
type BiasInitParams = z.infer<z.ZodObject<typeof biasInitParams>>;

/** PyTorch's nn.Linear and nn.Conv: kaiming_uniform_(a = √5), that is U(−1/√fan_in, 1/√fan_in). */
function pytorchDefault(fanIn: number): Initialiser {
  const bound = 1 / Math.sqrt(fanIn);
  return { kind: 'uniform', low: -bound, high: bound };
}

export function weightInitialiser(p: WeightInitParams, fan: readonly [number, number]): Initialiser {
  switch (p.init) {
    case 'pytorch':
      return pytorchDefault(fan[0]);
    case 'xavierUniform':
    case 'xavierNormal':
      return { kind: p.init, gain: p.initGain, fan };
    case 'heUniform':
    case 'heNormal':
      return { kind: p.init, gain: Math.SQRT2, fan };
    case 'lecunUniform':
      return { kind: 'heUniform', gain: 1, fan };
    case 'lecunNormal':
      return { kind: 'heNormal', gain: 1, fan };
    case 'orthogonal':
      return { kind: 'orthogonal', gain: p.initGain, columns: fan[0] };
    case 'uniform':
      return { kind: 'uniform', low: -p.initBound, high: p.initBound };
    case 'normal':
      return { kind: 'normal', mean: 0, std: p.initStd };
    case 'constant':
      return { kind: 'constant', value: p.initValue };
    case 'zeros':
      return { kind: 'zeros' };
    default:
      p.init satisfies never;
      throw new TypeError('an initialiser of no known name');
  }
}

export function biasInitialiser(p: BiasInitParams, fanIn: number): Initialiser {
  switch (p.biasInit) {
    case 'pytorch':
      return pytorchDefault(fanIn);
    case 'zeros':
      return { kind: 'zeros' };
    case 'constant':
      return { kind: 'constant', value: p.biasValue };
    default:
      p.biasInit satisfies never;
      throw new TypeError('a bias initialiser of no known name');
  }
}
