/** What there is to look at inside a net, in words and sizes; and samples of its data as rows of numbers. */
import { gradientMap } from '../autodiff/grad.ts';
import type { Dataset, InputField, TargetField } from '../data/dataset.ts';
import { sampleSize } from '../data/dataset.ts';
import type { LoadedData } from '../data/load.ts';
import { invariant } from '../errors.ts';
import { sizeOf } from '../ir/shape.ts';
import type { Model } from '../model/build.ts';
import { inline } from '../model/inline.ts';
import { sum } from '../ops/reduce.ts';
import type { FieldFacts, Inside } from './inspect-protocol.ts';

/** Samples with more numbers than this get one range for all. */
const mostRanges = 64;

/** @param model built for one sample, in eval mode */
export function describeInside(model: Model, { dataset, split }: LoadedData): Inside {
  const { data, judged, lossPerSample, prediction } = model;
  const [input] = dataset.inputs;
  const [target] = dataset.targets;
  invariant(data && judged && lossPerSample && input && target, 'a trainable model has data and a loss');
  const nodes = model.order.flatMap((id) => {
    const node = model.nodes.get(id);
    return node && node.id !== data.node && node.spec?.category !== 'loss' ? [node] : [];
  });
  const values = nodes.flatMap((node) => Object.values(node.outputs).filter((v) => v.dtype === 'f32'));
  const gradients = gradientMap(sum(lossPerSample, 'all'), values);
  const judgedAt = nodes.flatMap((node) =>
    Object.entries(node.outputs).flatMap(([port, value]) =>
      value === judged.prediction ? [{ node: node.id, port }] : [],
    ),
  );
  return {
    input: fieldFacts(input),
    target: fieldFacts(target),
    decision: judged.decision,
    answerSize: sizeOf(judged.prediction.shape.slice(1)),
    parts: {
      train: split.train.length,
      validation: split.validation.length,
      test: split.test.length,
    },
    outputs: nodes.flatMap((node) =>
      Object.entries(node.outputs)
        .filter(([, value]) => value.dtype === 'f32')
        .map(([port, value]) => ({
          node: node.id,
          name: node.name,
          kind: node.kind,
          category: node.spec?.category ?? 'unknown',
          port,
          shape: value.shape.slice(1),
          hasGradient: gradients.get(value) !== undefined,
        })),
    ),
    attentions: model.looks.flatMap((look) =>
      look.kind === 'heads'
        ? [
            {
              node: look.node,
              name: model.nodes.get(look.node)?.name ?? look.node,
              look: look.name,
              shape: look.weights.shape.slice(1),
            },
          ]
        : [],
    ),
    answer: judgedAt[0] ?? { node: prediction?.node ?? judged.node, port: prediction?.port ?? 'y' },
    wires: Object.values(inline(model.document).wires).map(({ from, to }) => ({ from, to })),
    parameters: model.parameters.map(({ name, node, tensor, shape }) => ({ name, node, tensor, shape })),
  };
}

/** Samples as numbers, row after row: inputs, and targets (class indices or numbers). */
export function sampleRows(
  dataset: Dataset,
  indices: ArrayLike<number>,
): { inputs: Float32Array<ArrayBuffer>; targets: Float32Array<ArrayBuffer> } {
  const [input] = dataset.inputs;
  const [target] = dataset.targets;
  invariant(input && target, 'a data set has an input and a target');
  return { inputs: rowsOf(input, indices), targets: rowsOf(target, indices) };
}

function rowsOf(field: InputField | TargetField, indices: ArrayLike<number>): Float32Array<ArrayBuffer> {
  const width = sampleSize(field.shape);
  const rows = new Float32Array(indices.length * width);
  for (let i = 0; i < indices.length; i++) {
    const at = indices[i]! * width;
    rows.set(field.data.subarray(at, at + width), i * width);
  }
  return rows;
}

function fieldFacts(field: InputField | TargetField): FieldFacts {
  const size = sampleSize(field.shape);
  const ranges = size > mostRanges ? 1 : Math.max(1, size);
  const low = new Array<number>(ranges).fill(Number.POSITIVE_INFINITY);
  const high = new Array<number>(ranges).fill(Number.NEGATIVE_INFINITY);
  field.data.forEach((value: number, i: number) => {
    const at = i % ranges;
    if (value < low[at]!) low[at] = value;
    if (value > high[at]!) high[at] = value;
  });
  return {
    name: field.name,
    shape: field.shape,
    size,
    columns: field.dtype === 'f32' ? (field.columns ?? []) : [],
    names: field.dtype === 'u32' ? field.names : [],
    low,
    high,
  };
}
