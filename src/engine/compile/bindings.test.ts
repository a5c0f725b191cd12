// WebGPU refuses a kernel that binds one range of a buffer twice and writes it: operands of one buffer share a binding.
import { describe, expect, test } from 'vitest';
import { sizeOf } from '../ir/shape.ts';
import type { Value } from '../ir/value.ts';
import { add, cast, mul, tanh } from '../ops/elementwise.ts';
import { input, inputAttrs } from '../ops/leaf.ts';
import { argmax, sum } from '../ops/reduce.ts';
import { anyTarget, compileGraph } from './compile.ts';
import type { Dispatch } from './program.ts';

/** Whether two bindings of a kernel cover the same elements of a buffer that it writes. */
function overlaps({ bindings, written }: Dispatch): boolean {
  return bindings.some((a, i) =>
    bindings.some(
      (b, j) =>
        i < j &&
        a.buffer === b.buffer &&
        (written[i] === true || written[j] === true) &&
        a.offset < b.offset + b.length &&
        b.offset < a.offset + a.length,
    ),
  );
}

describe('a kernel with more operands than bindings', () => {
  test('binds no range twice, even where whole numbers and floats are kept between kernels', () => {
    const x = input('x', [8, 300]);
    const places = argmax(x, 1);
    const floats = [tanh(x), mul(x, x), add(x, tanh(x))].map((v) => sum(v, 1));
    const last = floats.reduce((total, v) => add(total, mul(v, cast(places, 'f32'))));
    const wanted: Value[] = [...floats, places, last, sum(last, 'all')];
    const { program } = compileGraph(
      wanted.map((value) => ({ value })),
      (leaf) => ({ buffer: inputAttrs(leaf)!.name, offset: 0, length: sizeOf(leaf.shape) }),
      { ...anyTarget('cpu'), arena: 'arena', uniforms: [], maxBindings: 3 },
    );
    expect(program.dispatches.filter(overlaps).map((d) => d.label)).toEqual([]);
  });
});
