// Walks over graphs of values: order, users, names for printing. A graph is known by its roots.
import { applyOp, type Value } from './value.ts';

/** Every value that the roots need, inputs before users. */
export function topological(roots: Iterable<Value>): Value[] {
  const seen = new Set<Value>();
  const order: Value[] = [];
  const stack: Array<{ value: Value; next: number }> = [];
  for (const root of roots) {
    if (seen.has(root)) continue;
    seen.add(root);
    stack.push({ value: root, next: 0 });
    while (stack.length > 0) {
      const top = stack[stack.length - 1]!;
      const input = top.value.inputs[top.next++];
      if (input === undefined) {
        order.push(top.value);
        stack.pop();
      } else if (!seen.has(input)) {
        seen.add(input);
        stack.push({ value: input, next: 0 });
      }
    }
  }
  return order;
}

/** Who reads each value, among the values in `order`. */
export function usersOf(order: readonly Value[]): Map<Value, Value[]> {
  const users = new Map<Value, Value[]>(order.map((v) => [v, []]));
  for (const v of order) for (const input of v.inputs) users.get(input)?.push(v);
  return users;
}

/** One line per value: `%3 = matmul(%1, %2) f32[64, 128]`; numbered in order, so that equal graphs print equal. */
export function printGraph(roots: Iterable<Value>): string {
  const order = topological(roots);
  const number = new Map(order.map((v, i) => [v, i]));
  return order
    .map((v) => {
      const inputs = v.inputs.map((i) => `%${number.get(i)}`).join(', ');
      const attrs = v.attrs === null || v.attrs === undefined ? '' : ` ${JSON.stringify(v.attrs)}`;
      return `%${number.get(v)} = ${v.op.id}(${inputs})${attrs} ${v.dtype}[${v.shape.join(', ')}]`;
    })
    .join('\n');
}

/** The roots with some values exchanged for others of the same type, everything above them made again. */
export function replaceValues(roots: readonly Value[], exchange: ReadonlyMap<Value, Value>): Value[] {
  const now = new Map<Value, Value>();
  for (const v of topological(roots)) {
    const inputs = v.inputs.map((i) => now.get(i)!);
    const same = inputs.every((x, i) => x === v.inputs[i]);
    now.set(v, exchange.get(v) ?? (same ? v : applyOp(v.op, inputs, v.attrs)));
  }
  return roots.map((r) => now.get(r)!);
}
