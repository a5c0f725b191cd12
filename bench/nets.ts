/**
 * The workloads once more, for the engines that do not read Gradloom's documents: each net is said in a small algebra that
 * every engine gives in its own best words. Weights come in the order in which Gradloom lists them, each used once.
 */
import type { NetKind } from './workloads.ts';

/** What an engine must say. Values are consumed by what takes them, as jax-js wants it; `twice` is for a second use. */
export interface Algebra<T> {
  /** A second handle on a value. */
  twice(x: T): T;
  /** x · w + b, over the last axis; w is [inputs, outputs]. */
  linear(x: T, w: T, b: T): T;
  relu(x: T): T;
  sigmoid(x: T): T;
  tanh(x: T): T;
  /** The exact one, by erf. */
  gelu(x: T): T;
  add(a: T, b: T): T;
  /** A convolution of stride 1 over pictures, with its bias. */
  conv(x: T, w: T, b: T, padding: number): T;
  /** The largest of each 2 × 2 pixels. */
  halve(x: T): T;
  meanPixels(x: T): T;
  /** [batch, everything else]. */
  flatten(x: T): T;
  /** Over batch and pixels, by the batch's own statistics. */
  batchNorm(x: T, weight: T, bias: T): T;
  /** Over the last axis. */
  layerNorm(x: T, weight: T, bias: T): T;
  /** Rows of a table by tokens. */
  embed(table: T, tokens: T): T;
  /** Causal attention of queries, keys and values that stand side by side along the last axis. */
  attend(qkv: T, heads: number): T;
}

type Net = <T>(a: Algebra<T>, weight: () => T, x: T) => T;

/** Hidden layers of one activation, then a linear one. */
const dense =
  (activation: 'relu' | 'sigmoid' | 'tanh', hidden: number): Net =>
  (a, weight, x) => {
    let out = x;
    for (let i = 0; i < hidden; i++) out = a[activation](a.linear(out, weight(), weight()));
    return a.linear(out, weight(), weight());
  };

const lenet: Net = (a, weight, x) => {
  let out = x;
  for (let i = 0; i < 2; i++) out = a.halve(a.relu(a.conv(out, weight(), weight(), 0)));
  return dense('relu', 2)(a, weight, a.flatten(out));
};

const residual =
  (blocks: number, normed: boolean): Net =>
  <T>(a: Algebra<T>, weight: () => T, x: T): T => {
    const conv = (from: T): T => {
      const y = a.conv(from, weight(), weight(), 1);
      return normed ? a.batchNorm(y, weight(), weight()) : y;
    };
    let out = a.relu(conv(x));
    for (let i = 0; i < blocks; i++) {
      const skip = a.twice(out);
      out = a.relu(a.add(skip, conv(a.relu(conv(out)))));
    }
    return a.linear(a.meanPixels(out), weight(), weight());
  };

const gpt =
  (layers: number): Net =>
  (a, weight, x) => {
    let out = a.add(a.embed(weight(), x), weight());
    for (let i = 0; i < layers; i++) {
      const before = a.layerNorm(a.twice(out), weight(), weight());
      const attended = a.attend(a.linear(before, weight(), weight()), 4);
      out = a.add(out, a.linear(attended, weight(), weight()));
      const normed = a.layerNorm(a.twice(out), weight(), weight());
      const inner = a.gelu(a.linear(normed, weight(), weight()));
      out = a.add(out, a.linear(inner, weight(), weight()));
    }
    return a.linear(a.layerNorm(out, weight(), weight()), weight(), weight());
  };

/** The net of a workload: logits for a batch. */
export function netOf({ kind, depth }: { readonly kind: NetKind; readonly depth: number }): Net {
  switch (kind) {
    case 'mlp':
      return (a, weight, x) => dense('relu', depth)(a, weight, a.flatten(x));
    case 'deep':
      return dense('sigmoid', depth);
    case 'playground':
      return dense('tanh', depth);
    case 'lenet':
      return lenet;
    case 'resnet':
      return residual(depth, false);
    case 'resnet_bn':
      return residual(depth, true);
    case 'gpt':
      return gpt(depth);
    default:
      kind satisfies never;
      throw new TypeError('a net of no known kind');
  }
}
