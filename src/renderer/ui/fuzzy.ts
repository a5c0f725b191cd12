/** Fuzzy search over names, as command palettes do it: letters in order, better where they start words or run on. */

/** How well a text answers a query; 0 for not at all. Case and spaces do not matter. */
export function fuzzyScore(query: string, text: string): number {
  const wanted = query.toLowerCase().replaceAll(/\s+/g, '');
  const given = text.toLowerCase();
  if (wanted === '') return 1;
  if (given === wanted) return 1000;
  const compact = given.replaceAll(/[\s_-]+/g, '');
  if (compact.startsWith(wanted)) return 500 - compact.length;
  if (given.split(/[\s_-]+/).some((word) => word.startsWith(wanted))) return 300 - compact.length;
  if (compact.includes(wanted)) return 200 - compact.length;
  let score = 0;
  let at = 0;
  let run = 0;
  for (const letter of wanted) {
    const found = given.indexOf(letter, at);
    if (found < 0) return 0;
    run = found === at ? run + 1 : 1;
    const startsWord = found === 0 || /[\s_-]/.test(given[found - 1] ?? '');
    score += run + (startsWord ? 4 : 0);
    at = found + 1;
  }
  // Letters scattered over a long text are chance, not an answer.
  return score >= wanted.length * 2 ? score : 0;
}

/** What answers a query, best first; the given order breaks ties. `texts` are the names of an item, first the main one. */
export function fuzzySearch<T>(
  query: string,
  items: readonly T[],
  texts: (item: T) => readonly string[],
): T[] {
  const scored = items.map((item, index) => {
    const [main = '', ...others] = texts(item);
    const score = Math.max(fuzzyScore(query, main), ...others.map((text) => fuzzyScore(query, text) * 0.9));
    return { item, index, score };
  });
  return scored
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score || a.index - b.index)
    .map(({ item }) => item);
}
