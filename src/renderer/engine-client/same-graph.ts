/**
 * What an edit of the document means for a run of it. Names, kinds, parameters and wires make the net; positions, notes and
 * settings do not; hot parameters (a dropout probability) may change while it trains.
 */
import {
  type DocNode,
  type GraphDocument,
  inline,
  type Json,
  layerOf,
  type NetNode,
  paramFields,
} from '../../engine/index.ts';

/** Whether two documents train the same net, but for its hot parameters. */
export function isSameGraph(a: GraphDocument, b: GraphDocument): boolean {
  if (a === b) return true;
  const isUntouched =
    a.nodes === b.nodes && a.wires === b.wires && a.blocks === b.blocks && a.params === b.params;
  if (isUntouched) return true;
  const [before, after] = [inline(a), inline(b)];
  return (
    sameEntries(before.nodes, after.nodes, isSameNode) && sameEntries(before.wires, after.wires, isSameJson)
  );
}

export interface HotChange {
  /** `<node>.<parameter>`, as the worker calls it. */
  readonly name: string;
  readonly value: number;
}

/** Hot parameters that differ between two documents of the same graph. */
export function hotChanges(before: GraphDocument, after: GraphDocument): readonly HotChange[] {
  if (before === after) return [];
  const earlier = inline(before).nodes;
  return Object.entries(inline(after).nodes).flatMap(([id, node]) => {
    const old = earlier[id];
    if (!old || old === node) return [];
    return hotFields(node.kind).flatMap(({ name, default: otherwise }) => {
      const value = node.params[name] ?? otherwise;
      const isChanged = value !== (old.params[name] ?? otherwise);
      return isChanged && typeof value === 'number' ? { name: `${node.name}.${name}`, value } : [];
    });
  });
}

function hotFields(kind: string) {
  const layer = layerOf(kind);
  return layer ? paramFields(layer.params).filter(({ hot }) => hot) : [];
}

function isSameNode(a: NetNode, b: NetNode): boolean {
  return (
    a.kind === b.kind &&
    a.name === b.name &&
    a.weights === b.weights &&
    isSameJson(coldParams(a), coldParams(b))
  );
}

function coldParams({ kind, params }: DocNode): Record<string, Json> {
  const hot = new Set(hotFields(kind).map(({ name }) => name));
  return Object.fromEntries(Object.entries(params).filter(([name]) => !hot.has(name)));
}

function sameEntries<T>(
  a: Readonly<Record<string, T>>,
  b: Readonly<Record<string, T>>,
  isSame: (a: T, b: T) => boolean,
): boolean {
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  return keys.every((key) => {
    const [left, right] = [a[key], b[key]];
    return left !== undefined && right !== undefined && (left === right || isSame(left, right));
  });
}

/** Documents keep the order of their keys, so equal values have equal text. */
function isSameJson(a: unknown, b: unknown): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}
