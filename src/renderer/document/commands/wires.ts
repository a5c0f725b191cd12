/** What a person does to wires: connect, cut, re-route, put a node between. */
import type { DocWire, GraphDocument, Json } from '../../../engine/index.ts';
import { type LooseEnd, selectNodes } from '../../session/session.ts';
import { type End, fittingPort, portsOf, whyNotConnect } from '../graph.ts';
import { newId, omit } from '../ids.ts';
import type { Command } from '../store.ts';
import { kindTitle, type NewNode, withNode } from './nodes.ts';

/** Joins an output to an input. An input of one wire drops the wire it had; what `whyNotConnect` refuses changes nothing. */
export function connect(from: End, to: End, id: string = newId('w')): Command {
  return { label: 'connect', apply: (doc) => withWire(doc, id, from, to) };
}

/** The document with one more wire, or itself where the wire cannot be or is there already. */
export function withWire(doc: GraphDocument, id: string, from: End, to: End): GraphDocument {
  if (whyNotConnect(doc, from, to) !== null) return doc;
  const wire: DocWire = { from: [from.node, from.port], to: [to.node, to.port] };
  const same = (w: DocWire): boolean =>
    w.from[0] === from.node && w.from[1] === from.port && w.to[0] === to.node && w.to[1] === to.port;
  if (Object.values(doc.wires).some(same)) return doc;
  const input = portsOf(doc, to.node).inputs.find((p) => p.name === to.port);
  const replaced = input?.many
    ? []
    : Object.keys(doc.wires).filter(
        (w) => doc.wires[w]?.to[0] === to.node && doc.wires[w]?.to[1] === to.port,
      );
  return { ...doc, wires: { ...omit(doc.wires, replaced), [id]: wire } };
}

/** Cuts wires. */
export function disconnect(ids: Iterable<string>): Command {
  const gone = [...ids];
  return {
    label: gone.length === 1 ? 'cut a wire' : `cut ${gone.length} wires`,
    apply: (doc) => {
      const known = gone.filter((id) => doc.wires[id]);
      return known.length === 0 ? doc : { ...doc, wires: omit(doc.wires, known) };
    },
  };
}

/** Moves one end of a wire elsewhere; the wire keeps its id. */
export function reconnect(id: string, from: End, to: End): Command {
  return {
    label: 're-route a wire',
    apply: (doc) => {
      const old = doc.wires[id];
      if (!old) return doc;
      const unchanged =
        old.from[0] === from.node &&
        old.from[1] === from.port &&
        old.to[0] === to.node &&
        old.to[1] === to.port;
      if (unchanged) return doc;
      const bare = { ...doc, wires: omit(doc.wires, [id]) };
      const next = withWire(bare, id, from, to);
      return next === bare ? doc : next;
    },
  };
}

/** Puts an existing node between the ends of a wire, on its first ports that fit; changes nothing where none do. */
export function insertOnWire(node: string, wire: string): Command {
  return {
    label: 'insert on a wire',
    apply: (doc) => withInserted(doc, node, wire),
  };
}

/** Adds a node in the middle of a wire. */
export function addOnWire(newNode: NewNode, wire: string, id: string = newId('n')): Command {
  return {
    label: `insert ${kindTitle(newNode.kind)}`,
    select: selectNodes([id]),
    apply: (doc) => withInserted(withNode(doc, id, newNode), id, wire),
  };
}

function withInserted(doc: GraphDocument, node: string, wireId: string): GraphDocument {
  const wire = doc.wires[wireId];
  if (!wire || wire.from[0] === node || wire.to[0] === node) return doc;
  const cut = { ...doc, wires: omit(doc.wires, [wireId]) };
  const from: End = { node: wire.from[0], port: wire.from[1] };
  const to: End = { node: wire.to[0], port: wire.to[1] };
  const input = fittingPort(cut, { ...from, side: 'from' }, node);
  if (input === null) return doc;
  const entered = withWire(cut, wireId, from, { node, port: input });
  const output = fittingPort(entered, { ...to, side: 'to' }, node);
  if (output === null) return doc;
  return withWire(entered, newId('w'), { node, port: output }, to);
}

/** Adds a node and wires it to a loose end: a wire that was dropped on nothing. */
export function addConnected(newNode: NewNode, loose: LooseEnd, id: string = newId('n')): Command {
  const wire = newId('w');
  return {
    label: `add ${kindTitle(newNode.kind)}`,
    select: selectNodes([id]),
    apply: (doc) => {
      const added = withNode(doc, id, newNode);
      const port = fittingPort(added, loose, id);
      if (port === null) return added;
      const end = { node: id, port };
      return loose.side === 'from' ? withWire(added, wire, loose, end) : withWire(added, wire, end, loose);
    },
  };
}

/** Whether a kind has a port that takes the loose end: what the palette shows when a wire is dropped on nothing. */
export function kindFits(doc: GraphDocument, kind: string, loose: LooseEnd): boolean {
  const trial = withNode(doc, 'trial', { kind, position: [0, 0], params: {} as Record<string, Json> });
  return fittingPort(trial, loose, 'trial') !== null;
}

/** Whether a node of this kind can stand on the wire: what the palette shows when a layer is inserted. */
export function kindFitsWire(doc: GraphDocument, kind: string, wire: string): boolean {
  const added = withNode(doc, 'trial', { kind, position: [0, 0] });
  return withInserted(added, 'trial', wire) !== added;
}
