// The identity without a derivative: what it wraps is taken as a given number (torch.Tensor.detach).
import { defineOp, type Op } from './define.ts';

export const detach: Op<1, null> = defineOp<1, null>({
  id: 'detach',
  doc: 'The same numbers; gradients stop here.',
  arity: 1,
  infer: ([x]) => ({ shape: x.shape, dtype: x.dtype }),
  reference: ([x]) => Float64Array.from(x.data),
  lower: { kind: 'pull', form: 'map', cost: 0, element: ({ read }, index) => read(0, index) },
  vjp: () => [null],
  jvp: () => null,
  samples: [{ shapes: [[3, 5]], attrs: null, smooth: false }],
});
