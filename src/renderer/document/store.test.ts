import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { documentSchema, stringifyDocument } from '../../engine/index.ts';
import { selectNodes } from '../session/session.ts';
import { addNode, moveItems } from './commands/nodes.ts';
import { renameDocument } from './commands/settings.ts';
import { portsOf, upstreamOf } from './graph.ts';
import { anyEdit, smallNet, storeOf } from './testing.ts';

const at = (x: number, y: number) => ({ nodes: new Map([['linear_1', [x, y] as const]]), notes: new Map() });

describe('the document store', () => {
  test('undoing everything gives the first document back, and redoing everything the last', () => {
    fc.assert(
      fc.property(fc.array(anyEdit, { maxLength: 25 }), (edits) => {
        const { store } = storeOf(smallNet());
        const first = store.getState().doc;
        for (const edit of edits) store.getState().run(edit(store.getState().doc));
        const last = store.getState().doc;
        const steps = store.getState().past.length;
        for (let i = 0; i < steps; i++) store.getState().undo();
        expect(store.getState().doc).toBe(first);
        for (let i = 0; i < steps; i++) store.getState().redo();
        expect(store.getState().doc).toBe(last);
      }),
    );
  });

  test('no edit makes a document that is not one: wires join ports that are there, names are unique, nothing is a cycle', () => {
    fc.assert(
      fc.property(fc.array(anyEdit, { maxLength: 25 }), (edits) => {
        const { store } = storeOf(smallNet());
        for (const edit of edits) store.getState().run(edit(store.getState().doc));
        const { doc } = store.getState();
        expect(documentSchema.parse(JSON.parse(stringifyDocument(doc)))).toEqual(doc);
        for (const { from, to } of Object.values(doc.wires)) {
          expect(portsOf(doc, from[0]).outputs.map((p) => p.name)).toContain(from[1]);
          expect(portsOf(doc, to[0]).inputs.map((p) => p.name)).toContain(to[1]);
        }
        const names = Object.values(doc.nodes).map((n) => n.name);
        expect(new Set(names).size).toBe(names.length);
        for (const id of Object.keys(doc.nodes)) expect(upstreamOf(doc, id)).not.toContain(id);
      }),
    );
  });

  test('a drag is one step, and two drags are two', () => {
    const { store } = storeOf(smallNet());
    const { run, undo } = store.getState();
    run(moveItems(at(1, 1), 'move:1'));
    run(moveItems(at(2, 2), 'move:1'));
    run(moveItems(at(3, 3), 'move:2'));
    undo();
    expect(store.getState().doc.nodes.linear_1?.position).toEqual([2, 2]);
    undo();
    expect(store.getState().doc).toEqual(smallNet());
  });

  test('a gesture that is cancelled leaves no trace', () => {
    const { store } = storeOf(smallNet());
    const before = store.getState().doc;
    store.getState().run(moveItems(at(9, 9), 'move:1'));
    store.getState().cancel('move:1');
    expect(store.getState()).toMatchObject({ doc: before, past: [], future: [] });
  });

  test('what a cancelled gesture still sends is not taken, and the next gesture is', () => {
    const { store } = storeOf(smallNet());
    store.getState().run(moveItems(at(9, 9), 'move:1'));
    store.getState().cancel('move:1');
    store.getState().run(moveItems(at(12, 12), 'move:1'));
    expect(store.getState().past).toEqual([]);
    store.getState().run(moveItems(at(5, 5), 'move:2'));
    expect(store.getState().doc.nodes.linear_1?.position).toEqual([5, 5]);
  });

  test('undo brings the selection back that was there', () => {
    const { store, selection } = storeOf(smallNet());
    selection.current = selectNodes(['linear_1']);
    store.getState().run(addNode({ kind: 'relu', position: [0, 0] }, 'new'));
    expect(selection.current.nodes).toEqual(new Set(['new']));
    store.getState().undo();
    expect(selection.current.nodes).toEqual(new Set(['linear_1']));
  });

  test('going back to what was saved is not unsaved work', () => {
    const { store } = storeOf(smallNet());
    store.getState().markSaved(store.getState().doc);
    store.getState().run(renameDocument('Another'));
    expect(store.getState().doc).not.toBe(store.getState().saved);
    store.getState().undo();
    expect(store.getState().doc).toBe(store.getState().saved);
  });
});
