/** A note on the canvas, Markdown with LaTeX, or a frame with its title; a double click edits its source. */
import { type Node, type NodeProps, NodeResizer } from '@xyflow/react';
import { memo, useState } from 'react';
import { setNote } from '../../document/commands/settings.ts';
import { useDocument, useWorkbench } from '../../session/workbench.ts';
import { Markdown } from '../../ui/Markdown.tsx';
import styles from './NoteNode.module.css';

export const NoteNode = memo(function NoteNode({ id, selected }: NodeProps<Node>) {
  const { document } = useWorkbench();
  const text = useDocument((s) => s.level.notes[id]?.text);
  const frame = useDocument((s) => s.level.notes[id]?.frame);
  const [isEditing, setEditing] = useState(text === '');
  if (text === undefined) return null;
  return (
    <>
      <NodeResizer
        isVisible={selected}
        minWidth={120}
        minHeight={64}
        lineClassName={styles.line}
        handleClassName={styles.grip}
      />
      {frame === undefined ? null : (
        <div className={styles.frame} data-selected={selected} style={{ '--tone': `var(--cat-${frame})` }} />
      )}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: F2 edits the selected note from the keyboard */}
      <div
        className={frame === undefined ? styles.note : styles.frameTitle}
        data-selected={selected}
        onDoubleClick={() => setEditing(true)}
      >
        {isEditing ? (
          <textarea
            className={`${styles.source} nodrag nopan nowheel`}
            aria-label="Text of the note, Markdown"
            placeholder="Write a note. Markdown and $\LaTeX$ work."
            defaultValue={text}
            // biome-ignore lint/a11y/noAutofocus: the person has just asked to type here
            autoFocus
            onKeyDown={(event) => {
              event.stopPropagation();
              if (event.key === 'Escape') event.currentTarget.blur();
            }}
            onBlur={(event) => {
              setEditing(false);
              document.getState().run(setNote(id, { text: event.currentTarget.value }));
            }}
          />
        ) : (
          <Markdown text={text === '' ? '*Empty note*' : text} />
        )}
      </div>
    </>
  );
});
