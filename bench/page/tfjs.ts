// TensorFlow.js on its WebGPU backend: eager, with its own Adam. Pictures are batch × y × x × channels, as it wants them.
import * as tf from '@tensorflow/tfjs-core';
import { adam, type Contender, type Engine, isLinear, transposed, type Weight } from '../engine.ts';
import { type Algebra, netOf } from '../nets.ts';
import type { Workload } from '../workloads.ts';

type T = tf.Tensor;

const pixelAxes = [1, 2];

/** (x − mean) / √(variance + ε) · weight + bias, over the given axes. */
function normalise(x: T, axes: number[], weight: T, bias: T): T {
  const { mean, variance } = tf.moments(x, axes, true);
  const scale = tf.rsqrt(tf.add(variance, 1e-5));
  return tf.add(tf.mul(tf.mul(tf.sub(x, mean), scale), weight), bias);
}

/** Batch × heads × time × features. */
const headed = (x: T, heads: number): T => {
  const [batch = 1, time = 1, width = 1] = x.shape;
  return tf.transpose(tf.reshape(x, [batch, time, heads, width / heads]), [0, 2, 1, 3]);
};

const algebra = (hidden: T): Algebra<T> => ({
  twice: (x) => x,
  linear(x, w, b) {
    const [inputs = 1, outputs = 1] = w.shape;
    const rows = tf.reshape(x, [-1, inputs]);
    const y = tf.add(tf.matMul(rows as tf.Tensor2D, w as tf.Tensor2D), b);
    return tf.reshape(y, [...x.shape.slice(0, -1), outputs]);
  },
  relu: (x) => tf.relu(x),
  sigmoid: (x) => tf.sigmoid(x),
  tanh: (x) => tf.tanh(x),
  gelu: (x) => tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1)),
  add: (a, b) => tf.add(a, b),
  conv: (x, w, b, padding) =>
    tf.add(tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, padding === 0 ? 'valid' : 'same'), b),
  halve: (x) => tf.maxPool(x as tf.Tensor4D, 2, 2, 'valid'),
  meanPixels: (x) => tf.mean(x, pixelAxes),
  flatten: (x) => tf.reshape(x, [x.shape[0] ?? 1, -1]),
  batchNorm: (x, weight, bias) => normalise(x, [0, ...pixelAxes], weight, bias),
  layerNorm: (x, weight, bias) => normalise(x, [-1], weight, bias),
  embed: (table, tokens) => tf.gather(table, tokens as tf.Tensor2D),
  attend(qkv, heads) {
    const [batch = 1, time = 1, width = 3] = qkv.shape;
    const [q, k, v] = tf.split(qkv, 3, -1).map((x) => headed(x, heads));
    if (!q || !k || !v) throw new TypeError('queries, keys and values stand side by side');
    const scores = tf.mul(tf.matMul(q, k, false, true), 1 / Math.sqrt(width / 3 / heads));
    const y = tf.matMul(tf.softmax(tf.add(scores, hidden)), v);
    return tf.reshape(tf.transpose(y, [0, 2, 1, 3]), [batch, time, width / 3]);
  },
});

/** As TensorFlow.js keeps it; the weights behind flattened pictures see pixels before channels. */
function upload(weight: Weight, channels: number): T {
  const { data, shape } = weight;
  if (shape.length === 4) return tf.transpose(tf.tensor(data, [...shape]), [2, 3, 1, 0]);
  if (!isLinear(weight)) return tf.tensor(data, [...shape]);
  const [outputs = 1, inputs = 1] = shape;
  const w = tf.tensor(transposed(data, shape), [inputs, outputs]);
  if (channels === 0) return w;
  const side = Math.sqrt(inputs / channels);
  const moved = tf.transpose(tf.reshape(w, [channels, side, side, outputs]), [1, 2, 0, 3]);
  return tf.reshape(moved, [inputs, outputs]);
}

function lossOf({ loss, samples }: Workload, logits: T, y: T): tf.Scalar {
  if (loss === 'bce') return tf.losses.sigmoidCrossEntropy(tf.reshape(y, logits.shape), logits);
  const rows = tf.reshape(logits, [-1, samples.classes]);
  return tf.losses.softmaxCrossEntropy(tf.oneHot(tf.reshape(y, [-1]) as tf.Tensor1D, samples.classes), rows);
}

export const tfjs: Engine = {
  name: 'TensorFlow.js',
  async open({ workload, weights, batches }): Promise<Contender> {
    const { samples, batch, net } = workload;
    const isPicture = samples.input.length === 3;
    const uploaded = batches.map(({ x, y }) => {
      const raw = tf.tensor(
        x,
        [batch, ...samples.input],
        samples.vocabulary === undefined ? 'float32' : 'int32',
      );
      const target = isNumber(workload)
        ? tf.tensor(Float32Array.from(y), [batch])
        : tf.tensor(y, [batch, ...samples.target], 'int32');
      return { x: isPicture ? tf.transpose(raw, [0, 2, 3, 1]) : raw, y: target };
    });
    const firstLinear = weights.findIndex(isLinear);
    const flattened = net.kind === 'lenet' ? 16 : 0;
    const variables = weights.map((w, i) => tf.variable(upload(w, i === firstLinear ? flattened : 0)));
    const time = samples.input[0] ?? 1;
    const hidden = tf.mul(tf.sub(1, tf.linalg.bandPart(tf.ones([time, time]), -1, 0)), -1e9);
    const optimizer = tf.train.adam(adam.learningRate, adam.beta1, adam.beta2, adam.epsilon);
    const forward = netOf(net);
    const a = algebra(hidden);
    let at = 0;
    return {
      async train(steps) {
        let last: tf.Scalar | null = null;
        for (let i = 0; i < steps; i++) {
          const { x, y } = uploaded[at++ % uploaded.length]!;
          last?.dispose();
          last = optimizer.minimize(
            () => {
              let next = 0;
              return lossOf(
                workload,
                forward(a, () => variables[next++]!, x),
                y,
              );
            },
            true,
            variables,
          );
        }
        const values = last ? [...(await last.data())] : [];
        last?.dispose();
        return values;
      },
      dispose() {
        tf.dispose([uploaded.map(({ x, y }) => [x, y]), variables, hidden]);
        optimizer.dispose();
      },
    };
  },
  async openAlone({ name, ...given }) {
    const [x, y] = tf.tidy(() => {
      const tensors = [given.x, given.w].map(({ data, shape }) => tf.tensor(data, [...shape]));
      const [a, b] = tensors as [tf.Tensor, tf.Tensor];
      return name === 'product' ? [a, b] : [tf.transpose(a, [0, 2, 3, 1]), tf.transpose(b, [2, 3, 1, 0])];
    }) as [tf.Tensor, tf.Tensor];
    const corner = (of: tf.Tensor): tf.Tensor =>
      tf.slice(
        of,
        of.shape.map(() => 0),
        of.shape.map(() => 1),
      );
    return {
      async train(steps) {
        for (let i = 0; i < steps; i++) {
          const result =
            name === 'product' ? tf.matMul(x, y) : tf.conv2d(x as tf.Tensor4D, y as tf.Tensor4D, 1, 'same');
          // It queues work until somebody asks: one number of the answer waits for all of it.
          const asked = corner(result);
          await asked.data();
          tf.dispose([result, asked]);
        }
        return [];
      },
      dispose: () => tf.dispose([x, y]),
    };
  },
};

/** Whether the target goes in as numbers. */
const isNumber = ({ loss }: Workload): boolean => loss === 'bce';
