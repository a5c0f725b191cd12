/**
 * Learning-rate schedules: at each step the learning rate is the one that was set, times a factor. A factor is a pure function
 * of the step, 0 at first, so a run can be resumed and a schedule drawn before it runs. Formulas are PyTorch's, in closed form.
 */
import { z } from 'zod';
import { param } from '../layers/define.ts';

export interface ScheduleSpec<P extends z.ZodObject = z.ZodObject> {
  /** Stable identifier in documents: `cosine`. */
  readonly kind: string;
  readonly title: string;
  readonly doc: string;
  /** LaTeX, of the factor f at step t. */
  readonly formula: string;
  readonly source: string;
  readonly pytorch: string | null;
  readonly params: P;
  /** What the learning rate is multiplied by at a step, from 0. */
  factor(step: number, params: z.infer<P>): number;
}

function defineSchedule<P extends z.ZodObject>(spec: ScheduleSpec<P>): ScheduleSpec<P> {
  return spec;
}

const stepsParam = (value: number, title: string, description: string) =>
  param(z.int().min(1).max(1e9).default(value), { title, description, unit: 'steps' });
const shareParam = (value: number, title: string, description: string) =>
  param(z.number().min(0).max(1).default(value), { title, description });
const gammaParam = (value: number) =>
  shareParam(value, 'Factor γ', 'What the learning rate is multiplied by each time.');
const lastParam = shareParam(0, 'Last factor', 'The factor at the end, as a share of the learning rate.');

/** From 1 to `last` along half a cosine; `part` runs from 0 to 1. */
const cosineTo = (last: number, part: number): number =>
  last + ((1 - last) * (1 + Math.cos(Math.PI * part))) / 2;

const constant = defineSchedule({
  kind: 'constant',
  title: 'Constant',
  doc: 'The learning rate stays as it is.',
  formula: 'f = 1',
  source: 'Robbins & Monro, 1951',
  pytorch: 'torch.optim.lr_scheduler.LambdaLR',
  params: z.strictObject({}),
  factor: () => 1,
});

const step = defineSchedule({
  kind: 'step',
  title: 'Step',
  doc: 'Multiplies the learning rate by γ every so many steps.',
  formula: 'f = \\gamma^{\\lfloor t / n \\rfloor}',
  source: 'He et al., Deep residual learning for image recognition, CVPR 2016',
  pytorch: 'torch.optim.lr_scheduler.StepLR',
  params: z.strictObject({
    every: stepsParam(1000, 'Every', 'How many steps lie between two drops.'),
    gamma: gammaParam(0.1),
  }),
  factor: (t, { every, gamma }) => gamma ** Math.floor(t / every),
});

const milestones = defineSchedule({
  kind: 'milestones',
  title: 'Milestones',
  doc: 'Multiplies the learning rate by γ at given steps.',
  formula: 'f = \\gamma^{|\\{m : m \\leq t\\}|}',
  source: 'He et al., Deep residual learning for image recognition, CVPR 2016',
  pytorch: 'torch.optim.lr_scheduler.MultiStepLR',
  params: z.strictObject({
    at: param(z.array(z.int().min(0).max(1e9)).max(64).default([1000, 2000]), {
      title: 'Steps',
      description: 'The steps at which the learning rate drops.',
    }),
    gamma: gammaParam(0.1),
  }),
  factor: (t, { at, gamma }) => gamma ** at.filter((m) => m <= t).length,
});

const exponential = defineSchedule({
  kind: 'exponential',
  title: 'Exponential',
  doc: 'Multiplies the learning rate by γ at every step.',
  formula: 'f = \\gamma^t',
  source: 'torch.optim.lr_scheduler.ExponentialLR',
  pytorch: 'torch.optim.lr_scheduler.ExponentialLR',
  params: z.strictObject({ gamma: gammaParam(0.999) }),
  factor: (t, { gamma }) => gamma ** t,
});

const linear = defineSchedule({
  kind: 'linear',
  title: 'Linear',
  doc: 'Goes in a straight line from one factor to another, and stays there. From a small factor to 1 it is a warm-up.',
  formula: 'f = a + (b - a) \\min(t / n, 1)',
  source: 'Goyal et al., Accurate, large minibatch SGD, 2017',
  pytorch: 'torch.optim.lr_scheduler.LinearLR',
  params: z.strictObject({
    first: shareParam(1 / 3, 'First factor', 'The factor at the start.'),
    last: shareParam(1, 'Last factor', 'The factor at the end.'),
    steps: stepsParam(100, 'Steps', 'How long the line is.'),
  }),
  factor: (t, { first, last, steps }) => first + (last - first) * Math.min(t / steps, 1),
});

const polynomial = defineSchedule({
  kind: 'polynomial',
  title: 'Polynomial',
  doc: 'Falls to 0 along a power of what is left.',
  formula: 'f = (1 - \\min(t / n, 1))^p',
  source: 'Chen et al., DeepLab, 2017',
  pytorch: 'torch.optim.lr_scheduler.PolynomialLR',
  params: z.strictObject({
    steps: stepsParam(1000, 'Steps', 'When 0 is reached.'),
    power: param(z.number().min(0.01).max(16).default(1), {
      title: 'Power p',
      description: '1 is a straight line; larger falls faster at first.',
    }),
  }),
  factor: (t, { steps, power }) => (1 - Math.min(t / steps, 1)) ** power,
});

const cosine = defineSchedule({
  kind: 'cosine',
  title: 'Cosine',
  doc: 'Falls along half a cosine; after that it rises again, as PyTorch’s does.',
  formula: 'f = m + (1 - m)\\,\\frac{1 + \\cos(\\pi t / n)}{2}',
  source: 'Loshchilov & Hutter, SGDR, ICLR 2017',
  pytorch: 'torch.optim.lr_scheduler.CosineAnnealingLR',
  params: z.strictObject({
    steps: stepsParam(1000, 'Steps', 'How long half a cosine is.'),
    last: lastParam,
  }),
  factor: (t, { steps, last }) => cosineTo(last, t / steps),
});

const warmupCosine = defineSchedule({
  kind: 'warmupCosine',
  title: 'Warm-up and cosine',
  doc: 'Rises in a straight line, then falls along half a cosine: the schedule of most transformers.',
  formula:
    'f = \\begin{cases} a + (1 - a)\\, t / w & t < w \\\\ \\mathrm{cosine}(t - w) & t \\geq w \\end{cases}',
  source: 'Goyal et al., Accurate, large minibatch SGD, 2017; Loshchilov & Hutter, SGDR, ICLR 2017',
  pytorch: 'torch.optim.lr_scheduler.SequentialLR of LinearLR and CosineAnnealingLR',
  params: z.strictObject({
    warmup: stepsParam(100, 'Warm-up', 'How long it rises.'),
    first: shareParam(0.01, 'First factor', 'The factor at the start.'),
    steps: stepsParam(1000, 'Steps', 'How long it falls after the warm-up.'),
    last: lastParam,
  }),
  factor: (t, { warmup, first, steps, last }) =>
    t < warmup ? first + (1 - first) * (t / warmup) : cosineTo(last, Math.min((t - warmup) / steps, 1)),
});

const restarts = defineSchedule({
  kind: 'cosineRestarts',
  title: 'Cosine with restarts',
  doc: 'Falls along half a cosine and jumps back up, each time after a longer while.',
  formula: 'f = m + (1 - m)\\,\\frac{1 + \\cos(\\pi t_i / n_i)}{2}, \\quad n_{i+1} = k\\, n_i',
  source: 'Loshchilov & Hutter, SGDR, ICLR 2017',
  pytorch: 'torch.optim.lr_scheduler.CosineAnnealingWarmRestarts',
  params: z.strictObject({
    steps: stepsParam(100, 'First length', 'How long the first fall is.'),
    growth: param(z.int().min(1).max(16).default(2), {
      title: 'Growth k',
      description: 'How many times as long each fall is as the one before.',
    }),
    last: lastParam,
  }),
  factor(t, { steps, growth, last }) {
    let since = t;
    let length = steps;
    while (since >= length) {
      since -= length;
      length *= growth;
    }
    return cosineTo(last, since / length);
  },
});

const cyclic = defineSchedule({
  kind: 'cyclic',
  title: 'Cyclic',
  doc: 'Swings between the learning rate and a multiple of it.',
  formula: 'f = 1 + (p - 1)\\, a(c)\\, \\max(0, 1 - |2 t / n - 2 c + 1|)',
  source: 'Smith, Cyclical learning rates for training neural networks, WACV 2017',
  pytorch: 'torch.optim.lr_scheduler.CyclicLR',
  params: z.strictObject({
    peak: param(z.number().min(1).max(1e6).default(10), {
      title: 'Peak p',
      description: 'The largest factor.',
    }),
    half: stepsParam(2000, 'Half a cycle', 'How long it rises, and falls.'),
    mode: param(z.enum(['triangular', 'triangular2', 'expRange']).default('triangular'), {
      title: 'Peaks',
      description: 'Whether peaks stay, halve with each cycle, or fall by γ with each step.',
      choices: { triangular: 'Stay', triangular2: 'Halve', expRange: 'Fall by γ' },
    }),
    gamma: param(z.number().min(0).max(1).default(0.9999), {
      title: 'Factor γ',
      description: 'What peaks are multiplied by at each step.',
      showWhen: { mode: ['expRange'] },
    }),
  }),
  factor(t, { peak, half, mode, gamma }) {
    const cycle = Math.floor(1 + t / (2 * half));
    const x = Math.abs(t / half - 2 * cycle + 1);
    const size = { triangular: 1, triangular2: 1 / 2 ** (cycle - 1), expRange: gamma ** t }[mode];
    return 1 + (peak - 1) * Math.max(0, 1 - x) * size;
  },
});

const oneCycle = defineSchedule({
  kind: 'oneCycle',
  title: 'One cycle',
  doc: 'Rises to the learning rate and falls far below where it began, both along half cosines; stays at the end.',
  formula: 'f: \\tfrac{1}{d} \\nearrow 1 \\searrow \\tfrac{1}{d\\, e}',
  source: 'Smith & Topin, Super-convergence, 2018',
  pytorch: 'torch.optim.lr_scheduler.OneCycleLR',
  params: z.strictObject({
    steps: param(z.int().min(2).max(1e9).default(1000), {
      title: 'Steps',
      description: 'How long the whole cycle is.',
      unit: 'steps',
    }),
    rise: param(z.number().min(0.01).max(0.99).default(0.3), {
      title: 'Rising share',
      description: 'The share of the steps that goes up.',
    }),
    start: param(z.number().min(1).max(1e9).default(25), {
      title: 'Initial divisor d',
      description: 'The first learning rate is the peak divided by this.',
    }),
    end: param(z.number().min(1).max(1e9).default(1e4), {
      title: 'Final divisor e',
      description: 'The last learning rate is the first divided by this.',
    }),
  }),
  factor(t, { steps, rise, start, end }) {
    const top = rise * steps - 1;
    const [low, final] = [1 / start, 1 / start / end];
    if (t <= top) return 1 + ((low - 1) * (1 + Math.cos(Math.PI * (t / top)))) / 2;
    return cosineTo(final, Math.min((t - top) / (steps - 1 - top), 1));
  },
});

const inverseRoot = defineSchedule({
  kind: 'inverseRoot',
  title: 'Warm-up and inverse root',
  doc: 'Rises in a straight line, then falls with the root of the step.',
  formula: 'f = \\min\\!\\left(\\frac{t + 1}{w}, \\sqrt{\\frac{w}{t + 1}}\\right)',
  source: 'Vaswani et al., Attention is all you need, NIPS 2017, section 5.3',
  pytorch: null,
  params: z.strictObject({ warmup: stepsParam(4000, 'Warm-up', 'How long it rises.') }),
  factor: (t, { warmup }) => Math.min((t + 1) / warmup, Math.sqrt(warmup / (t + 1))),
});

const rangeTest = defineSchedule({
  kind: 'rangeTest',
  title: 'Range test',
  doc: 'Multiplies the learning rate by the same number at every step, from tiny to huge: where the loss falls fastest is a good one.',
  formula: 'f = a^{1 - t/n}\\, b^{t/n}',
  source: 'Smith, Cyclical learning rates for training neural networks, WACV 2017, section 3.3',
  pytorch: null,
  params: z.strictObject({
    low: param(z.number().min(1e-12).max(1).default(1e-4), {
      title: 'First factor a',
      description: 'Where the test begins.',
    }),
    high: param(z.number().min(1).max(1e9).default(100), {
      title: 'Last factor b',
      description: 'Where the test ends.',
    }),
    steps: stepsParam(200, 'Steps', 'How long the test is.'),
  }),
  factor: (t, { low, high, steps }) => low * (high / low) ** Math.min(t / steps, 1),
});

/** All schedules, in the order in which they are offered. */
export const scheduleList: readonly ScheduleSpec[] = [
  constant,
  step,
  milestones,
  exponential,
  linear,
  polynomial,
  cosine,
  warmupCosine,
  restarts,
  cyclic,
  oneCycle,
  inverseRoot,
  rangeTest,
];

/** The declaration of a schedule; undefined for a kind that this version does not know. */
export function scheduleOf(kind: string): ScheduleSpec | undefined {
  return scheduleList.find((s) => s.kind === kind);
}
