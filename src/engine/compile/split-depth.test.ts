// A sum that is cut in parts is the same sum: against the interpreter, on products and convolutions of every kind.
import { describe, expect, test } from 'vitest';
import { topological } from '../ir/graph.ts';
import { sizeOf } from '../ir/shape.ts';
import type { Value } from '../ir/value.ts';
import { conv } from '../ops/convolution.ts';
import { evaluate } from '../ops/evaluate.ts';
import { input } from '../ops/leaf.ts';
import { swapLast } from '../ops/movement.ts';
import { matmul } from '../ops/product.ts';
import { expectAllClose, randomArray } from '../testing.ts';
import { splitDepths } from './split-depth.ts';

const cases: Readonly<Record<string, () => Value>> = {
  'a product of many samples': () => matmul(swapLast(input('a', [2048, 3])), input('b', [2048, 5])),
  'a batch of products': () => matmul(input('a', [3, 2, 1024]), input('b', [3, 1024, 4])),
  'a product with a shared operand': () => matmul(input('a', [2, 2, 1024]), input('b', [1024, 3])),
  'a convolution over many channels': () => conv(input('a', [1, 512, 3, 3]), input('b', [2, 512, 2, 2])),
  'groups of convolutions': () => conv(input('a', [2, 512, 4]), input('b', [6, 256, 3]), { groups: 2 }),
};

describe('cutting long sums', () => {
  test.each(Object.entries(cases))('keeps %s', (_, make) => {
    const whole = make();
    const [parts] = splitDepths([whole], 'cpu');
    expect(topological([parts!]).some((v) => v.op.id === 'sum')).toBe(true);
    expect(parts!.shape).toEqual(whole.shape);
    const leaves = topological([whole]).filter((v) => v.op.lower.kind === 'leaf');
    const feeds = new Map(leaves.map((v, i) => [v, randomArray(sizeOf(v.shape), i + 1)]));
    expectAllClose(evaluate([parts!], feeds)[0]!, evaluate([whole], feeds)[0]!, { rtol: 1e-9, atol: 1e-9 });
  });

  test('leaves short sums and many results alone', () => {
    const short = matmul(input('a', [4, 100]), input('b', [100, 4]));
    const many = matmul(input('a', [512, 2048]), input('b', [2048, 512]));
    expect(splitDepths([short, many], 'cpu')).toEqual([short, many]);
  });
});
