/** What React Flow reports, folded into what it means: a selection, moves, sizes of notes. Pure; `Canvas` makes commands of it. */
import type { EdgeChange, NodeChange } from '@xyflow/react';
import type { GraphDocument } from '../../../engine/index.ts';
import type { Point } from '../../document/commands/nodes.ts';
import type { Selection } from '../../session/session.ts';

export interface NodeReport {
  readonly selection: Selection;
  readonly nodes: ReadonlyMap<string, Point>;
  readonly notes: ReadonlyMap<string, Point>;
  readonly sizes: ReadonlyMap<string, Point>;
  /** Whether a hand is on it: a drag goes on; false for its last report, and for the keyboard's nudges. */
  readonly dragging: boolean;
}

/** Folds the changes of nodes and notes. The same selection comes back where it did not change. */
export function foldNodeChanges(
  doc: GraphDocument,
  selection: Selection,
  changes: readonly NodeChange[],
): NodeReport {
  const nodes = new Map<string, Point>();
  const notes = new Map<string, Point>();
  const sizes = new Map<string, Point>();
  let selected = selection;
  let dragging = false;
  for (const change of changes) {
    switch (change.type) {
      case 'position': {
        dragging ||= change.dragging === true;
        const { position } = change;
        if (position && Number.isFinite(position.x) && Number.isFinite(position.y)) {
          (doc.notes[change.id] ? notes : nodes).set(change.id, [position.x, position.y]);
        }
        break;
      }
      case 'select': {
        const key = doc.notes[change.id] ? 'notes' : 'nodes';
        selected = toggle(selected, key, change.id, change.selected);
        break;
      }
      case 'dimensions':
        if (change.resizing !== undefined && change.dimensions && doc.notes[change.id]) {
          sizes.set(change.id, [change.dimensions.width, change.dimensions.height]);
        }
        break;
      case 'add':
      case 'remove':
      case 'replace':
        break; // the document is changed by commands alone, and React Flow is never asked to
      default:
        change satisfies never;
    }
  }
  return { selection: selected, nodes, notes, sizes, dragging };
}

export function foldEdgeChanges(selection: Selection, changes: readonly EdgeChange[]): Selection {
  let selected = selection;
  for (const change of changes) {
    if (change.type === 'select') selected = toggle(selected, 'wires', change.id, change.selected);
  }
  return selected;
}

function toggle(selection: Selection, key: keyof Selection, id: string, on: boolean): Selection {
  if (selection[key].has(id) === on) return selection;
  const next = new Set(selection[key]);
  if (on) next.add(id);
  else next.delete(id);
  return { ...selection, [key]: next };
}
