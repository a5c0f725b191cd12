/** The left sidebar's layers: by category, searched with aliases, dragged onto the canvas or added with Enter. */
import { ChevronRight, Search } from 'lucide-react';
import { useState } from 'react';
import { addNode } from '../../document/commands/nodes.ts';
import { scopeOf } from '../../document/level.ts';
import { DRAGGED_KIND } from '../../session/session.ts';
import { useDocument, useWorkbench } from '../../session/workbench.ts';
import { categories } from '../../ui/category.ts';
import { Tip } from '../../ui/Tip.tsx';
import { WhatIsThis } from '../../ui/WhatIsThis.tsx';
import { type PaletteItem, paletteItems, searchItems } from './items.ts';
import styles from './LayerPalette.module.css';

export function LayerPalette() {
  const [query, setQuery] = useState('');
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const blocks = useDocument((s) => s.level.blocks);
  const scope = useDocument((s) => scopeOf(s.doc, s.path) ?? null);
  const found = searchItems(query, paletteItems({ blocks }, scope));
  const groups = [...new Set(found.map((layer) => layer.category))].map((category) => ({
    category,
    layers: found.filter((layer) => layer.category === category),
  }));
  return (
    <div className={styles.palette}>
      <div className={styles.top}>
        <label className={styles.search}>
          <Search aria-hidden />
          <input
            type="search"
            value={query}
            onChange={(event) => setQuery(event.target.value)}
            placeholder="Search layers"
            aria-label="Search layers"
            spellCheck={false}
          />
        </label>
        <WhatIsThis topic="category" />
      </div>
      <div className={styles.list}>
        {groups.map(({ category, layers }) => {
          const isOpen = query !== '' || !closed.has(category);
          return (
            <section key={category}>
              <button
                type="button"
                className={styles.group}
                aria-expanded={isOpen}
                onClick={() => setClosed(toggled(closed, category))}
              >
                <ChevronRight aria-hidden />
                {categories[category].title}
                <span className={styles.count}>{layers.length}</span>
              </button>
              {isOpen ? layers.map((layer) => <PaletteRow key={layer.kind} layer={layer} />) : null}
            </section>
          );
        })}
        {found.length === 0 ? <p className={styles.none}>No layer is called “{query}”.</p> : null}
      </div>
    </div>
  );
}

function PaletteRow({ layer }: { readonly layer: PaletteItem }) {
  const { document, canvas, session } = useWorkbench();
  const { Icon, color } = categories[layer.category];
  return (
    <Tip text={layer.doc} side="right">
      <button
        type="button"
        className={styles.row}
        draggable
        style={{ '--tone': color }}
        onDragStart={(event) => {
          event.dataTransfer.setData(DRAGGED_KIND, layer.kind);
          event.dataTransfer.effectAllowed = 'copy';
        }}
        onFocus={() => {
          const { selection } = session.getState();
          session.setState({ lookedUp: { kind: layer.kind, selection } });
        }}
        onClick={() => {
          const position = canvas.current?.centre() ?? [0, 0];
          document.getState().run(addNode({ kind: layer.kind, position }));
        }}
      >
        <Icon aria-hidden />
        <span>{layer.title}</span>
      </button>
    </Tip>
  );
}

function toggled(set: ReadonlySet<string>, key: string): ReadonlySet<string> {
  const next = new Set(set);
  if (!next.delete(key)) next.add(key);
  return next;
}
