/** Which templates the start screen shows, and which of them share a card. */
import { layerOf, type Template, themes } from '../../engine/index.ts';

/** Templates on cards: those of one family together, where the first of them stands. */
export function cardsOf(templates: readonly Template[]): readonly (readonly [Template, ...Template[]])[] {
  const cards = Map.groupBy(templates, ({ id, family }) => family?.title ?? id);
  return [...cards.values()].flatMap(([first, ...others]) => (first ? [[first, ...others] as const] : []));
}

/** The templates whose words hold every word of the query, in their order: titles, texts, themes and the layers they use. */
export function matching(templates: readonly Template[], query: string): readonly Template[] {
  const wanted = query.toLowerCase().split(/\s+/).filter(Boolean);
  return templates.filter((template) => {
    const words = wordsOf(template).toLowerCase();
    return wanted.every((word) => words.includes(word));
  });
}

function wordsOf({ id, title, summary, family, theme, document }: Template): string {
  const kinds = new Set(Object.values(document.nodes).map(({ kind }) => kind));
  return [
    id,
    title,
    summary,
    family?.title,
    family?.variant,
    themes.find((t) => t.id === theme)?.title,
    document.training.optimizer.kind,
    ...Object.values(document.blocks).map((block) => block.title),
    ...[...kinds].flatMap((kind) => [kind, layerOf(kind)?.title]),
  ].join(' ');
}
