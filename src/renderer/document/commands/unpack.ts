/** Takes an instance of a block apart: what it holds stands in its place, as often as it repeats, wired as it was. */
import {
  blockPorts,
  type DocNode,
  type DocWire,
  type GraphDocument,
  type Json,
  takenOut,
} from '../../../engine/index.ts';
import { selectNodes } from '../../session/session.ts';
import { freeName } from '../graph.ts';
import { newId, omit } from '../ids.ts';
import { isPortKind } from '../level.ts';
import type { Command } from '../store.ts';
import { settingsOf } from './blocks.ts';

type End = readonly [node: string, port: string];

/** Between two repetitions that are laid side by side. */
const GAP = 80;
const NODE_ROOM = 304;

/** @param repetitions how often it repeats now, where a formula says so */
export function unpack(id: string, repetitions: number): Command {
  const ids = Array.from({ length: repetitions }, () => new Map<string, string>());
  const idOf = (r: number, inner: string): string => {
    const known = ids[r]?.get(inner) ?? newId('n');
    ids[r]?.set(inner, known);
    return known;
  };
  return {
    label: 'unpack the block',
    select: selectNodes([]),
    apply: (doc) => (doc.nodes[id]?.block ? unpacked(doc, id, { repetitions, idOf }) : doc),
  };
}

interface Copies {
  readonly repetitions: number;
  idOf(repetition: number, inner: string): string;
}

function unpacked(doc: GraphDocument, id: string, { repetitions, idOf }: Copies): GraphDocument {
  const instance = doc.nodes[id];
  const definition = doc.blocks[instance?.block?.of ?? ''];
  if (!instance?.block || !definition) return doc;
  const ports = blockPorts(doc, instance.block.of);
  const layers = Object.entries(definition.nodes).filter(([, n]) => !isPortKind(n.kind));
  const wires = Object.values(definition.wires);
  const given = settingsOf(doc, instance);
  const corner = [0, 1].map((axis) => Math.min(...layers.map(([, n]) => n.position[axis] ?? 0)));
  const width = Math.max(0, ...layers.map(([, n]) => n.position[0])) - (corner[0] ?? 0) + NODE_ROOM + GAP;

  /** What feeds an end inside, as an end outside; null where nothing does. */
  const source = (r: number, [node, port]: End): End | null => {
    const input = ports.inputs.findIndex((p) => p.id === node);
    if (input < 0) return [idOf(r, node), port];
    const previous = r > 0 ? ports.outputs[input] : undefined;
    return previous ? leaves(r - 1, previous.id) : outside(input);
  };
  /** What an output port inside gives. */
  const leaves = (r: number, output: string): End | null => {
    const wire = wires.find((w) => w.to[0] === output);
    return wire ? source(r, wire.from) : null;
  };
  const outside = (input: number): End | null =>
    Object.values(doc.wires).find((w) => w.to[0] === id && w.to[1] === ports.inputs[input]?.name)?.from ??
    null;

  const nodes: Record<string, DocNode> = {};
  const others = Object.values(omit(doc.nodes, [id]));
  const added: Record<string, DocWire> = {};
  for (let r = 0; r < repetitions; r++) {
    for (const [inner, node] of layers) {
      const position: [number, number] = [
        instance.position[0] + node.position[0] - (corner[0] ?? 0) + r * width,
        instance.position[1] + node.position[1] - (corner[1] ?? 0),
      ];
      const name = freeName([...others, ...Object.values(nodes)], node.name);
      nodes[idOf(r, inner)] = { ...outOf(node, given), name, position };
    }
    for (const w of wires) {
      if (ports.outputs.some((p) => p.id === w.to[0])) continue;
      const from = source(r, w.from);
      if (from) added[newId('w')] = { from: [...from], to: [idOf(r, w.to[0]), w.to[1]] };
    }
  }
  const outer = Object.entries(doc.wires).flatMap(([wire, w]): Array<[string, DocWire]> => {
    if (w.to[0] === id) return [];
    if (w.from[0] !== id) return [[wire, w]];
    const at = ports.outputs.findIndex((p) => p.name === w.from[1]);
    const port = ports.outputs[at];
    const from = port && (repetitions > 0 ? leaves(repetitions - 1, port.id) : outside(at));
    return from ? [[wire, { from: [...from], to: w.to }]] : [];
  });
  const inPlace = Object.entries(doc.nodes).flatMap(([key, node]) =>
    key === id ? Object.entries(nodes) : [[key, node] as const],
  );
  return {
    ...doc,
    nodes: Object.fromEntries(inPlace),
    wires: { ...Object.fromEntries(outer), ...added },
  };
}

/** A node as it reads outside of its block. */
function outOf(node: DocNode, given: Readonly<Record<string, Json>>): DocNode {
  const params = Object.fromEntries(
    Object.entries(node.params).map(([name, value]) => [name, takenOut(value, given)]),
  );
  if (!node.block) return { ...node, params };
  const repeat = node.block.repeat === undefined ? undefined : takenOut(node.block.repeat, given);
  const block =
    typeof repeat === 'number' || (typeof repeat === 'object' && repeat !== null)
      ? { ...node.block, repeat: repeat as number | { '=': string } }
      : node.block;
  return { ...node, params, block };
}
