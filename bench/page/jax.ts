// jax-js: one jitted function makes a whole step (loss, gradients, Adam), the way its own examples train.
import { blockUntilReady, jit, lax, nn, numpy as np, valueAndGrad } from '@jax-js/jax';
import { adam, type Contender, type Engine, isLinear, transposed, type Weight } from '../engine.ts';
import { type Algebra, netOf } from '../nets.ts';
import type { Workload } from '../workloads.ts';

type A = np.Array;

/** Mean over pixels of [batch, channels, y, x]. */
const pixelAxes = [2, 3];

const perChannel = (v: A): A => v.reshape([1, -1, 1, 1]);

/** (x − mean) / √(variance + ε) · weight + bias, over the given axes. */
function normalise(x: A, axes: number[], weight: A, bias: A): A {
  const centred = x.ref.sub(np.mean(x, axes, { keepdims: true }));
  const variance = np.mean(np.square(centred.ref), axes, { keepdims: true });
  return centred
    .div(np.sqrt(variance.add(1e-5)))
    .mul(weight)
    .add(bias);
}

const algebra: Algebra<A> = {
  twice: (x) => x.ref,
  linear: (x, w, b) => np.matmul(x, w).add(b),
  relu: (x) => nn.relu(x),
  sigmoid: (x) => nn.sigmoid(x),
  tanh: (x) => np.tanh(x),
  gelu: (x) => nn.gelu(x, { approximate: false }),
  add: (a, b) => a.add(b),
  conv: (x, w, b, padding) =>
    lax
      .convGeneralDilated(
        x,
        w,
        [1, 1],
        [
          [padding, padding],
          [padding, padding],
        ],
      )
      .add(perChannel(b)),
  halve(x) {
    const [n = 1, c = 1, height = 1, width = 1] = x.shape;
    return np.max(x.reshape([n, c, height / 2, 2, width / 2, 2]), [3, 5]);
  },
  meanPixels: (x) => np.mean(x, pixelAxes),
  flatten: (x) => x.reshape([x.shape[0] ?? 1, -1]),
  batchNorm: (x, weight, bias) => normalise(x, [0, ...pixelAxes], perChannel(weight), perChannel(bias)),
  layerNorm: (x, weight, bias) => normalise(x, [-1], weight, bias),
  embed: (table, tokens) => np.take(table, tokens, 0),
  attend(qkv, heads) {
    const [batch = 1, time = 1, width = 3] = qkv.shape;
    const [q, k, v] = np.split(qkv, 3, -1).map((x) => x.reshape([batch, time, heads, width / 3 / heads]));
    if (!q || !k || !v) throw new TypeError('queries, keys and values stand side by side');
    return nn.dotProductAttention(q, k, v, { isCausal: true }).reshape([batch, time, width / 3]);
  },
};

function lossOf({ loss, samples }: Workload, logits: A, y: A): A {
  if (loss === 'bce') {
    // max(x, 0) − x·y + log(1 + e^−|x|)
    const x = logits.reshape([-1]);
    const rest = np.log1p(np.exp(np.negative(np.abs(x.ref))));
    return np.mean(
      nn
        .relu(x.ref)
        .sub(x.mul(y.astype(np.float32)))
        .add(rest),
    );
  }
  const picked = nn.oneHot(y, samples.classes).mul(nn.logSoftmax(logits, -1));
  return np.negative(np.mean(np.sum(picked, -1)));
}

/** As jax-js keeps it. */
function upload(weight: Weight): A {
  const linear = isLinear(weight);
  const data = linear ? transposed(weight.data, weight.shape) : weight.data;
  const shape = linear ? weight.shape.toReversed() : [...weight.shape];
  return np.array(Float32Array.from(data), { shape: [...shape] });
}

/** One step: everything is given away and comes back changed. */
function makeStep(workload: Workload) {
  const net = netOf(workload.net);
  const loss = (params: A[], x: A, y: A): A => {
    let at = 0;
    const weight = (): A => {
      const w = params[at++];
      if (!w) throw new RangeError(`${workload.name} has ${params.length} weights`);
      return w;
    };
    return lossOf(workload, net(algebra, weight, x), y);
  };
  const gradient = valueAndGrad(loss);
  return jit((params: A[], first: A[], second: A[], decay: A, x: A, y: A): A[] => {
    const [value, grads] = gradient(
      params.map((p) => p.ref),
      x,
      y,
    );
    const next = decay.mul(np.array([adam.beta1, adam.beta2]));
    const [c1, c2] = [...np.array([1, 1]).sub(next.ref)];
    if (!c1 || !c2) throw new TypeError('two decays');
    const updated = params.map((p, i) => {
      const g = (grads as A[])[i] as A;
      const m = (first[i] as A).mul(adam.beta1).add(g.ref.mul(1 - adam.beta1));
      const v = (second[i] as A).mul(adam.beta2).add(np.square(g).mul(1 - adam.beta2));
      const step = m.ref
        .div(c1.ref)
        .mul(adam.learningRate)
        .div(np.sqrt(v.ref.div(c2.ref)).add(adam.epsilon));
      return { p: p.sub(step), m, v };
    });
    c1.dispose();
    c2.dispose();
    return [
      value as A,
      next,
      ...updated.map(({ p }) => p),
      ...updated.map(({ m }) => m),
      ...updated.map(({ v }) => v),
    ];
  });
}

export const jax: Engine = {
  name: 'jax-js',
  async open({ workload, weights, batches }): Promise<Contender> {
    const { samples, batch } = workload;
    const uploaded = batches.map(({ x, y }) => ({
      x: np.array(x.slice(), { shape: [batch, ...samples.input] }),
      y: np.array(y.slice(), { shape: [batch, ...samples.target] }),
    }));
    const zeros = (): A[] => weights.map((w) => upload({ ...w, data: new Float32Array(w.data.length) }));
    let state: A[] = [np.array([1, 1]), ...weights.map(upload), ...zeros(), ...zeros()];
    const count = weights.length;
    const step = makeStep(workload);
    let at = 0;
    return {
      async train(steps) {
        let loss: A | null = null;
        for (let i = 0; i < steps; i++) {
          const { x, y } = uploaded[at++ % uploaded.length]!;
          const [decay, ...rest] = state;
          const part = (n: number): A[] => rest.slice(n * count, (n + 1) * count);
          loss?.dispose();
          [loss, ...state] = step(part(0), part(1), part(2), decay!, x.ref, y.ref) as [A, ...A[]];
        }
        // The last array stands for all: they are made in one go, and the queue keeps its order.
        await blockUntilReady(state.at(-1)!);
        const data = await loss?.data();
        return data ? [...data] : [];
      },
      dispose() {
        for (const a of [...state, ...uploaded.flatMap(({ x, y }) => [x, y])]) a.dispose();
      },
    };
  },
  async openAlone({ name, x, w }) {
    const [a, b] = [x, w].map(({ data, shape }) => np.array(data, { shape: [...shape] })) as [A, A];
    const around: [number, number][] = [
      [1, 1],
      [1, 1],
    ];
    const product = jit((one: A, other: A) =>
      name === 'product' ? np.matmul(one, other) : lax.convGeneralDilated(one, other, [1, 1], around),
    );
    return {
      async train(steps) {
        for (let i = 0; i < steps; i++) {
          const y = product(a.ref, b.ref);
          await blockUntilReady(y);
          y.dispose();
        }
        return [];
      },
      dispose() {
        a.dispose();
        b.dispose();
      },
    };
  },
};
