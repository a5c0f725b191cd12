/** Which weights look like pictures, and the pictures: convolution kernels, and linear layers that read an image. */
import type { Inside, ParameterFacts, Tensor } from '../../../engine/index.ts';
import type { HeatMap } from './heat-maps.ts';

/** Pictures shown of a layer. */
const MOST = 96;

/** How a weight is cut into pictures; null where it has none. */
export interface FilterShape {
  readonly parameter: ParameterFacts;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

/** The first layer's filters first. */
export function filterShapes({
  parameters,
  input,
}: Pick<Inside, 'parameters' | 'input'>): readonly FilterShape[] {
  return parameters.flatMap((parameter): FilterShape[] => {
    const { shape, tensor } = parameter;
    if (tensor !== 'weight') return [];
    const [, second = 0, third = 1, fourth = 1] = shape;
    if (shape.length === 4 && third * fourth > 1)
      return [{ parameter, channels: second, height: third, width: fourth }];
    const [channels = 0, height = 0, width = 0] = input.shape;
    const readsImage = shape.length === 2 && input.shape.length === 3 && second === channels * height * width;
    return readsImage ? [{ parameter, channels, height, width }] : [];
  });
}

/** One picture for each unit and channel. */
export function filterMaps({ channels, height, width, parameter }: FilterShape, { data }: Tensor): HeatMap[] {
  const units = parameter.shape[0] ?? 0;
  const size = height * width;
  return Array.from({ length: Math.min(MOST, units * channels) }, (_, i) => ({
    title: channels === 1 ? `${i}` : `${Math.floor(i / channels)} · ${i % channels}`,
    width,
    height,
    data: data.slice(i * size, (i + 1) * size),
  }));
}
