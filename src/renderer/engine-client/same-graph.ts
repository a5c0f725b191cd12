/** Whether two documents train the same net: names, kinds, parameters and wires count; positions, notes and settings do not. */
import type { DocNode, GraphDocument } from '../../engine/index.ts';

export function isSameGraph(a: GraphDocument, b: GraphDocument): boolean {
  if (a === b || (a.nodes === b.nodes && a.wires === b.wires)) return true;
  return sameEntries(a.nodes, b.nodes, isSameNode) && sameEntries(a.wires, b.wires, isSameJson);
}

function isSameNode(a: DocNode, b: DocNode): boolean {
  return a.kind === b.kind && a.name === b.name && isSameJson(a.params, b.params);
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
