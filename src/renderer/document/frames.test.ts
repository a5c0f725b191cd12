import { expect, test } from 'vitest';
import { nothingSelected, selectNodes } from '../session/session.ts';
import { frameNodes, recolourFrame, withFramed } from './commands/frames.ts';
import { deleteSelection, moveItems, toggleFlag } from './commands/nodes.ts';
import { wiresThrough } from './graph.ts';
import { smallNet, storeOf } from './testing.ts';

const size = () => [224, 140] as const;

test('a frame lies around its nodes, and takes along what lies in it, but for what is moved by hand', () => {
  const { store } = storeOf(smallNet());
  store.getState().run(frameNodes(new Set(['data', 'linear_1']), size, 'f'));
  const { doc } = store.getState();
  const frame = doc.notes.f;
  expect(frame).toMatchObject({ text: 'Frame', frame: 'basic', position: [-24, -44] });
  const moves = { nodes: new Map(), notes: new Map([['f', [76, -44] as const]]) };
  expect([...withFramed(doc, nothingSelected, moves).nodes.keys()]).toEqual(['data', 'linear_1']);
  expect([...withFramed(doc, selectNodes(['data']), moves).nodes.keys()]).toEqual(['linear_1']);
  store.getState().run(moveItems(withFramed(doc, nothingSelected, moves)));
  expect(store.getState().doc.nodes.data?.position).toEqual([100, 0]);
});

test('a frame changes its colour, and goes round through all of them', () => {
  const { store } = storeOf(smallNet());
  store.getState().run(frameNodes(new Set(['data']), size, 'f'));
  const first = store.getState().doc.notes.f?.frame;
  store.getState().run(recolourFrame('f'));
  expect(store.getState().doc.notes.f?.frame).not.toBe(first);
});

test('a locked node is neither moved nor deleted until it is unlocked', () => {
  const { store } = storeOf(smallNet());
  const { run } = store.getState();
  run(toggleFlag(new Set(['relu_1']), 'locked'));
  run(moveItems({ nodes: new Map([['relu_1', [9, 9]]]), notes: new Map() }));
  run(deleteSelection(selectNodes(['relu_1']), 'cut'));
  expect(store.getState().doc.nodes.relu_1?.position).toEqual(smallNet().nodes.relu_1?.position);
  run(toggleFlag(new Set(['relu_1']), 'locked'));
  run(deleteSelection(selectNodes(['relu_1']), 'cut'));
  expect(store.getState().doc.nodes.relu_1).toBeUndefined();
});

test('the wires through a node are those before and after it, not those that pass it by', () => {
  const { doc } = storeOf(smallNet()).store.getState();
  const lit = wiresThrough(doc, 'linear_1');
  const ends = [...lit].map((id) => doc.wires[id]?.from.join('.'));
  expect(ends).toContain('data.x');
  expect(ends).not.toContain('data.y');
});
