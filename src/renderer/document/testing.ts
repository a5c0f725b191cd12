/** Documents and command sequences for tests: a small net, and arbitraries that make any edit of it. */
import fc from 'fast-check';
import { type GraphDocument, templateOf } from '../../engine/index.ts';
import { nothingSelected, type Selection } from '../session/session.ts';
import { clipOf } from './clipboard.ts';
import { group, makeIndependent, setRepeat } from './commands/blocks.ts';
import { addNode, deleteSelection, moveItems, renameNode, setParam, toggleFlag } from './commands/nodes.ts';
import { duplicate } from './commands/paste.ts';
import { addNote, renameDocument, setTraining } from './commands/settings.ts';
import { unpack } from './commands/unpack.ts';
import { addOnWire, connect, disconnect, insertOnWire, reconnect } from './commands/wires.ts';
import { portsOf } from './graph.ts';
import { type Command, createDocumentStore, type DocumentStore } from './store.ts';

/** data → linear_1 → relu_1 → … → output → loss. */
export function smallNet(): GraphDocument {
  const template = templateOf('mlp-spirals');
  if (!template) throw new Error('The template mlp-spirals is gone.');
  return template.document;
}

/** A store whose selection is in a variable. */
export function storeOf(doc: GraphDocument): { store: DocumentStore; selection: { current: Selection } } {
  const selection = { current: nothingSelected };
  const store = createDocumentStore(doc, {
    get: () => selection.current,
    set: (next) => {
      selection.current = next;
    },
  });
  return { store, selection };
}

/** An edit, as a function of the document that it meets: which nodes and wires there are is known only then. */
export type Edit = (doc: GraphDocument) => Command;

const pick = <T>(items: readonly T[], n: number): T | undefined => items[n % Math.max(1, items.length)];
const number = fc.nat({ max: 1000 });

/** Any edit that a person can make. */
export const anyEdit: fc.Arbitrary<Edit> = fc
  .tuple(fc.nat({ max: 18 }), number, number, fc.integer({ min: -500, max: 500 }))
  .map(
    ([what, a, b, place]): Edit =>
      (doc) => {
        const nodes = Object.keys(doc.nodes);
        const wires = Object.keys(doc.wires);
        const node = pick(nodes, a) ?? 'none';
        const wire = pick(wires, b) ?? 'none';
        const chosen: Selection = { ...nothingSelected, nodes: new Set([node]) };
        const from = { node, port: pick(portsOf(doc, node).outputs, b)?.name ?? '' };
        const other = pick(nodes, b) ?? 'none';
        const to = { node: other, port: pick(portsOf(doc, other).inputs, a)?.name ?? '' };
        const position = [place, place] as const;
        switch (what) {
          case 0:
            return addNode({ kind: 'linear', position });
          case 1:
            return deleteSelection(chosen, 'rejoin');
          case 2:
            return deleteSelection({ ...chosen, wires: new Set([wire]) }, 'cut');
          case 3:
            return connect(from, to);
          case 4:
            return disconnect([wire]);
          case 5:
            return reconnect(wire, from, to);
          case 6:
            return insertOnWire(node, wire);
          case 7:
            return addOnWire({ kind: 'relu', position }, wire);
          case 8:
            return moveItems({ nodes: new Map([[node, position]]), notes: new Map() }, `move:${a % 3}`);
          case 9:
            return renameNode(node, `name_${a}`);
          case 10:
            return setParam(node, 'units', a + 1);
          case 11:
            return duplicate(clipOf(doc, chosen));
          case 12:
            return group(new Set([node, other]));
          case 13:
            return unpack(node, 1 + (b % 3));
          case 14:
            return setRepeat(node, a % 4);
          case 15:
            return addNode({ kind: a % 2 === 0 ? 'block:residualMlp' : 'block:decoder', position });
          case 16:
            return makeIndependent(node);
          case 17:
            return toggleFlag(new Set([node]), a % 2 === 0 ? 'bypassed' : 'locked');
          default:
            return a % 2 === 0
              ? setTraining({ batchSize: b + 1 })
              : b % 2 === 0
                ? addNote(position)
                : renameDocument(`D${a}`);
        }
      },
  );
