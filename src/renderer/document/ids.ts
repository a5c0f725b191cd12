/** Ids of nodes, wires, notes and blocks: opaque, never reused, and never like an integer (JSON objects would reorder those). */

/** A new id. 48 random bits: even a document of 10⁵ items has no two alike, but for one chance in 50 000. */
export function newId(prefix: 'n' | 'w' | 't' | 'b'): string {
  return prefix + crypto.randomUUID().replaceAll('-', '').slice(0, 12);
}

/** The record without these keys. */
export function omit<T>(record: Readonly<Record<string, T>>, keys: Iterable<string>): Record<string, T> {
  const gone = new Set(keys);
  return Object.fromEntries(Object.entries(record).filter(([key]) => !gone.has(key)));
}
