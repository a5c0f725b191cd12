/**
 * Blocks as a person edits them: canvases within canvases, found by paths, and the ports that a block shows outside.
 * A path is ids joined by `/`, with `#` and a number after an instance that repeats: `n3#0/n7`.
 */
import type { PortSpec } from '../layers/define.ts';
import { layerOf } from '../layers/index.ts';
import type { BlockDefinition, DocNode, GraphDocument } from './schema.ts';

/** The kinds of nodes that mean something to blocks and are no layers. */
export const blockKind = 'block';
export const blockInputKind = 'blockInput';
export const blockOutputKind = 'blockOutput';

/** Boxes, wires and notes of one canvas. */
export type Graph = Readonly<Pick<GraphDocument, 'nodes' | 'wires' | 'notes'>>;

/** Whose canvas: a block's id, or null for the document itself. */
export type Scope = string | null;

/** The canvas of a scope; undefined where there is no such block. */
export function graphOf(document: GraphDocument, scope: Scope): Graph | undefined {
  return scope === null ? document : document.blocks[scope];
}

/** The document with another canvas in a scope; what is no canvas stays. */
export function withGraph(document: GraphDocument, scope: Scope, graph: Graph): GraphDocument {
  const { nodes, wires, notes } = graph;
  if (scope === null) return { ...document, nodes, wires, notes };
  const block = document.blocks[scope];
  return block
    ? { ...document, blocks: { ...document.blocks, [scope]: { ...block, nodes, wires, notes } } }
    : document;
}

/** Where something of the flat net stands: the canvas, and its id there. */
export interface Place {
  readonly scope: Scope;
  readonly id: string;
}

/** Follows a path of a node, wire or note; null where it leads nowhere. */
export function placeOf(document: GraphDocument, path: string): Place | null {
  const steps = path.split('/');
  const id = steps.pop() ?? '';
  let scope: Scope = null;
  for (const step of steps) {
    const [instance = ''] = step.split('#');
    scope = graphOf(document, scope)?.nodes[instance]?.block?.of ?? null;
    if (scope === null || !document.blocks[scope]) return null;
  }
  return { scope, id };
}

/** A port of a block: the node inside that it is, and how it looks outside. */
export interface BlockPort extends PortSpec {
  readonly id: string;
}

export interface BlockPorts {
  readonly inputs: readonly BlockPort[];
  readonly outputs: readonly BlockPort[];
}

const known = new WeakMap<Readonly<Record<string, BlockDefinition>>, Map<string, BlockPorts>>();

/** The ports of a block, in the order of their nodes inside; none where there is no such block. */
export function blockPorts(document: GraphDocument, block: string): BlockPorts {
  const cache = known.get(document.blocks) ?? new Map<string, BlockPorts>();
  known.set(document.blocks, cache);
  const cached = cache.get(block);
  if (cached) return cached;
  // Known to be empty while it is looked into, so that a block that holds itself is no endless loop.
  cache.set(block, { inputs: [], outputs: [] });
  const found = readPorts(document, document.blocks[block]);
  cache.set(block, found);
  return found;
}

function readPorts(document: GraphDocument, definition: BlockDefinition | undefined): BlockPorts {
  const nodes = Object.entries(definition?.nodes ?? {});
  const wires = Object.values(definition?.wires ?? {});
  const inner = (end: readonly [string, string], side: 'inputs' | 'outputs'): PortSpec | undefined => {
    const node = definition?.nodes[end[0]];
    return node && portsOfNode(document, node)?.[side].find(({ name }) => name === end[1]);
  };
  return {
    inputs: nodes.flatMap(([id, { kind, name }]): BlockPort[] => {
      if (kind !== blockInputKind) return [];
      const takers = wires.filter((w) => w.from[0] === id).map((w) => inner(w.to, 'inputs'));
      const [first] = takers;
      return [
        {
          id,
          name,
          kind: first?.kind ?? 'tensor',
          doc: first
            ? `Goes to ${first.doc.charAt(0).toLowerCase()}${first.doc.slice(1)}`
            : 'Goes nowhere yet.',
          ...(takers.every((t) => t?.optional) && { optional: true }),
        },
      ];
    }),
    outputs: nodes.flatMap(([id, { kind, name }]): BlockPort[] => {
      if (kind !== blockOutputKind) return [];
      const giver = wires.find((w) => w.to[0] === id);
      const source = giver && inner(giver.from, 'outputs');
      return [{ id, name, kind: source?.kind ?? 'tensor', doc: source?.doc ?? 'Nothing arrives here yet.' }];
    }),
  };
}

const portOfInput: PortSpec = { name: 'x', kind: 'tensor', doc: 'What comes into the block.' };
const portOfOutput: PortSpec = {
  name: 'x',
  kind: 'tensor',
  doc: 'What goes out of the block.',
  optional: true,
};

/** The ports of any node; null for a kind that nobody knows. */
export function portsOfNode(
  document: GraphDocument,
  { kind, block }: DocNode,
): { readonly inputs: readonly PortSpec[]; readonly outputs: readonly PortSpec[] } | null {
  if (kind === blockInputKind) return { inputs: [], outputs: [portOfInput] };
  if (kind === blockOutputKind) return { inputs: [portOfOutput], outputs: [] };
  if (kind === blockKind && block) return blockPorts(document, block.of);
  return layerOf(kind) ?? null;
}
/** Whether a block's canvas holds another, directly or not; a block holds itself. */
export function holdsBlock({ blocks }: Pick<GraphDocument, 'blocks'>, outer: string, inner: string): boolean {
  const seen = new Set<string>();
  const look = (id: string): boolean => {
    if (id === inner) return true;
    if (seen.has(id)) return false;
    seen.add(id);
    return Object.values(blocks[id]?.nodes ?? {}).some(({ block }) => block && look(block.of));
  };
  return look(outer);
}
