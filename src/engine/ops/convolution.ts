/**
 * Convolution over any number of spatial axes, as one op that is its own derivative: the gradients by input and by weight
 * are convolutions again (with dilated inputs, flipped or swapped operands), so a compiler needs to know one family.
 * Like every deep-learning library's, it is a cross-correlation: the kernel is not flipped.
 */
import { EngineError, invariant } from '../errors.ts';
import { f32, select } from '../ir/expr.ts';
import { add as addIndex, divide, mul, scale } from '../ir/index-math.ts';
import type { OpSample, TensorType } from '../ir/op.ts';
import { formatShape, type Shape, sizeOf } from '../ir/shape.ts';
import type { Value } from '../ir/value.ts';
import { reshape } from './core.ts';
import { defineOp, type Op } from './define.ts';
import { eachIndex, flatAt } from './dense.ts';
import { add } from './elementwise.ts';
import { flip, permute } from './movement.ts';
import {
  adjointWindows,
  contributesTo,
  meet,
  type PerAxis,
  perAxis,
  spanOf,
  type WindowOptions,
  type Windows,
  windowCounts,
  windowsFrom,
} from './windows.ts';

export interface ConvAttrs extends Windows {
  /** Input and output channels are split into this many groups; a group sees only its own. */
  readonly groups: number;
}

const spatial = (shape: Shape): readonly number[] => shape.slice(2);

function convType(x: TensorType, w: TensorType, attrs: ConvAttrs): TensorType {
  const [n, channels] = x.shape;
  const [features, perGroup] = w.shape;
  invariant(
    n !== undefined && channels !== undefined && features !== undefined && perGroup !== undefined,
    'conv gets a batch, channels and kernels',
  );
  if (x.shape.length !== w.shape.length)
    throw new EngineError('shape/mismatch', {
      op: 'conv',
      expected: `${w.shape.length} axes (batch, channels and ${w.shape.length - 2} of space)`,
      got: formatShape(x.shape),
    });
  for (const [what, count] of [
    ['input', channels],
    ['output', features],
  ] as const)
    if (!Number.isInteger(attrs.groups) || attrs.groups < 1 || count % attrs.groups !== 0)
      throw new EngineError('shape/groups', { op: 'conv', groups: attrs.groups, what, channels: count });
  if (perGroup * attrs.groups !== channels)
    throw new EngineError('shape/mismatch', {
      op: 'conv',
      expected: `${perGroup * attrs.groups} channels`,
      got: `${channels} (${formatShape(x.shape)})`,
    });
  return {
    shape: [n, features, ...windowCounts('conv', spatial(x.shape), spatial(w.shape), attrs)],
    dtype: 'f32',
  };
}

/** Kernels [groups · a, b, …] as [groups · b, a, …]: inputs and outputs of each group change places. */
function swapChannels(w: Value, groups: number): Value {
  const [rows, b, ...space] = w.shape as [number, number, ...number[]];
  const a = rows / groups;
  const grouped = reshape(w, [groups, a, b, ...space]);
  const swapped = permute(grouped, [0, 2, 1, ...space.map((_, i) => i + 3)]);
  return reshape(swapped, [groups * b, a, ...space]);
}

const flipSpace = (w: Value): Value => spatial(w.shape).reduce<Value>((v, _, i) => flip(v, i + 2), w);

/** dy pulled back to the input: y's gradient, spread by the stride, against the flipped kernels. */
function gradientByInput(dy: Value, x: Value, w: Value, attrs: ConvAttrs): Value {
  const windows = adjointWindows(spatial(x.shape), spatial(w.shape), spatial(dy.shape), attrs);
  return convOp(dy, flipSpace(swapChannels(w, attrs.groups)), { ...windows, groups: attrs.groups });
}

/** dy pulled back to the kernels: the input against y's gradient as a kernel, summed over the batch. */
function gradientByWeight(dy: Value, x: Value, w: Value, attrs: ConvAttrs): Value {
  const { groups, stride, before, inputDilation, kernelDilation } = attrs;
  const [n, channels, ...sizes] = x.shape as [number, number, ...number[]];
  const perGroup = channels / groups;
  const axes = sizes.map((_, i) => i + 3);
  // x [n, groups · c, …] → [c, groups · n, …]; dy [n, o, …] → [o, n, …]; the result is [c, o, …].
  const images = reshape(permute(reshape(x, [n, groups, perGroup, ...sizes]), [2, 1, 0, ...axes]), [
    perGroup,
    groups * n,
    ...sizes,
  ]);
  const swap = [1, 0, ...sizes.map((_, i) => i + 2)];
  const dw = convOp(images, permute(dy, swap), {
    groups,
    stride: kernelDilation,
    kernelDilation: stride,
    inputDilation,
    before,
    after: sizes.map(
      (size, i) =>
        spanOf(w.shape[i + 2]!, kernelDilation[i]!) -
        1 +
        spanOf(dy.shape[i + 2]!, stride[i]!) -
        before[i]! -
        spanOf(size, inputDilation[i]!),
    ),
  });
  return permute(dw, swap);
}

const sample = (
  x: Shape,
  w: Shape,
  options: WindowOptions & { groups?: number; inputDilation?: PerAxis } = {},
): OpSample<2, ConvAttrs> => {
  const rank = x.length - 2;
  const windows = windowsFrom(options, rank);
  return {
    shapes: [x, w],
    attrs: {
      ...windows,
      inputDilation: perAxis(options.inputDilation ?? 1, rank),
      groups: options.groups ?? 1,
    },
  };
};

const convOp: Op<2, ConvAttrs> = defineOp<2, ConvAttrs>({
  id: 'conv',
  doc: 'Convolution of [n, c, …] with kernels [o, c/groups, …]: stride, padding, dilation of both sides, groups.',
  arity: 2,
  infer: ([x, w], attrs) => convType(x, w, attrs),
  reference: ([x, w], attrs, out) => {
    const y = new Float64Array(sizeOf(out.shape));
    const counts = spatial(out.shape);
    const perGroup = w.shape[1]!;
    const features = w.shape[0]! / attrs.groups;
    // From the input's side: every element and every tap add to one output, or to none.
    eachIndex(w.shape, ([o, c, ...k], tap) => {
      const channel = Math.floor(o! / features) * perGroup + c!;
      eachIndex(spatial(x.shape), (s) => {
        const p = contributesTo(counts, attrs, s, k);
        if (!p) return;
        for (let n = 0; n < x.shape[0]!; n++)
          y[flatAt([n, o!, ...p], out.shape)]! += w.data[tap]! * x.data[flatAt([n, channel, ...s], x.shape)]!;
      });
    });
    return y;
  },
  lower: {
    kind: 'reduce',
    monoid: 'sum',
    family: 'convolution',
    domain: ([, w]) => w.shape.slice(1),
    element: ({ read, inputs: [x, w], attrs }, [n, o, ...p], [c, ...k]) => {
      const group = divide(o!, w.shape[0]! / attrs.groups);
      const { at, inside } = meet(spatial(x.shape), attrs, p, k);
      const channel = addIndex(scale(group, w.shape[1]!), c!);
      return mul(select(inside, read(0, [n!, channel, ...at]), f32(0)), read(1, [o!, c!, ...k]));
    },
  },
  vjp: ({ dy, inputs: [x, w], attrs }) => [
    gradientByInput(dy, x, w, attrs),
    gradientByWeight(dy, x, w, attrs),
  ],
  jvp: ({ tangents: [tx, tw], inputs: [x, w], attrs }) => {
    const left = tx && convOp(tx, w, attrs);
    const right = tw && convOp(x, tw, attrs);
    return left && right ? add(left, right) : left || right;
  },
  samples: [
    sample([1, 1, 1], [1, 1, 1]),
    sample([2, 3, 7], [4, 3, 3], { padding: 1 }),
    sample([1, 2, 258], [2, 2, 2]),
    sample([2, 2, 9], [3, 2, 3], { stride: 2, padding: [[0, 2]], dilation: 2 }),
    sample([2, 3, 5, 6], [2, 3, 3, 2], { stride: [1, 2], padding: 1 }),
    sample([1, 4, 6, 5], [6, 2, 3, 3], { groups: 2, stride: 2, padding: 1 }),
    sample([2, 3, 5, 5], [6, 1, 3, 3], { groups: 3, padding: 2, dilation: 2 }),
    sample([1, 1, 5, 5], [1, 1, 2, 2], {
      padding: [
        [-1, 0],
        [3, -2],
      ],
      stride: 3,
    }),
    sample([2, 2, 3, 4], [2, 2, 2, 3], { inputDilation: [2, 3], padding: 1, stride: [2, 1] }),
    sample([1, 2, 3, 4, 3], [2, 1, 2, 2, 2], { groups: 2, stride: [1, 2, 1], padding: [1, 0, 1] }),
  ],
});

export interface ConvOptions extends WindowOptions {
  readonly groups?: number;
}

/** Convolution of x [n, c, …] with w [o, c/groups, …] over 1, 2 or 3 spatial axes. torch.nn.functional.conv1d/2d/3d. */
export function conv(x: Value, w: Value, { groups = 1, ...windows }: ConvOptions = {}): Value {
  return convOp(x, w, { ...windowsFrom(windows, w.shape.length - 2), groups });
}

export interface ConvTransposeOptions {
  readonly stride?: PerAxis;
  readonly padding?: PerAxis;
  /** Rows and columns added at the end, to choose among the sizes that a stride folds together. */
  readonly outputPadding?: PerAxis;
  readonly dilation?: PerAxis;
  readonly groups?: number;
}

/** The adjoint of `conv` as an op: x [n, c, …] with w [c, o/groups, …]. torch.nn.functional.conv_transpose1d/2d/3d. */
export function convTranspose(
  x: Value,
  w: Value,
  { stride = 1, padding = 0, outputPadding = 0, dilation = 1, groups = 1 }: ConvTransposeOptions = {},
): Value {
  const rank = w.shape.length - 2;
  if (x.shape[1] !== w.shape[0])
    throw new EngineError('shape/mismatch', {
      op: 'convTranspose',
      expected: `${w.shape[0]} channels`,
      got: formatShape(x.shape),
    });
  if (!Number.isInteger(groups) || groups < 1 || w.shape[0]! % groups !== 0)
    throw new EngineError('shape/groups', {
      op: 'convTranspose',
      groups,
      what: 'input',
      channels: w.shape[0]!,
    });
  const kernelDilation = perAxis(dilation, rank);
  const before = perAxis(padding, rank).map((p, i) => spanOf(w.shape[i + 2]!, kernelDilation[i]!) - 1 - p);
  const extra = perAxis(outputPadding, rank);
  return convOp(x, flipSpace(swapChannels(w, groups)), {
    groups,
    stride: perAxis(1, rank),
    inputDilation: perAxis(stride, rank),
    kernelDilation,
    before,
    after: before.map((b, i) => b + extra[i]!),
  });
}

export const convolutionOps = [convOp];
