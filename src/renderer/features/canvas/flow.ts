/** React Flow as a view: its nodes and edges computed from the document, an object anew only where something changed. */
import { type Edge, type Node, Position } from '@xyflow/react';
import {
  blockPorts,
  type DocNode,
  type DocNote,
  type DocWire,
  type GraphDocument,
} from '../../../engine/index.ts';
import { portsOf } from '../../document/graph.ts';
import type { Selection } from '../../session/session.ts';
import { NODE_WIDTH, nodeHeight, PORT_ROW, PORTS_TOP } from './node-metrics.ts';

const HANDLE = 10;
/** Under notes, and under nodes. */
const FRAME_LEVEL = -2;

export interface Flow {
  readonly nodes: Node[];
  readonly edges: Edge[];
}

/** Makes a function that turns documents into flows and keeps the objects of what is as it was. */
export function createFlowView(): (doc: GraphDocument, selection: Selection) => Flow {
  const nodes = memoById<DocNode, Node>();
  const notes = memoById<DocNote, Node>();
  const edges = memoById<DocWire, Edge>();
  return (doc, selection) => ({
    nodes: [
      ...notes(doc.notes, selection.notes, (id, note, selected) => noteOf(id, note, selected)),
      ...nodes(
        doc.nodes,
        selection.nodes,
        (id, node, selected) => nodeOf(doc, id, node, selected),
        (node) => (node.block ? blockPorts(doc, node.block.of) : null),
      ),
    ],
    edges: edges(doc.wires, selection.wires, edgeOf),
  });
}

function memoById<T extends object, R>() {
  let before = new Map<string, { item: T; selected: boolean; besides: unknown; made: R }>();
  return (
    items: Readonly<Record<string, T>>,
    selection: ReadonlySet<string>,
    make: (id: string, item: T, selected: boolean) => R,
    /** What else a made object depends on. */
    besidesOf: (item: T) => unknown = () => null,
  ): R[] => {
    const now: typeof before = new Map();
    for (const [id, item] of Object.entries(items)) {
      const selected = selection.has(id);
      const old = before.get(id);
      const besides = besidesOf(item);
      const isSame = old?.item === item && old.selected === selected && old.besides === besides;
      now.set(id, isSame ? old : { item, selected, besides, made: make(id, item, selected) });
    }
    before = now;
    return [...now.values()].map(({ made }) => made);
  };
}

function nodeOf(doc: GraphDocument, id: string, node: DocNode, selected: boolean): Node {
  const { inputs, outputs } = portsOf(doc, id);
  const height = nodeHeight(Math.max(inputs.length, outputs.length));
  const size = { width: NODE_WIDTH, height };
  const handle = (type: 'source' | 'target', name: string, row: number) => ({
    id: name,
    type,
    position: type === 'target' ? Position.Left : Position.Right,
    ...portPosition(type === 'target' ? 'to' : 'from', row),
    width: HANDLE,
    height: HANDLE,
  });
  return {
    id,
    type: 'layer',
    position: { x: node.position[0], y: node.position[1] },
    selected,
    draggable: node.locked !== true,
    data: {},
    ...size,
    measured: size,
    // The ports' places are known, so nothing has to be measured on the page.
    handles: [
      ...inputs.map(({ name }, row) => handle('target', name, row)),
      ...outputs.map(({ name }, row) => handle('source', name, row)),
    ],
    ariaLabel: `${node.name}, a node of kind ${node.kind}`,
  };
}

/** The top left corner of a port's handle, relative to its node. */
function portPosition(side: 'from' | 'to', row: number): { x: number; y: number } {
  return {
    x: side === 'to' ? -HANDLE / 2 : NODE_WIDTH - HANDLE / 2,
    y: PORTS_TOP + row * PORT_ROW + PORT_ROW / 2 - HANDLE / 2,
  };
}

function noteOf(id: string, note: DocNote, selected: boolean): Node {
  const [width, height] = note.size;
  return {
    id,
    type: 'note',
    position: { x: note.position[0], y: note.position[1] },
    selected,
    data: {},
    width,
    height,
    measured: { width, height },
    // What is selected is lifted by 1000: a frame stays under what it holds all the same.
    zIndex: !note.frame ? -1 : selected ? FRAME_LEVEL - 1000 : FRAME_LEVEL,
    ariaLabel: note.frame ? `A frame: ${note.text}` : 'A note',
  };
}

function edgeOf(id: string, { from, to }: DocWire, selected: boolean): Edge {
  return {
    id,
    type: 'wire',
    source: from[0],
    sourceHandle: from[1],
    target: to[0],
    targetHandle: to[1],
    selected,
  };
}
