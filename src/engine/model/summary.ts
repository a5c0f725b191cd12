/**
 * What a model costs, before anything runs: parameters, arithmetic and memory, counted on the graph of ops. A multiply-add
 * counts as two operations. Arithmetic is exact for what is counted; memory is a forecast that the compiler's plan replaces.
 */
import { gradients } from '../autodiff/grad.ts';
import { bytesPerElement } from '../ir/dtype.ts';
import { topological } from '../ir/graph.ts';
import { sizeOf } from '../ir/shape.ts';
import type { Value } from '../ir/value.ts';
import { optimizerOf } from '../optim/index.ts';
import { type Model, parameterCount } from './build.ts';
import type { Problem } from './problems.ts';

export interface NodeSummary {
  /** Trainable numbers. */
  readonly parameters: number;
  /** Operations of one forward pass over one batch. */
  readonly flops: number;
  /** Bytes: parameters with gradients and optimiser states, outputs with their gradients. */
  readonly memory: number;
}

export interface ModelSummary {
  readonly nodes: ReadonlyMap<string, NodeSummary>;
  /** Instances of blocks: the sums of what is inside. */
  readonly blocks: ReadonlyMap<string, NodeSummary>;
  readonly parameters: number;
  /** Operations per batch. `step` is forward and backward, without the update; it is counted when it is first read. */
  readonly flops: { readonly forward: number; readonly step: number };
  /** Bytes. */
  readonly memory: {
    readonly parameters: number;
    readonly gradients: number;
    readonly optimizer: number;
    /** Each node's output and its gradient, for one batch. */
    readonly activations: number;
    readonly total: number;
  };
}

export function summarise(model: Model): ModelSummary {
  const seen = new Set<Value>();
  const nodes = new Map<string, NodeSummary>();
  const parametersOf = new Map<string, number>();
  for (const { node, shape } of model.parameters)
    parametersOf.set(node, (parametersOf.get(node) ?? 0) + sizeOf(shape));
  const states = optimizerOf(model.document.training.optimizer.kind)?.states.length ?? 0;
  let outputs = 0;
  for (const id of model.order) {
    const values = Object.values(model.nodes.get(id)?.outputs ?? {});
    const own = topologicalUntil(values, seen);
    const trained = parametersOf.get(id) ?? 0;
    const made = values.reduce((n, v) => n + sizeOf(v.shape), 0);
    nodes.set(id, {
      parameters: trained,
      flops: own.reduce((n, v) => n + flopsOf(v), 0),
      memory: bytesPerElement * ((2 + states) * trained + 2 * made),
    });
    outputs += made;
  }
  const parameters = parameterCount(model);
  const memory = {
    parameters: parameters * bytesPerElement,
    gradients: parameters * bytesPerElement,
    optimizer: parameters * states * bytesPerElement,
    activations: 2 * outputs * bytesPerElement,
  };
  const forward = [...nodes.values()].reduce((n, s) => n + s.flops, 0);
  let step: number | undefined;
  return {
    nodes,
    blocks: new Map([...model.blocks.values()].map(({ id, inner }) => [id, sumOf(inner, nodes)])),
    parameters,
    flops: {
      forward,
      // Differentiating costs more than all the rest, and this is asked at every edit.
      get step() {
        step ??= stepFlops(model) ?? forward;
        return step;
      },
    },
    memory: {
      ...memory,
      total: memory.parameters + memory.gradients + memory.optimizer + memory.activations,
    },
  };
}

function sumOf(ids: readonly string[], nodes: ReadonlyMap<string, NodeSummary>): NodeSummary {
  const all = ids.flatMap((id) => nodes.get(id) ?? []);
  const sum = (of: (n: NodeSummary) => number): number => all.reduce((total, n) => total + of(n), 0);
  return {
    parameters: sum((n) => n.parameters),
    flops: sum((n) => n.flops),
    memory: sum((n) => n.memory),
  };
}

/** What a model may take, in bytes. */
export interface MemoryLimits {
  /** For everything together. */
  readonly total: number;
  /** The largest buffer: all parameters lie in one. */
  readonly buffer: number;
}

/** A problem where training needs more memory than there is; it stands at the node that takes the most. */
export function memoryProblem(
  { memory, nodes }: ModelSummary,
  { total, buffer }: MemoryLimits,
): Problem | null {
  const [largest] = [...nodes].sort(([, a], [, b]) => b.memory - a.memory);
  const place = largest ? { node: largest[0] } : {};
  const narrower = 'Make the widest layer narrower, or use fewer layers.';
  if (memory.total > total) {
    return {
      code: 'memory/too-large',
      severity: 'error',
      title: `This model does not fit: training needs about ${formatBytes(memory.total)}, and ${formatBytes(total)} are available`,
      advice: memory.activations > memory.total / 2 ? 'Lower the batch size.' : narrower,
      ...place,
    };
  }
  if (memory.parameters <= buffer) return null;
  return {
    code: 'memory/buffer',
    severity: 'error',
    title: `This model does not fit: its parameters need ${formatBytes(memory.parameters)} in one buffer, and this GPU allows ${formatBytes(buffer)}`,
    advice: narrower,
    ...place,
  };
}

/** Operations of a forward and backward pass; null where there is no loss. */
function stepFlops({ lossPerSample, parameters }: Model): number | null {
  if (!lossPerSample) return null;
  const roots = [
    lossPerSample,
    ...gradients(
      lossPerSample,
      parameters.map((p) => p.value),
    ),
  ];
  return topological(roots).reduce((n, v) => n + flopsOf(v), 0);
}

/** The operations of one value, without those of its inputs. */
export function flopsOf(v: Value): number {
  const { lower } = v.op;
  if (lower.kind === 'leaf') return 0;
  if (lower.kind === 'pull') return lower.cost * sizeOf(v.shape);
  const each = sizeOf(lower.domain(v.inputs, v.attrs, v));
  const multiplies = lower.family === 'product' || lower.family === 'convolution';
  return (multiplies ? 2 : 1) * each * sizeOf(v.shape);
}

/** The values that the roots need and that no earlier call has met. */
function topologicalUntil(roots: readonly Value[], seen: Set<Value>): Value[] {
  const order: Value[] = [];
  const visit = (v: Value): void => {
    if (seen.has(v)) return;
    seen.add(v);
    for (const i of v.inputs) visit(i);
    order.push(v);
  };
  for (const root of roots) visit(root);
  return order;
}

/** `77 309 804 544`, with narrow spaces. */
export function formatCount(n: number): string {
  return String(Math.round(n)).replace(/\B(?=(\d{3})+$)/g, '\u202f');
}

const scaled = (n: number, base: number, units: readonly string[]): string => {
  const power = Math.min(
    Math.max(0, Math.floor(Math.log(Math.max(n, 1)) / Math.log(base))),
    units.length - 1,
  );
  const value = n / base ** power;
  return `${power === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[power] ?? ''}`;
};

/** `1.2 GiB`. */
export function formatBytes(bytes: number): string {
  return scaled(bytes, 1024, ['bytes', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB']);
}

/** `34.5 MFLOP`. */
export function formatFlops(flops: number): string {
  return scaled(flops, 1000, ['FLOP', 'kFLOP', 'MFLOP', 'GFLOP', 'TFLOP', 'PFLOP', 'EFLOP']);
}
