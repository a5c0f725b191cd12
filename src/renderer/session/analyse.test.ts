import { expect, test } from 'vitest';
import { setParam } from '../document/commands/nodes.ts';
import { smallNet } from '../document/testing.ts';
import { analyse } from './analyse.ts';

const limits = { total: 4 * 2 ** 30, buffer: 2 ** 30 };
/** 3 · 256²: a picture as one row of numbers. */
const PICTURE = 3 * 256 ** 2;

test('a net of pictures joined densely is counted at once, and refused at the layer that is too wide', () => {
  const widened = ['linear_1', 'linear_2'].reduce(
    (doc, id) => setParam(id, 'units', PICTURE).apply(doc),
    smallNet(),
  );
  const { nodes, trainable, problems } = analyse(widened, limits);
  expect(nodes.linear_2?.parameters).toBe(PICTURE ** 2 + PICTURE);
  expect(trainable).toBe(false);
  expect(problems[0]).toMatchObject({
    severity: 'error',
    node: 'linear_2',
    title: expect.stringMatching(/^This model does not fit: training needs about 576 GiB, and 4\.0 GiB/),
  });
  expect(nodes.linear_2?.problems[0]?.title).toBe(problems[0]?.title);
});

test('a net that fits has no problem, and its parts add up', () => {
  const { nodes, summary, trainable, problems } = analyse(smallNet(), limits);
  expect(problems).toEqual([]);
  expect(trainable).toBe(true);
  const sum = (key: 'parameters' | 'flops' | 'memory'): number =>
    Object.values(nodes).reduce((n, facts) => n + facts[key], 0);
  expect(sum('parameters')).toBe(summary.parameters);
  expect(sum('flops')).toBe(summary.flops.forward);
  expect(sum('memory')).toBe(summary.memory.total);
});
