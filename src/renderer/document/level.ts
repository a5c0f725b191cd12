/**
 * The canvas that is open: the document's own, or that of a block in it. A level is the whole document with the open canvas's
 * nodes, wires and notes in the place of its own, so every command works on every canvas without knowing of blocks.
 */
import {
  blockInputKind,
  blockOutputKind,
  blockPorts,
  type GraphDocument,
  graphOf,
  placeOf,
  type Scope,
  withGraph,
} from '../../engine/index.ts';

/** The way to the open canvas, in front of ids: `` for the document's own, `n3#0/` inside of the instance n3. */
export type Path = string;

/** Whose canvas a path leads to; undefined where it leads nowhere. */
export function scopeOf(doc: GraphDocument, path: Path): Scope | undefined {
  return placeOf(doc, `${path}x`)?.scope;
}

/** The nearest canvas on the way that is still there. */
export function soundPath(doc: GraphDocument, path: Path): Path {
  return scopeOf(doc, path) !== undefined ? path : soundPath(doc, parentOf(path));
}

/** The canvas around. */
export function parentOf(path: Path): Path {
  const steps = path.split('/').slice(0, -2);
  return steps.length === 0 ? '' : `${steps.join('/')}/`;
}

/** The path of a canvas and the id on it. */
export function splitPath(flat: string): { readonly path: Path; readonly id: string } {
  const at = flat.lastIndexOf('/') + 1;
  return { path: flat.slice(0, at), id: flat.slice(at) };
}

/** The document as the canvas at the path shows it. */
export function levelOf(doc: GraphDocument, path: Path): GraphDocument {
  const scope = scopeOf(doc, path) ?? null;
  const graph = graphOf(doc, scope);
  return scope === null || !graph ? doc : withGraph(doc, null, graph);
}

/** The document after a command made `level` of its canvas at the path. Instances follow what became of their ports. */
export function withLevel(doc: GraphDocument, path: Path, level: GraphDocument): GraphDocument {
  const scope = scopeOf(doc, path) ?? null;
  if (scope === null) return withPortsFollowed(doc, level);
  const { nodes, wires, notes } = doc;
  return withPortsFollowed(doc, withGraph({ ...level, nodes, wires, notes }, scope, level));
}

/** Wires at instances: to another name where a port was renamed, gone where it is gone. */
function withPortsFollowed(before: GraphDocument, after: GraphDocument): GraphDocument {
  if (before.blocks === after.blocks) return after;
  const renames = new Map<string, PortChanges>();
  for (const [id, block] of Object.entries(after.blocks)) {
    const old = before.blocks[id];
    if (!old || old.nodes === block.nodes) continue;
    const changes = portChanges(before, after, id);
    if (changes.inputs.size + changes.outputs.size > 0) renames.set(id, changes);
  }
  if (renames.size === 0) return after;
  return [null, ...Object.keys(after.blocks)].reduce<GraphDocument>((doc, scope) => {
    const graph = graphOf(doc, scope);
    if (!graph) return doc;
    let touched = false;
    const follow = (
      [node, port]: readonly [string, string],
      side: keyof PortChanges,
    ): [string, string] | null => {
      const changes = renames.get(graph.nodes[node]?.block?.of ?? '')?.[side];
      if (!changes?.has(port)) return [node, port];
      touched = true;
      const name = changes.get(port);
      return name === null || name === undefined ? null : [node, name];
    };
    const wires = Object.entries(graph.wires).flatMap(([id, w]) => {
      const [from, to] = [follow(w.from, 'outputs'), follow(w.to, 'inputs')];
      return from && to ? [[id, { from, to }] as const] : [];
    });
    return touched ? withGraph(doc, scope, { ...graph, wires: Object.fromEntries(wires) }) : doc;
  }, after);
}

/** New names of ports by their old ones; null for a port that is gone. */
interface PortChanges {
  readonly inputs: ReadonlyMap<string, string | null>;
  readonly outputs: ReadonlyMap<string, string | null>;
}

function portChanges(before: GraphDocument, after: GraphDocument, block: string): PortChanges {
  const [old, now] = [blockPorts(before, block), blockPorts(after, block)];
  const changes = (side: 'inputs' | 'outputs') =>
    new Map(
      old[side].flatMap(({ id, name }): Array<[string, string | null]> => {
        const kept = now[side].find((port) => port.id === id);
        return kept?.name === name ? [] : [[name, kept?.name ?? null]];
      }),
    );
  return { inputs: changes('inputs'), outputs: changes('outputs') };
}

/** Whether a kind is a port of the block whose canvas it stands on. */
export function isPortKind(kind: string): boolean {
  return kind === blockInputKind || kind === blockOutputKind;
}

/** The instances around something, by path, inner ones first: `n3#0/n7/n1` is inside of `n3#0/n7` and of `n3`. */
export function instancesAround(flat: string): readonly string[] {
  const steps = flat.split('/').slice(0, -1);
  return steps.map((_, i) =>
    steps
      .slice(0, steps.length - i)
      .join('/')
      .replace(/#\d+$/, ''),
  );
}
