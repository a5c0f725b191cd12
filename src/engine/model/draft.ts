/**
 * Graphs written down by hand, for the block library, templates and tests: nodes by name, wires as `conv1 -> norm1`. Ids are
 * the names; every node stands one column right of what feeds it.
 */
import { blockInputKind } from './blocks.ts';
import { type BlockInstance, type DocNode, type DocWire, type Json, nodeSchema } from './schema.ts';

/** What a block's instance is, as a draft says it. */
export type InstanceDraft = Partial<BlockInstance> & Pick<BlockInstance, 'of'>;

/** A kind, with parameters where they differ from the defaults; of an instance (`block`) also what it stands for. */
export type NodeDraft =
  | string
  | readonly [kind: string, params?: Readonly<Record<string, Json>>, block?: InstanceDraft];

export interface DraftedGraph {
  nodes: Record<string, DocNode>;
  wires: Record<string, DocWire>;
  notes: Record<string, never>;
}

const strideX = 304;
const strideY = 216;

/**
 * @param wires `a.port -> b.port`; without ports, from `y` (of data and a block's inputs `x`) to `x`
 */
export function draftGraph(
  nodes: Readonly<Record<string, NodeDraft>>,
  wires: readonly string[],
): DraftedGraph {
  const kindOf = (name: string): string => {
    const draft = nodes[name] ?? '';
    return typeof draft === 'string' ? draft : draft[0];
  };
  const drawn = wires.map((text): DocWire => {
    const [from = '', to = ''] = text.split('->').map((end) => end.trim());
    const [source = '', output = ['data', blockInputKind].includes(kindOf(source)) ? 'x' : 'y'] =
      from.split('.');
    const [sink = '', input = 'x'] = to.split('.');
    return { from: [source, output], to: [sink, input] };
  });
  const places = columns(Object.keys(nodes), drawn);
  return {
    nodes: Object.fromEntries(
      Object.entries(nodes).map(([name, draft]) => {
        const [kind, params = {}, block] = typeof draft === 'string' ? ([draft] as const) : draft;
        const [column, row] = places.get(name) ?? [0, 0];
        const position = [column * strideX, row * strideY];
        return [name, nodeSchema.parse({ kind, name, params, position, ...(block && { block }) })];
      }),
    ),
    wires: Object.fromEntries(drawn.map((w, i) => [`w${i + 1}`, w])),
    notes: {},
  };
}

/** The column of each node is the longest way to it, the row its place among those of the same column. */
function columns(names: readonly string[], wires: readonly DocWire[]): Map<string, [number, number]> {
  const depth = new Map(names.map((name) => [name, 0]));
  // As many rounds as nodes settle every way; a circle ends there too.
  for (let round = 0; round < names.length; round++) {
    const before = [...depth.values()].join();
    for (const { from, to } of wires)
      depth.set(
        to[0],
        Math.max(depth.get(to[0]) ?? 0, Math.min(names.length, (depth.get(from[0]) ?? 0) + 1)),
      );
    if ([...depth.values()].join() === before) break;
  }
  const filled = new Map<number, number>();
  return new Map(
    names.map((name) => {
      const column = depth.get(name) ?? 0;
      const row = filled.get(column) ?? 0;
      filled.set(column, row + 1);
      return [name, [column, row]];
    }),
  );
}
