/**
 * Remedies that verdicts offer: each is a pure edit of the document, with words. A fix that would change nothing is not
 * offered. Ids and wires stay, so weights that still fit can stay and undo is one step.
 */
import type { GraphDocument } from '../model/schema.ts';
import type { Fix } from './fixes/fix.ts';
import { layerFixes } from './fixes/layers.ts';
import { rateFix, settingFixes } from './fixes/settings.ts';

/** Fixes by id; some carry a number that their verdict has worked out, and `a+b` is both at once. */
const fixes: ReadonlyMap<string, Fix> = new Map([...layerFixes, ...settingFixes].map((fix) => [fix.id, fix]));

function fixOf(id: string): Fix | null {
  const parts = id.split('+').flatMap((part) => fixes.get(part) ?? rateFix(part) ?? []);
  const [first, ...others] = parts;
  return first ? others.reduce(both, first) : null;
}

/** Two fixes as one edit, for what neither cures alone. */
function both(one: Fix, other: Fix): Fix {
  return {
    id: `${one.id}+${other.id}`,
    title: `${one.title} and ${other.title[0]?.toLowerCase()}${other.title.slice(1)}`,
    words: `${one.words} ${other.words}`,
    apply: (document) => other.apply(one.apply(document)),
  };
}

/** Those of the named fixes that would change this document, in the same order. */
export function applicableFixes(ids: readonly string[], document: GraphDocument): readonly Fix[] {
  return ids.flatMap((id) => {
    const fix = fixOf(id);
    return fix && fix.apply(document) !== document ? fix : [];
  });
}
