/** A node's name on its header; a field while it is being renamed (F2, or a double click). */
import { toast } from 'sonner';
import { renameNode, whyNotName } from '../../document/commands/nodes.ts';
import { useSession, useWorkbench } from '../../session/workbench.ts';
import styles from './LayerNode.module.css';

export function NodeName({ id, name }: { readonly id: string; readonly name: string }) {
  const { session, document } = useWorkbench();
  const isRenaming = useSession((s) => s.renaming === id);
  if (!isRenaming) {
    return (
      // biome-ignore lint/a11y/noStaticElementInteractions: F2 is the keyboard's way to the same
      <span
        className={styles.name}
        onDoubleClick={(event) => {
          event.stopPropagation();
          session.setState({ renaming: id });
        }}
      >
        {name}
      </span>
    );
  }
  const finish = (value: string): void => {
    if (session.getState().renaming !== id) return; // Escape has ended it
    session.setState({ renaming: null });
    const refusal = whyNotName(document.getState().level, id, value);
    if (refusal === null) document.getState().run(renameNode(id, value));
    else toast.error(`${name} keeps its name`, { description: refusal });
  };
  return (
    <input
      className={`${styles.nameField} nodrag nopan`}
      aria-label={`New name of ${name}`}
      defaultValue={name}
      // biome-ignore lint/a11y/noAutofocus: the person has just asked to type here
      autoFocus
      spellCheck={false}
      onFocus={(event) => event.currentTarget.select()}
      onBlur={(event) => finish(event.currentTarget.value.trim())}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key === 'Enter') finish(event.currentTarget.value.trim());
        if (event.key === 'Escape') session.setState({ renaming: null });
      }}
    />
  );
}
