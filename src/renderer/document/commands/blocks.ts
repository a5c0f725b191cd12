/** What a person does with blocks as a whole: make one of a selection, take one apart, repeat it, part it from its likes. */
import {
  blockInputKind,
  blockKind,
  blockOutputKind,
  blockPorts,
  type DocNode,
  type DocWire,
  type GraphDocument,
  isFormula,
  type Json,
  namesIn,
} from '../../../engine/index.ts';
import { selectNodes } from '../../session/session.ts';
import { downstreamOf, freeName, upstreamOf } from '../graph.ts';
import { newId, omit } from '../ids.ts';
import { isPortKind } from '../level.ts';
import type { Command } from '../store.ts';

/** How far a block's ports stand from what is inside. */
const PORT_DISTANCE = 304;

/** Why these nodes cannot become a block, in words; null where they can. */
export function whyNotGroup(doc: GraphDocument, ids: ReadonlySet<string>): string | null {
  const chosen = [...ids].flatMap((id) => doc.nodes[id] ?? []);
  if (chosen.length === 0) return 'Select the layers that the block is to hold.';
  const data = chosen.find((node) => node.kind === 'data');
  if (data) return `${data.name} is the data of the whole net: leave it outside.`;
  const port = chosen.find((node) => isPortKind(node.kind));
  if (port) return `${port.name} is a port of the block that is open: leave it outside.`;
  const after = new Set([...ids].flatMap((id) => [...downstreamOf(doc, id)]));
  const between = [...ids]
    .flatMap((id) => [...upstreamOf(doc, id)])
    .find((id) => after.has(id) && !ids.has(id));
  return between === undefined ? null : `${doc.nodes[between]?.name} lies between them: select it too.`;
}

/** Makes a block of nodes: what came in and went out becomes its ports. Ids inside stay; the instance is selected. */
export function group(ids: ReadonlySet<string>, block: string = newId('b'), instance = newId('n')): Command {
  return {
    label: 'group into a block',
    select: selectNodes([instance]),
    apply: (doc) => (whyNotGroup(doc, ids) === null ? grouped(doc, ids, { block, instance }) : doc),
  };
}

interface NewIds {
  readonly block: string;
  readonly instance: string;
}

function grouped(doc: GraphDocument, ids: ReadonlySet<string>, { block, instance }: NewIds): GraphDocument {
  const isIn = (id: string): boolean => ids.has(id);
  const inside = Object.fromEntries(Object.entries(doc.nodes).filter(([id]) => isIn(id)));
  const entries = Object.entries(doc.wires);
  const xs = Object.values(inside).map((n) => n.position[0]);
  const [left, right] = [Math.min(...xs) - PORT_DISTANCE, Math.max(...xs) + PORT_DISTANCE];
  const inner: Record<string, DocNode> = { ...inside };
  const innerWires: Record<string, DocWire> = {};
  const outerWires: Record<string, DocWire> = {};
  /** The port that stands for an end of a crossing wire. */
  const ports = new Map<string, { readonly id: string; readonly name: string }>();
  const portFor = (kind: string, end: readonly [string, string], at: readonly [number, number]) => {
    const key = `${kind} ${end.join(' ')}`;
    const known = ports.get(key);
    if (known) return { ...known, isNew: false };
    const name = freeName(Object.values(inner), kind === blockInputKind ? 'x' : 'y');
    const port = { id: newId('n'), name };
    inner[port.id] = { kind, name, params: {}, position: [at[0], at[1]] };
    ports.set(key, port);
    return { ...port, isNew: true };
  };
  for (const [id, { from, to }] of entries) {
    if (isIn(from[0]) && isIn(to[0])) innerWires[id] = { from, to };
    else if (isIn(to[0])) {
      const row = inside[to[0]]?.position[1] ?? 0;
      const port = portFor(blockInputKind, from, [left, row]);
      innerWires[id] = { from: [port.id, 'x'], to };
      if (port.isNew) outerWires[newId('w')] = { from, to: [instance, port.name] };
    } else if (isIn(from[0])) {
      const row = inside[from[0]]?.position[1] ?? 0;
      const port = portFor(blockOutputKind, from, [right, row]);
      if (port.isNew) innerWires[newId('w')] = { from, to: [port.id, 'x'] };
      outerWires[id] = { from: [instance, port.name], to };
    } else outerWires[id] = { from, to };
  }
  // Formulas inside go on reading what they read: the block gets parameters of those names, and hands them on.
  const read = Object.values(inside).flatMap((node) => formulasOf(node).flatMap(namesIn));
  const params = Object.fromEntries(
    [...new Set(read)].map((name) => [name, { ...paramWords, value: doc.params[name]?.value ?? 1 }]),
  );
  const node: DocNode = {
    kind: blockKind,
    name: freeName(Object.values(omit(doc.nodes, ids)), 'block'),
    params: Object.fromEntries(Object.keys(params).map((name) => [name, { '=': name }])),
    position: [
      left / 2 + right / 2,
      Object.values(inside).reduce((y, n) => Math.min(y, n.position[1]), Infinity),
    ],
    block: { of: block, shared: false },
  };
  const definition = {
    title: freeTitle(doc, 'Block'),
    description: '',
    nodes: inner,
    wires: innerWires,
    notes: {},
    params,
  };
  // The instance stands where the first of its layers stood, since the order of nodes is that of names and menus.
  const nodes: typeof doc.nodes = {};
  for (const [id, other] of Object.entries(doc.nodes)) {
    if (!isIn(id)) nodes[id] = other;
    else if (!nodes[instance]) nodes[instance] = node;
  }
  return { ...doc, nodes, wires: outerWires, blocks: { ...doc.blocks, [block]: definition } };
}

const paramWords = { title: '', description: '' } as const;

function formulasOf({ params, block }: DocNode): string[] {
  return [...Object.values(params), ...(block?.repeat === undefined ? [] : [block.repeat])].flatMap(
    (value) => (isFormula(value) ? [value['=']] : []),
  );
}

/** A title that no block has yet: `Block`, `Block 2`, … */
function freeTitle(doc: GraphDocument, wanted: string): string {
  const taken = new Set(Object.values(doc.blocks).map(({ title }) => title));
  for (let n = 1; ; n++) {
    const title = n === 1 ? wanted : `${wanted} ${n}`;
    if (!taken.has(title)) return title;
  }
}

function editInstance(
  id: string,
  label: string,
  edit: (node: DocNode) => DocNode,
  mergeKey?: string,
): Command {
  return {
    label,
    ...(mergeKey === undefined ? {} : { mergeKey }),
    apply: (doc) => {
      const node = doc.nodes[id];
      if (!node?.block) return doc;
      const next = edit(node);
      return JSON.stringify(next) === JSON.stringify(node)
        ? doc
        : { ...doc, nodes: { ...doc.nodes, [id]: next } };
    },
  };
}

/** How often an instance repeats; `undefined`: once, and names carry no number. */
export function setRepeat(
  id: string,
  repeat: number | { '=': string } | undefined,
  mergeKey?: string,
): Command {
  const edit = (node: DocNode): DocNode => {
    if (!node.block) return node;
    const { repeat: _, ...block } = node.block;
    return { ...node, block: repeat === undefined ? block : { ...block, repeat } };
  };
  return editInstance(id, 'repeat', edit, mergeKey);
}

/** Whether all repetitions of an instance have one set of weights. */
export function setShared(id: string, shared: boolean): Command {
  const edit = (node: DocNode): DocNode =>
    node.block ? { ...node, block: { ...node.block, shared } } : node;
  return editInstance(id, shared ? 'share the weights' : 'part the weights', edit);
}

/** Gives an instance a block of its own: later edits of the two do not follow each other. */
export function makeIndependent(id: string, block: string = newId('b')): Command {
  return {
    label: 'make an independent copy',
    apply: (doc) => {
      const node = doc.nodes[id];
      const definition = doc.blocks[node?.block?.of ?? ''];
      if (!node?.block || !definition) return doc;
      const { library: _, ...copy } = definition;
      return {
        ...doc,
        nodes: { ...doc.nodes, [id]: { ...node, block: { ...node.block, of: block } } },
        blocks: { ...doc.blocks, [block]: { ...copy, title: freeTitle(doc, `${definition.title} copy`) } },
      };
    },
  };
}

/** Removes blocks that no instance stands for. */
export function removeUnusedBlocks(): Command {
  return {
    label: 'remove unused blocks',
    whole: true,
    apply: (doc) => {
      const used = new Set<string>();
      const visit = (nodes: Readonly<Record<string, DocNode>>): void => {
        for (const { block } of Object.values(nodes)) {
          if (!block || used.has(block.of)) continue;
          used.add(block.of);
          visit(doc.blocks[block.of]?.nodes ?? {});
        }
      };
      visit(doc.nodes);
      const unused = Object.keys(doc.blocks).filter((id) => !used.has(id));
      return unused.length === 0 ? doc : { ...doc, blocks: omit(doc.blocks, unused) };
    },
  };
}

/** What a block's instances are set to, where they say nothing else; `Json` values are checked by the schema's form. */
export function settingsOf(doc: GraphDocument, node: DocNode): Readonly<Record<string, Json>> {
  const definition = doc.blocks[node.block?.of ?? ''];
  const values = Object.entries(definition?.params ?? {}).map(([name, { value }]): [string, Json] => [
    name,
    node.params[name] ?? value,
  ]);
  return Object.fromEntries(values);
}

/** Whether an instance can repeat: each output needs an input of the next repetition. */
export function canRepeat(doc: GraphDocument, node: DocNode): boolean {
  const { inputs, outputs } = blockPorts(doc, node.block?.of ?? '');
  return outputs.length <= inputs.length;
}
