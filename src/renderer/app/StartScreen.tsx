/** The start screen: go on where you were, open, begin, or take a template. */
import { FilePlus2, FolderOpen, History, RotateCcw } from 'lucide-react';
import { useEffect, useState } from 'react';
import { type Template, templates } from '../../engine/index.ts';
import type { Output } from '../../main/ipc/contract.ts';
import { newDocument, openCopy, openPath, openWithDialog, recover, valueOrSay } from '../session/files.ts';
import { useWorkbench } from '../session/workbench.ts';
import { Button } from '../ui/Button.tsx';
import styles from './StartScreen.module.css';
import { TemplatePicture } from './TemplatePicture.tsx';

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
        <h2>Start from a template</h2>
        <p className={styles.sub}>Each trains out of the box, and says what to look at.</p>
        <ul className={styles.gallery}>
          {templates.map((template) => (
            <TemplateCard key={template.id} template={template} />
          ))}
        </ul>
      </main>
    </div>
  );
}

function TemplateCard({ template }: { readonly template: Template }) {
  const workbench = useWorkbench();
  return (
    <li>
      <button
        type="button"
        className={styles.card}
        onClick={() => void openCopy(workbench, template.document)}
      >
        <TemplatePicture document={template.document} />
        <span className={styles.cardText}>
          <strong>{template.title}</strong>
          <span>{firstSentence(template.text)}</span>
        </span>
      </button>
    </li>
  );
}

/** What the gallery shows of a template's text: its first sentence, without the marks of Markdown. */
function firstSentence(text: string): string {
  const [paragraph = ''] = text.split(/\n\s*\n/).filter((p) => !p.startsWith('#'));
  const plain = paragraph.replaceAll(/[*_`$]|\\(?=[a-z])/g, '').replaceAll(/\s+/g, ' ');
  return /^.*?[.:;!?](?=\s|$)/.exec(plain)?.[0].replace(/[:;]$/, '.') ?? plain;
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
