/** The page of the layer that is selected, or that the palette has the keyboard on: what docs/layers/ holds, at hand. */
import { useMemo } from 'react';
import { type LayerSpec, layerOf, layerPage } from '../../../engine/index.ts';
import { useDocument, useSession } from '../../session/workbench.ts';
import { Markdown } from '../../ui/Markdown.tsx';
import styles from './Docs.module.css';

export function Docs() {
  const selection = useSession((s) => s.selection);
  const lookedUp = useSession((s) => (s.lookedUp?.selection === s.selection ? s.lookedUp.kind : null));
  const selected = useDocument((s) => {
    const kinds = new Set([...selection.nodes].map((id) => s.level.nodes[id]?.kind));
    return kinds.size === 1 ? [...kinds][0] : undefined;
  });
  const kind = lookedUp ?? selected;
  const layer = kind === undefined ? undefined : layerOf(kind);
  if (layer) return <LayerPage key={layer.kind} layer={layer} />;
  return (
    <p className={styles.hint}>
      {kind === undefined
        ? 'Select a node, or move through the palette with the keyboard, to read about its layer here.'
        : `This version of Gradloom does not know the layer “${kind}”.`}
    </p>
  );
}

function LayerPage({ layer }: { readonly layer: LayerSpec }) {
  const text = useMemo(() => layerPage(layer), [layer]);
  return (
    <article className={styles.page} aria-label={`About ${layer.title}`}>
      <Markdown text={text} />
    </article>
  );
}
