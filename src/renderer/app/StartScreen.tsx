/** The start screen: go on where you were, open, begin, or take a template. */
import { FilePlus2, FolderOpen, History, RotateCcw } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { Output } from '../../main/ipc/contract.ts';
import { newDocument, openPath, openWithDialog, recover, valueOrSay } from '../session/files.ts';
import { useWorkbench } from '../session/workbench.ts';
import { Button } from '../ui/Button.tsx';
import styles from './StartScreen.module.css';
import { TemplateGallery } from './TemplateGallery.tsx';

export function StartScreen() {
  const workbench = useWorkbench();
  return (
    <div className={styles.screen}>
      <aside className={styles.side}>
        <div className={styles.brand}>
          <img src="./icon.svg" alt="" width="32" height="32" />
          <h1>Gradloom</h1>
        </div>
        <p className={styles.motto}>Wire a network, train it here, and see its gradients live.</p>
        <div className={styles.begin}>
          <Button tone="primary" onClick={() => void newDocument(workbench)}>
            <FilePlus2 aria-hidden /> New document
          </Button>
          <Button onClick={() => void openWithDialog(workbench)}>
            <FolderOpen aria-hidden /> Open…
          </Button>
        </div>
        <Recovery />
        <Recent />
      </aside>
      <main className={styles.main}>
        <TemplateGallery />
      </main>
    </div>
  );
}

function Recovery() {
  const workbench = useWorkbench();
  const [journals, setJournals] = useState<Output<'recovery:list'>>([]);
  useEffect(() => {
    let gone = false;
    void workbench.host.invoke('recovery:list', null).then((reply) => {
      if (!gone) setJournals(valueOrSay(reply) ?? []);
    });
    return () => {
      gone = true;
    };
  }, [workbench]);
  if (journals.length === 0) return null;
  const discard = async (id: string): Promise<void> => {
    valueOrSay(await workbench.host.invoke('document:discard-autosave', { id }));
    setJournals(journals.filter((journal) => journal.id !== id));
  };
  return (
    <section className={styles.recovery} aria-label="Unsaved work">
      <h3>
        <RotateCcw aria-hidden /> Unsaved work was kept
      </h3>
      {journals.map(({ id, name, savedAt }) => (
        <div key={id} className={styles.journal}>
          <span>
            {name}
            <small>{new Date(savedAt).toLocaleString()}</small>
          </span>
          <Button onClick={() => void recover(workbench, id)}>Bring back</Button>
          <Button tone="quiet" onClick={() => void discard(id)}>
            Discard
          </Button>
        </div>
      ))}
    </section>
  );
}

function Recent() {
  const workbench = useWorkbench();
  const [files, setFiles] = useState<Output<'recent:list'>>([]);
  useEffect(() => {
    let gone = false;
    void workbench.host.invoke('recent:list', null).then((reply) => {
      if (!gone) setFiles(valueOrSay(reply) ?? []);
    });
    return () => {
      gone = true;
    };
  }, [workbench]);
  if (files.length === 0) return null;
  return (
    <section className={styles.recent}>
      <h3>
        <History aria-hidden /> Recent
      </h3>
      <ul>
        {files.slice(0, 8).map(({ path, name, exists }) => (
          <li key={path}>
            <button
              type="button"
              disabled={!exists}
              title={path}
              onClick={() => void openPath(workbench, path)}
            >
              {name}
              <small>{exists ? path : 'not there any more'}</small>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
