/** Questions about a document's graph: which ports a node has, who feeds whom, and why two ports do not fit. */
import {
  type DocNode,
  type DocWire,
  type GraphDocument,
  type PortSpec,
  portsOfNode,
} from '../../engine/index.ts';
import { isPortKind } from './level.ts';

export interface Ports {
  readonly inputs: readonly PortSpec[];
  readonly outputs: readonly PortSpec[];
}

/** One end of a wire. */
export interface End {
  readonly node: string;
  readonly port: string;
}

/** A node's ports: those its kind declares; for a kind that nobody knows, those that its wires name. */
export function portsOf(doc: GraphDocument, id: string): Ports {
  const node = doc.nodes[id];
  const ports = node && portsOfNode(doc, node);
  if (ports) return ports;
  const named = (ends: readonly (readonly [string, string])[]): PortSpec[] =>
    [...new Set(ends.filter(([n]) => n === id).map(([, port]) => port))].map((name) => ({
      name,
      kind: 'tensor',
      doc: 'A port of a layer that this version does not know.',
    }));
  const wires = Object.values(doc.wires);
  return { inputs: named(wires.map((w) => w.to)), outputs: named(wires.map((w) => w.from)) };
}

/** Every node that the given one feeds, directly or not; itself not included unless it lies on a cycle. */
export function downstreamOf(doc: GraphDocument, id: string): Set<string> {
  return reach(doc, id, ({ from, to }) => [from[0], to[0]]);
}

/** Every node that feeds the given one, directly or not. */
export function upstreamOf(doc: GraphDocument, id: string): Set<string> {
  return reach(doc, id, ({ from, to }) => [to[0], from[0]]);
}

function reach(doc: GraphDocument, start: string, arrow: (wire: DocWire) => [string, string]): Set<string> {
  const next = new Map<string, string[]>();
  for (const wire of Object.values(doc.wires)) {
    const [a, b] = arrow(wire);
    next.set(a, [...(next.get(a) ?? []), b]);
  }
  const seen = new Set<string>();
  const open = [...(next.get(start) ?? [])];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (seen.has(id)) continue;
    seen.add(id);
    open.push(...(next.get(id) ?? []));
  }
  return seen;
}

/** Why a wire from one output to one input cannot be, in words; null where it can. */
export function whyNotConnect(doc: GraphDocument, from: End, to: End): string | null {
  const source = doc.nodes[from.node];
  const target = doc.nodes[to.node];
  if (!source || !target) return 'One of the two nodes is gone.';
  if (from.node === to.node)
    return `${source.name} cannot feed itself: a network runs from its data to its loss.`;
  const output = portsOf(doc, from.node).outputs.find((p) => p.name === from.port);
  const input = portsOf(doc, to.node).inputs.find((p) => p.name === to.port);
  if (!output || !input) return 'A wire runs from an output to an input.';
  // What a block's port is, follows from what it is wired to.
  const isPort = isPortKind(source.kind) || isPortKind(target.kind);
  if (!isPort && output.kind !== input.kind) {
    return `${target.name} takes ${kindWords[input.kind]} at ${input.name}; ${source.name} delivers ${kindWords[output.kind]} at ${output.name}.`;
  }
  if (downstreamOf(doc, to.node).has(from.node)) {
    return `This wire would close a cycle: ${target.name} already feeds ${source.name}.`;
  }
  return null;
}

const kindWords = { tensor: 'a tensor', labels: 'labels' } as const;

/** Why each port does not take the loose end of a wire, by `portKey`; ports that do are absent. */
export function refusals(
  doc: GraphDocument,
  loose: { readonly node: string; readonly port: string; readonly side: 'from' | 'to' },
): Map<string, string> {
  const found = new Map<string, string>();
  const cycle = loose.side === 'from' ? upstreamOf(doc, loose.node) : downstreamOf(doc, loose.node);
  for (const id of Object.keys(doc.nodes)) {
    const { inputs, outputs } = portsOf(doc, id);
    for (const port of [...inputs.map((p) => p.name)]) {
      const key = portKey(id, 'to', port);
      if (loose.side === 'to') found.set(key, 'A wire runs from an output to an input.');
      else {
        const why = reasonFor(doc, cycle, loose, { node: id, port });
        if (why !== null) found.set(key, why);
      }
    }
    for (const { name } of outputs) {
      const key = portKey(id, 'from', name);
      if (loose.side === 'from') found.set(key, 'A wire runs from an output to an input.');
      else {
        const why = reasonFor(doc, cycle, { node: id, port: name }, loose);
        if (why !== null) found.set(key, why);
      }
    }
  }
  return found;
}

/** `whyNotConnect` where the nodes that would close a cycle are known already, so that a drag asks once. */
function reasonFor(doc: GraphDocument, cycle: ReadonlySet<string>, from: End, to: End): string | null {
  const onCycle = cycle.has(from.node) || cycle.has(to.node);
  return whyNotConnect(onCycle ? doc : { ...doc, wires: {} }, from, to) ?? null;
}

export function portKey(node: string, side: 'from' | 'to', port: string): string {
  return `${node}/${side}/${port}`;
}

/** The first input (of an output) or output (of an input) of a node that fits a loose end; free ones are preferred. */
export function fittingPort(
  doc: GraphDocument,
  loose: { readonly node: string; readonly port: string; readonly side: 'from' | 'to' },
  id: string,
): string | null {
  const { inputs, outputs } = portsOf(doc, id);
  if (loose.side === 'to') {
    return outputs.find((p) => whyNotConnect(doc, { node: id, port: p.name }, loose) === null)?.name ?? null;
  }
  const fits = inputs.filter((p) => whyNotConnect(doc, loose, { node: id, port: p.name }) === null);
  const isFree = (p: PortSpec): boolean =>
    p.many === true || !Object.values(doc.wires).some((w) => w.to[0] === id && w.to[1] === p.name);
  return (fits.find(isFree) ?? fits[0])?.name ?? null;
}

/** A name that no node has yet: the wanted one, or with the next free number. */
export function freeName(taken: Iterable<DocNode>, wanted: string): string {
  const names = new Set([...taken].map((n) => n.name));
  const stem = wanted.replace(/_\d+$/, '');
  if (!names.has(wanted)) return wanted;
  for (let n = 2; ; n++) {
    if (!names.has(`${stem}_${n}`)) return `${stem}_${n}`;
  }
}

/** All nodes, each after those that feed it; where the graph leaves a choice (or has a cycle) the document's order decides. */
export function flowOrder(doc: GraphDocument): string[] {
  const feeders = new Map<string, string[]>();
  for (const { from, to } of Object.values(doc.wires)) {
    feeders.set(to[0], [...(feeders.get(to[0]) ?? []), from[0]]);
  }
  const seen = new Set<string>();
  const order: string[] = [];
  const visit = (id: string): void => {
    if (seen.has(id) || !doc.nodes[id]) return;
    seen.add(id);
    for (const feeder of feeders.get(id) ?? []) visit(feeder);
    order.push(id);
  };
  for (const id of Object.keys(doc.nodes)) visit(id);
  return order;
}

/** The wires on every way that leads to a node or from it. */
export function wiresThrough(doc: GraphDocument, id: string): Set<string> {
  const before = upstreamOf(doc, id);
  const after = downstreamOf(doc, id);
  return new Set(
    Object.entries(doc.wires).flatMap(([wire, { from, to }]) => {
      const leadsTo = before.has(from[0]) && (before.has(to[0]) || to[0] === id);
      const leadsFrom = after.has(to[0]) && (after.has(from[0]) || from[0] === id);
      return leadsTo || leadsFrom ? [wire] : [];
    }),
  );
}
