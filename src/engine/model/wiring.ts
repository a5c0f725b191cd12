/**
 * The flat net as a graph: which wires reach which ports, in which order nodes can be built, and what is wired wrongly.
 * Knows ports and kinds, but no shapes.
 */
import type { LayerSpec } from '../layers/define.ts';
import { layerOf } from '../layers/index.ts';
import type { Net, NetNode } from './inline.ts';
import { listWords, type Problem } from './problems.ts';
import type { DocWire } from './schema.ts';

/** A wire whose ends exist. */
export interface SoundWire extends DocWire {
  readonly id: string;
}

/** A node with its declaration and what arrives at its ports. */
export interface WiredNode {
  readonly id: string;
  readonly node: NetNode;
  /** Null for a kind that this version does not know. */
  readonly spec: LayerSpec | null;
  /** By input port, in the order of the wires. */
  readonly arriving: ReadonlyMap<string, readonly SoundWire[]>;
}

export interface Wiring {
  /** All nodes that are in no cycle and behind none, sources first; the document's order where either may come first. */
  readonly order: readonly WiredNode[];
  /** All layers by path, in the document's order. */
  readonly nodes: ReadonlyMap<string, WiredNode>;
  readonly wires: readonly SoundWire[];
  readonly problems: readonly Problem[];
}

export function wire(net: Net): Wiring {
  const problems: Problem[] = [...net.problems];
  const specs = new Map(
    Object.entries(net.nodes).map(([id, node]) => [id, { node, spec: layerOf(node.kind) ?? null }]),
  );
  const wires = Object.entries(net.wires).flatMap(([id, w]) => {
    const problem = wireProblem(id, w, specs);
    if (problem) problems.push(problem);
    return problem ? [] : [{ id, ...w }];
  });
  const nodes = new Map(
    [...specs].map(([id, { node, spec }]) => [id, { id, node, spec, arriving: arrivingAt(id, wires) }]),
  );
  for (const wired of nodes.values()) problems.push(...portProblems(wired, nodes, net));
  problems.push(...nameProblems(nodes), ...kindProblems(nodes));
  const order = sourcesFirst(nodes, wires);
  if (order.length < nodes.size)
    problems.push(...cycleProblems(nodes, wires, new Set(order.map((n) => n.id))));
  return { order, nodes, wires, problems };
}

type Specs = ReadonlyMap<string, { readonly node: NetNode; readonly spec: LayerSpec | null }>;

function wireProblem(id: string, { from, to }: DocWire, specs: Specs): Problem | null {
  const source = specs.get(from[0]);
  const sink = specs.get(to[0]);
  const remove = { title: 'Remove the wire', edits: [{ kind: 'removeWire' as const, wire: id }] };
  const bad = (code: string, title: string, advice: string, node?: string, port?: string): Problem => ({
    code,
    severity: 'error',
    title,
    advice,
    wire: id,
    ...(node !== undefined && { node }),
    ...(port !== undefined && { port }),
    fix: remove,
  });
  if (!source || !sink)
    return bad(
      'wire/dangling',
      `The wire ${id} ends at a node that does not exist: ${source ? to[0] : from[0]}`,
      'Remove the wire.',
    );
  // A ghost's ports are whatever its wires say.
  if (source.spec && !source.spec.outputs.some((p) => p.name === from[1]))
    return bad(
      'wire/port',
      `${source.node.name} has no output called ${from[1]}`,
      `Start the wire at ${listWords(source.spec.outputs.map((p) => p.name)) || 'another node'}.`,
      from[0],
      from[1],
    );
  if (sink.spec && !sink.spec.inputs.some((p) => p.name === to[1]))
    return bad(
      'wire/port',
      `${sink.node.name} has no input called ${to[1]}`,
      `End the wire at ${listWords(sink.spec.inputs.map((p) => p.name)) || 'another node'}.`,
      to[0],
      to[1],
    );
  return null;
}

function arrivingAt(id: string, wires: readonly SoundWire[]): Map<string, SoundWire[]> {
  const arriving = new Map<string, SoundWire[]>();
  for (const w of wires) {
    if (w.to[0] !== id) continue;
    const port = arriving.get(w.to[1]);
    if (port) port.push(w);
    else arriving.set(w.to[1], [w]);
  }
  return arriving;
}

/** Required inputs without a wire, and single inputs with several. */
function portProblems(
  { id, node, spec, arriving }: WiredNode,
  nodes: Wiring['nodes'],
  { unfed, places }: Net,
): Problem[] {
  return (spec?.inputs ?? []).flatMap((port): Problem[] => {
    const wires = arriving.get(port.name) ?? [];
    if (wires.length === 0 && !port.optional && !unfed.has(`${id}:${port.name}`)) {
      const data =
        port.kind === 'labels'
          ? [...nodes.values()].find(
              (n) => n.spec?.kind === 'data' && places.get(n.id)?.scope === places.get(id)?.scope,
            )
          : undefined;
      return [
        {
          code: 'wire/missing',
          severity: 'error',
          title: `${node.name} has nothing at its input ${port.name}`,
          advice: 'Draw a wire to it.',
          node: id,
          port: port.name,
          ...(data && {
            fix: {
              title: `Connect ${data.node.name}.y`,
              edits: [{ kind: 'connect', from: [data.id, 'y'], to: [id, port.name] }],
            },
          }),
        },
      ];
    }
    return port.many
      ? []
      : wires.slice(1).map((w) => ({
          code: 'wire/double',
          severity: 'error',
          title: `${node.name} takes one wire at its input ${port.name}, and has ${wires.length}`,
          advice: 'Remove the others, or join them with Add or Concatenate first.',
          node: id,
          port: port.name,
          wire: w.id,
          fix: { title: 'Remove this wire', edits: [{ kind: 'removeWire', wire: w.id }] },
        }));
  });
}

function nameProblems(nodes: Wiring['nodes']): Problem[] {
  const taken = new Set([...nodes.values()].map((n) => n.node.name));
  const first = new Set<string>();
  return [...nodes.values()].flatMap(({ id, node: { name } }): Problem[] => {
    if (!first.has(name)) {
      first.add(name);
      return [];
    }
    let n = 2;
    while (taken.has(`${name}_${n}`)) n++;
    const free = `${name}_${n}`;
    taken.add(free);
    return [
      {
        code: 'name/taken',
        severity: 'error',
        title: `Two nodes are called ${name}`,
        advice: 'Rename one of them: weights and code are called after it.',
        node: id,
        fix: {
          title: `Rename to ${free}`,
          edits: [{ kind: 'rename', node: id, name: free.split('.').at(-1) ?? free }],
        },
      },
    ];
  });
}

function kindProblems(nodes: Wiring['nodes']): Problem[] {
  return [...nodes.values()]
    .filter((n) => !n.spec)
    .map(({ id, node }) => ({
      code: 'kind/unknown',
      severity: 'error',
      title: `${node.name} is of a kind that this version does not know: ${node.kind}`,
      advice: 'Open the document with a newer Gradloom, or replace the node. What it holds is kept.',
      node: id,
    }));
}

/** Kahn's algorithm; among nodes that are ready, the document's order. */
function sourcesFirst(nodes: Wiring['nodes'], wires: readonly SoundWire[]): WiredNode[] {
  const missing = new Map<string, number>([...nodes.keys()].map((id) => [id, 0]));
  const leaving = new Map<string, string[]>([...nodes.keys()].map((id) => [id, []]));
  for (const { from, to } of wires) {
    missing.set(to[0], (missing.get(to[0]) ?? 0) + 1);
    leaving.get(from[0])?.push(to[0]);
  }
  const place = new Map([...nodes.keys()].map((id, i) => [id, i]));
  const ready = [...nodes.keys()].filter((id) => missing.get(id) === 0);
  const order: WiredNode[] = [];
  for (let id = ready.shift(); id !== undefined; id = ready.shift()) {
    const wired = nodes.get(id);
    if (wired) order.push(wired);
    for (const next of leaving.get(id) ?? []) {
      const left = (missing.get(next) ?? 0) - 1;
      missing.set(next, left);
      if (left > 0) continue;
      const at = ready.findIndex((r) => (place.get(r) ?? 0) > (place.get(next) ?? 0));
      ready.splice(at < 0 ? ready.length : at, 0, next);
    }
  }
  return order;
}

/** One problem per cycle among the nodes that could not be ordered, on the wire that closes it. */
function cycleProblems(
  nodes: Wiring['nodes'],
  wires: readonly SoundWire[],
  ordered: ReadonlySet<string>,
): Problem[] {
  const problems: Problem[] = [];
  const done = new Set<string>(ordered);
  const visit = (id: string, path: readonly string[]): void => {
    if (done.has(id)) return;
    for (const w of wires) {
      if (w.from[0] !== id || done.has(w.to[0])) continue;
      const start = [...path, id].indexOf(w.to[0]);
      if (start < 0) {
        visit(w.to[0], [...path, id]);
        continue;
      }
      const names = [...path, id].slice(start).map((n) => nodes.get(n)?.node.name ?? n);
      problems.push({
        code: 'wire/cycle',
        severity: 'error',
        title: `The wires go round in a circle: ${[...names, names[0]].join(' → ')}`,
        advice: 'Remove one of these wires: a value cannot depend on itself.',
        node: w.to[0],
        wire: w.id,
        port: w.to[1],
        fix: { title: 'Remove the wire that closes the circle', edits: [{ kind: 'removeWire', wire: w.id }] },
      });
    }
    done.add(id);
  };
  for (const id of nodes.keys()) visit(id, []);
  return problems;
}
