/** The document's own text, Markdown with LaTeX: what to look at, what to try. It is edited in place. */
import { Pencil } from 'lucide-react';
import { useState } from 'react';
import { setDescription } from '../../document/commands/settings.ts';
import { useDocument, useWorkbench } from '../../session/workbench.ts';
import { Button } from '../../ui/Button.tsx';
import { Markdown } from '../../ui/Markdown.tsx';
import styles from './Inspector.module.css';

export function Guide() {
  const { document } = useWorkbench();
  const text = useDocument((s) => s.doc.description);
  const name = useDocument((s) => s.doc.name);
  const [isEditing, setEditing] = useState(false);
  return (
    <div className={styles.panel}>
      <section className={styles.guide}>
        <h2 className={styles.guideTitle}>{name}</h2>
        {isEditing ? (
          <textarea
            className={styles.editor}
            aria-label="Guide, Markdown"
            defaultValue={text}
            // biome-ignore lint/a11y/noAutofocus: the person has just asked to type here
            autoFocus
            onChange={(event) => document.getState().run(setDescription(event.target.value))}
          />
        ) : (
          <Markdown text={text === '' ? '*This document has no guide yet.*' : text} />
        )}
        <Button tone="quiet" onClick={() => setEditing(!isEditing)}>
          <Pencil aria-hidden /> {isEditing ? 'Done' : 'Edit'}
        </Button>
      </section>
    </div>
  );
}
