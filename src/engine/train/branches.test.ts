import { expect, test } from 'vitest';
import { buildModel } from '../model/build.ts';
import { documentOf, planar } from '../model/testing.ts';
import { residualBranches } from './branches.ts';

const branchesOf = (nodes: Record<string, string | [string, Record<string, number>]>, wires: string[]) => {
  const document = documentOf(
    { data: 'data', ...nodes, out: ['linear', { units: 2 }], loss: 'crossEntropy' },
    [...wires, 'out.y -> loss.prediction', 'data.y -> loss.target'],
  );
  return Object.fromEntries(residualBranches(buildModel(document, planar(2), { batch: 4, training: true })));
};
const wide: [string, Record<string, number>] = ['linear', { units: 8 }];

test('what lies beside a skip is in the branch of its sum, and what lies before and after is not', () => {
  expect(
    branchesOf({ stem: wide, a: wide, act: 'relu', b: wide, sum: 'add', after: 'relu' }, [
      'data.x -> stem.x',
      'stem.y -> a.x',
      'a.y -> act.x',
      'act.y -> b.x',
      'b.y -> sum.x',
      'stem.y -> sum.x',
      'sum.y -> after.x',
      'after.y -> out.x',
    ]),
  ).toEqual({ a: 'sum', act: 'sum', b: 'sum' });
});

test('a projection that fits the shape is a skip, too', () => {
  expect(
    branchesOf({ fit: wide, a: wide, act: 'relu', sum: 'add' }, [
      'data.x -> fit.x',
      'data.x -> a.x',
      'a.y -> act.x',
      'act.y -> sum.x',
      'fit.y -> sum.x',
      'sum.y -> out.x',
    ]),
  ).toEqual({ a: 'sum', act: 'sum' });
});

test('two towers that are added have no skip between them', () => {
  expect(
    branchesOf({ a: wide, actA: 'relu', b: wide, actB: 'tanh', sum: 'add' }, [
      'data.x -> a.x',
      'a.y -> actA.x',
      'data.x -> b.x',
      'b.y -> actB.x',
      'actA.y -> sum.x',
      'actB.y -> sum.x',
      'sum.y -> out.x',
    ]),
  ).toEqual({});
});

test('a branch within a branch ends at the inner sum', () => {
  expect(
    branchesOf({ stem: wide, a: wide, actA: 'relu', inner: 'add', sum: 'add' }, [
      'data.x -> stem.x',
      'stem.y -> a.x',
      'a.y -> actA.x',
      'actA.y -> inner.x',
      'stem.y -> inner.x',
      'inner.y -> sum.x',
      'stem.y -> sum.x',
      'sum.y -> out.x',
    ]),
  ).toEqual({ a: 'inner', actA: 'inner', inner: 'sum' });
});
