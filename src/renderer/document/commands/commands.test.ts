import { describe, expect, test } from 'vitest';
import type { GraphDocument } from '../../../engine/index.ts';
import { nothingSelected, selectNodes } from '../../session/session.ts';
import { clipOf, readClip, writeClip } from '../clipboard.ts';
import { refusals, whyNotConnect } from '../graph.ts';
import { smallNet } from '../testing.ts';
import { deleteSelection, renameNode } from './nodes.ts';
import { paste } from './paste.ts';
import { addConnected, addOnWire, connect, disconnect, kindFits } from './wires.ts';

const wiresOf = (doc: GraphDocument): string[] =>
  Object.values(doc.wires).map(({ from, to }) => `${from.join('.')} → ${to.join('.')}`);
const end = (node: string, port: string) => ({ node, port });

describe('deleting', () => {
  test('a node in the middle joins its neighbours', () => {
    const doc = deleteSelection(selectNodes(['relu_1']), 'rejoin').apply(smallNet());
    expect(wiresOf(doc)).toContain('linear_1.y → linear_2.x');
    expect(doc.nodes.relu_1).toBeUndefined();
  });

  test('with its wires leaves a gap', () => {
    const doc = deleteSelection(selectNodes(['relu_1']), 'cut').apply(smallNet());
    expect(wiresOf(doc).filter((w) => w.includes('relu_1') || w === 'linear_1.y → linear_2.x')).toEqual([]);
  });
});

describe('wiring', () => {
  test('refuses a cycle in words', () => {
    const doc = smallNet();
    expect(whyNotConnect(doc, end('relu_2', 'y'), end('linear_1', 'x'))).toBe(
      'This wire would close a cycle: linear_1 already feeds relu_2.',
    );
    expect(connect(end('relu_2', 'y'), end('linear_1', 'x')).apply(doc)).toBe(doc);
  });

  test('refuses labels where a tensor goes', () => {
    expect(whyNotConnect(smallNet(), end('data', 'y'), end('linear_1', 'x'))).toBe(
      'linear_1 takes a tensor at x; data delivers labels at y.',
    );
  });

  test('an input of one wire drops the wire that it had', () => {
    const doc = connect(end('data', 'x'), end('linear_2', 'x'), 'new').apply(smallNet());
    expect(wiresOf(doc).filter((w) => w.endsWith('→ linear_2.x'))).toEqual(['data.x → linear_2.x']);
  });

  test('the ports that a drag fades are those that a drop refuses', () => {
    const doc = smallNet();
    const refused = refusals(doc, { node: 'relu_1', port: 'y', side: 'from' });
    expect(refused.get('linear_1/to/x')).toMatch(/cycle/);
    expect(refused.has('linear_3/to/x')).toBe(false);
  });

  test('a node that is put on a wire stands between its ends', () => {
    const free = disconnect([]).apply(smallNet());
    const wire = Object.keys(free.wires).find((id) => free.wires[id]?.to[0] === 'relu_1') ?? '';
    const doc = addOnWire({ kind: 'dropout', position: [0, 0] }, wire, 'new').apply(free);
    expect(wiresOf(doc)).toEqual(expect.arrayContaining(['linear_1.y → new.x', 'new.y → relu_1.x']));
  });

  test('a wire that is dropped on nothing joins the layer that is chosen, and only what fits is offered', () => {
    const loose = { node: 'data', port: 'y', side: 'from' } as const;
    expect(kindFits(smallNet(), 'linear', loose)).toBe(false);
    expect(kindFits(smallNet(), 'mse', loose)).toBe(true);
    const doc = addConnected({ kind: 'mse', position: [0, 0] }, loose, 'new').apply(smallNet());
    expect(wiresOf(doc)).toContain('data.y → new.target');
  });
});

describe('names', () => {
  test('a name that is taken, or that is no identifier, changes nothing', () => {
    const doc = smallNet();
    expect(renameNode('linear_1', 'relu_1').apply(doc)).toBe(doc);
    expect(renameNode('linear_1', '1st').apply(doc)).toBe(doc);
    expect(renameNode('linear_1', 'first').apply(doc).nodes.linear_1?.name).toBe('first');
  });
});

describe('the clipboard', () => {
  test('text gives back what was copied, with the wires inside and free names', () => {
    const doc = smallNet();
    const text = writeClip(clipOf(doc, selectNodes(['linear_1', 'relu_1'])));
    const clip = readClip(text);
    expect(clip && Object.keys(clip.wires)).toHaveLength(1);
    const pasted = clip ? paste(clip, [0, 0]).apply(doc) : doc;
    const added = Object.values(pasted.nodes).filter((n) => !Object.values(doc.nodes).includes(n));
    expect(added.map((n) => n.name)).toEqual(['linear_4', 'relu_3']);
    expect(Object.keys(pasted.wires)).toHaveLength(Object.keys(doc.wires).length + 1);
  });

  test('any other text holds nothing', () => {
    expect(['', 'hello', '{}', '{"format":"other"}', '[1]'].map(readClip)).toEqual([
      null,
      null,
      null,
      null,
      null,
    ]);
    expect(clipOf(smallNet(), nothingSelected)).toEqual({ nodes: {}, wires: {}, notes: {}, blocks: {} });
  });
});
