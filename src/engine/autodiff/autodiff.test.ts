import { describe, expect, test } from 'vitest';
import type { Value } from '../ir/value.ts';
import { detach } from '../ops/detach.ts';
import { add, mul, sin, sub, tanh } from '../ops/elementwise.ts';
import { input, scalar } from '../ops/leaf.ts';
import { matmul } from '../ops/product.ts';
import { sum } from '../ops/reduce.ts';
import { softmax } from '../ops/softmax.ts';
import { dot, evaluateOne, expectAllClose, numericalGradient, randomArray } from '../testing.ts';
import { gradientMap, gradients } from './grad.ts';
import { tangents } from './tangent.ts';

/** A small net with a value that is used twice. */
function net(): { y: Value; x: Value; w: Value; feeds: Map<Value, Float64Array> } {
  const x = input('x', [3, 4]);
  const w = input('w', [4, 4]);
  const hidden = tanh(matmul(x, w));
  const y = softmax(add(matmul(hidden, w), hidden));
  const feeds = new Map([
    [x, randomArray(12, 1)],
    [w, randomArray(16, 2)],
  ]);
  return { y, x, w, feeds };
}

describe('reverse mode', () => {
  test('sin(x₁) + x₁·x₂ at (2, 3) is 6.909, and its gradient (cos 2 + 3, 2)', () => {
    const [a, b] = [input('a', []), input('b', [])];
    const z = add(sin(a), mul(a, b));
    const feeds = new Map([
      [a, [2]],
      [b, [3]],
    ]);
    expectAllClose(evaluateOne(z, feeds), [Math.sin(2) + 6]);
    const [da, db] = gradients(z, [a, b]) as [Value, Value];
    expectAllClose(evaluateOne(da, feeds), [Math.cos(2) + 3]);
    expectAllClose(evaluateOne(db, feeds), [2]);
  });

  test('the gradient of a net whose weight is used twice matches central differences', () => {
    const { y, x, w, feeds } = net();
    const seed = input('seed', y.shape);
    feeds.set(seed, randomArray(12, 3));
    const [dx, dw] = gradients(y, [x, w], seed) as [Value, Value];
    for (const [v, d] of [
      [x, dx],
      [w, dw],
    ] as const)
      expectAllClose(evaluateOne(d, feeds), numericalGradient(y, v, feeds, feeds.get(seed)!), { rtol: 1e-7 });
  });

  test('gradients can be differentiated again', () => {
    const { y, x, feeds } = net();
    const [dx] = gradients(sum(mul(y, y), 'all'), [x]) as [Value];
    const norm = sum(mul(dx, dx), 'all');
    const [ddx] = gradients(norm, [x]) as [Value];
    expectAllClose(evaluateOne(ddx, feeds), numericalGradient(norm, x, feeds, [1]), {
      rtol: 1e-6,
      atol: 1e-7,
    });
  });

  test('what the result does not depend on gets zeros, and is missing from the map', () => {
    const { y, feeds } = net();
    const stranger = input('stranger', [2]);
    expect(gradientMap(y, [stranger]).has(stranger)).toBe(false);
    expect(evaluateOne(gradients(y, [stranger])[0]!, feeds)).toEqual(new Float64Array(2));
  });

  test('no gradient passes a detached value', () => {
    const x = input('x', [2]);
    const [dx] = gradients(sum(mul(x, detach(x)), 'all'), [x]) as [Value];
    expectAllClose(evaluateOne(dx, new Map([[x, [3, -5]]])), [3, -5]);
  });

  test('a gradient by a value inside the graph stops there', () => {
    const x = input('x', []);
    const inner = mul(x, x);
    const y = sub(mul(inner, scalar(3)), x);
    const feeds = new Map([[x, [2]]]);
    const [dInner, dx] = gradients(y, [inner, x]) as [Value, Value];
    expectAllClose(evaluateOne(dInner, feeds), [3]);
    expectAllClose(evaluateOne(dx, feeds), [11]);
  });
});

describe('forward mode', () => {
  test('⟨v, J·u⟩ = ⟨Jᵀ·v, u⟩ through a whole net', () => {
    const { y, x, w, feeds } = net();
    const [tx, tw, v] = [input('tx', x.shape), input('tw', w.shape), input('v', y.shape)];
    feeds.set(tx, randomArray(12, 4)).set(tw, randomArray(16, 5)).set(v, randomArray(12, 6));
    const moving = new Map([
      [x, tx],
      [w, tw],
    ]);
    const pushed = evaluateOne(tangents([y], moving)[0]!, feeds);
    const [dx, dw] = gradients(y, [x, w], v).map((d) => evaluateOne(d, feeds)) as [
      Float64Array,
      Float64Array,
    ];
    expectAllClose([dot(feeds.get(v)!, pushed)], [dot(dx, feeds.get(tx)!) + dot(dw, feeds.get(tw)!)], {
      rtol: 1e-10,
    });
  });

  test('a root that nothing moves has a tangent of zeros', () => {
    const { y, feeds } = net();
    const still = input('still', [2]);
    expect(evaluateOne(tangents([y], new Map([[still, still]]))[0]!, feeds)).toEqual(new Float64Array(12));
  });
});
