import { describe, expect, test } from 'vitest';
import { smallNet } from '../../document/testing.ts';
import { nothingSelected, selectNodes } from '../../session/session.ts';
import { foldNodeChanges } from './changes.ts';
import { createFlowView } from './flow.ts';
import { arrange, heightOf } from './layout.ts';
import { NODE_WIDTH } from './node-metrics.ts';
import { wireUnder } from './wire-under.ts';

describe('what React Flow reports', () => {
  test('is folded into a selection and moves; numbers that are none are dropped', () => {
    const report = foldNodeChanges(smallNet(), selectNodes(['relu_1']), [
      { type: 'select', id: 'relu_1', selected: false },
      { type: 'select', id: 'linear_1', selected: true },
      { type: 'position', id: 'linear_1', position: { x: 8, y: 16 }, dragging: true },
      { type: 'position', id: 'relu_1', position: { x: Number.NaN, y: 0 }, dragging: true },
      { type: 'remove', id: 'data' },
    ]);
    expect(report).toMatchObject({ selection: selectNodes(['linear_1']), dragging: true });
    expect([...report.nodes]).toEqual([['linear_1', [8, 16]]]);
  });
});

describe('the view', () => {
  test('keeps the objects of what did not change, so that only what changed is drawn again', () => {
    const view = createFlowView();
    const doc = smallNet();
    const before = view(doc, nothingSelected);
    const after = view(doc, selectNodes(['linear_1']));
    const same = after.nodes.filter((n, i) => n === before.nodes[i]);
    expect(same).toHaveLength(before.nodes.length - 1);
    expect(after.edges).toEqual(before.edges);
  });
});

describe('auto-layout', () => {
  test('lets no node cover another, and runs from left to right', () => {
    const doc = smallNet();
    const places = arrange(doc, new Set(Object.keys(doc.nodes)));
    const boxes = [...places].map(([id, [x, y]]) => ({ id, x, y, height: heightOf(doc, id) }));
    for (const a of boxes) {
      for (const b of boxes) {
        if (a.id >= b.id) continue;
        const apart = Math.abs(a.x - b.x) >= NODE_WIDTH || a.y + a.height <= b.y || b.y + b.height <= a.y;
        expect(apart, `${a.id} and ${b.id}`).toBe(true);
      }
    }
    for (const { from, to } of Object.values(doc.wires)) {
      expect(places.get(to[0])?.[0]).toBeGreaterThan(places.get(from[0])?.[0] ?? 0);
    }
  });

  test('leaves alone what is not asked for', () => {
    expect([...arrange(smallNet(), new Set(['linear_1', 'relu_1'])).keys()]).toEqual(['linear_1', 'relu_1']);
  });
});

test('the wire under a node is found, and none where there is none', () => {
  const doc = smallNet();
  const [x, y] = doc.nodes.linear_1?.position ?? [0, 0];
  const between = { x: x - 60, y: y + 60, width: 40, height: 120 };
  expect(doc.wires[wireUnder(doc, between, null) ?? '']).toMatchObject({
    from: ['data', 'x'],
    to: ['linear_1', 'x'],
  });
  expect(wireUnder(doc, { ...between, y: y - 5000 }, null)).toBeNull();
});
