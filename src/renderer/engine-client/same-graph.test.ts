import { expect, test } from 'vitest';
import { documentSchema, documentVersion, type GraphDocument } from '../../engine/index.ts';
import { hotChanges, isSameGraph } from './same-graph.ts';

function net(params: Record<string, number>, units = 8): GraphDocument {
  return documentSchema.parse({
    format: 'gradloom',
    version: documentVersion,
    nodes: {
      a: { kind: 'linear', name: 'linear_1', params: { units }, position: [0, 0] },
      b: { kind: 'dropout', name: 'drop', params, position: [0, 0] },
    },
    wires: { w: { from: ['a', 'y'], to: ['b', 'x'] } },
  });
}

test('a dropout probability is hot: the graph stays the same, and the change is told by name', () => {
  expect(isSameGraph(net({ p: 0.2 }), net({ p: 0.4 }))).toBe(true);
  expect(hotChanges(net({ p: 0.2 }), net({ p: 0.4 }))).toEqual([{ name: 'drop.p', value: 0.4 }]);
});

test('a default that is written out is no change', () => {
  expect(hotChanges(net({}), net({ p: 0.5 }))).toEqual([]);
});

test('another width is another graph', () => {
  expect(isSameGraph(net({}), net({}, 16))).toBe(false);
});
