/** The toolbar: the menu, the document's name, undo and redo, the run's controls, the theme and the panels. */
import { Menu, Moon, PanelBottom, PanelLeft, PanelRight, Redo2, Search, Sun, Undo2 } from 'lucide-react';
import { useState } from 'react';
import { renameDocument } from '../document/commands/settings.ts';
import { actionTitle, isEnabled } from '../session/actions.ts';
import { isUnsaved } from '../session/files.ts';
import { useDocument, useSession, useWorkbench } from '../session/workbench.ts';
import { IconButton } from '../ui/Button.tsx';
import { AppMenu } from './AppMenu.tsx';
import { actionOf, runAction } from './actions.ts';
import { readable } from './keys.ts';
import { slots } from './slots.ts';
import styles from './Toolbar.module.css';
import { setTheme } from './theme.ts';

const icons = {
  'edit.undo': Undo2,
  'edit.redo': Redo2,
  'view.left': PanelLeft,
  'view.bottom': PanelBottom,
  'view.right': PanelRight,
} as const;

export function Toolbar() {
  return (
    <header className={styles.toolbar}>
      <div className={styles.side}>
        <AppMenu>
          <IconButton label="Menu">
            <Menu />
          </IconButton>
        </AppMenu>
        <DocumentName />
        <span className={styles.gap} />
        <ActionButton id="edit.undo" />
        <ActionButton id="edit.redo" />
      </div>
      <div className={styles.middle}>{slots.RunControls ? <slots.RunControls /> : null}</div>
      <div className={styles.side} data-end>
        <CommandButton />
        <ThemeButton />
        <span className={styles.gap} />
        <ActionButton id="view.left" />
        <ActionButton id="view.bottom" />
        <ActionButton id="view.right" />
      </div>
    </header>
  );
}

function ActionButton({ id }: { readonly id: keyof typeof icons }) {
  const workbench = useWorkbench();
  useDocument((s) => s.past.length + s.future.length * 1e6); // what undo and redo are called and whether they can
  useSession((s) => s.panels);
  const action = actionOf(id);
  if (!action) return null;
  const Icon = icons[id];
  const key = action.keys?.[0];
  return (
    <IconButton
      label={actionTitle(action, workbench)}
      keys={key && readable(key, workbench.host.info.platform === 'darwin')}
      disabled={!isEnabled(action, workbench)}
      {...(action.checked ? { pressed: action.checked(workbench) } : {})}
      onClick={() => runAction(workbench, id)}
    >
      <Icon />
    </IconButton>
  );
}

function CommandButton() {
  const workbench = useWorkbench();
  return (
    <IconButton
      label="All commands"
      keys={readable('CmdOrCtrl+K', workbench.host.info.platform === 'darwin')}
      onClick={() => runAction(workbench, 'help.commands')}
    >
      <Search />
    </IconButton>
  );
}

function ThemeButton() {
  const workbench = useWorkbench();
  const isDark = useSession((s) => s.isDark);
  return (
    <IconButton
      label={isDark ? 'Light theme' : 'Dark theme'}
      onClick={() => setTheme(workbench, isDark ? 'light' : 'dark')}
    >
      {isDark ? <Sun /> : <Moon />}
    </IconButton>
  );
}

function DocumentName() {
  const workbench = useWorkbench();
  const name = useDocument((s) => s.doc.name);
  useDocument((s) => s.saved);
  useDocument((s) => s.doc);
  const file = useSession((s) => s.file);
  const [draft, setDraft] = useState<string | null>(null);
  const unsaved = isUnsaved(workbench);
  const commit = (): void => {
    if (draft !== null) workbench.document.getState().run(renameDocument(draft));
    setDraft(null);
  };
  return (
    <span className={styles.document}>
      <span className={styles.sizer} aria-hidden>
        {draft ?? name}
      </span>
      <input
        className={styles.name}
        aria-label="Name of the document"
        title={file?.path ?? 'Not saved in a file yet'}
        size={1}
        value={draft ?? name}
        spellCheck={false}
        onChange={(event) => setDraft(event.target.value)}
        onBlur={commit}
        onKeyDown={(event) => {
          if (event.key === 'Enter') event.currentTarget.blur();
          if (event.key === 'Escape') setDraft(null);
        }}
      />
      <span
        className={styles.dot}
        data-unsaved={unsaved}
        role="status"
        aria-label={unsaved ? 'Unsaved changes' : 'No unsaved changes'}
        title={unsaved ? 'Unsaved changes' : ''}
      />
    </span>
  );
}
