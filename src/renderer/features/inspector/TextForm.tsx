/** A text as data: where it is, its characters, and how it becomes samples. */
import { FileText } from 'lucide-react';
import { useEffect, useState } from 'react';
import { type DataOrigin, paramFields, type TextWindows, textWindows } from '../../../engine/index.ts';
import { asJson } from '../../document/commands/data.ts';
import { chooseText, startOfText, type TextOrigin } from '../../session/text.ts';
import { useWorkbench } from '../../session/workbench.ts';
import { Button } from '../../ui/Button.tsx';
import styles from './Inspector.module.css';
import { ParamForm } from './ParamForm.tsx';
import { fileName } from './read-values.ts';

interface FileProps {
  readonly origin: TextOrigin;
  onChange(origin: DataOrigin, label: string, gesture?: string): void;
}

export function TextFileForm({ origin, onChange }: FileProps) {
  const { host } = useWorkbench();
  const name = fileName(origin.path);
  const choose = async (): Promise<void> => {
    const chosen = await chooseText(host);
    if (chosen) onChange({ ...chosen, windows: origin.windows }, `open ${fileName(chosen.path)}`);
  };
  return (
    <>
      <p className={styles.file} title={origin.path}>
        <FileText aria-hidden /> {name}
      </p>
      <Button onClick={() => void choose()}>Choose another file</Button>
      <TextStart path={origin.path} name={name} />
      <TextForm
        windows={origin.windows}
        onChange={(windows, gesture) => onChange({ ...origin, windows }, 'change the windows', gesture)}
      />
      <p className={styles.hint}>
        {[...origin.alphabet].length} different characters: {shown(origin.alphabet)}
      </p>
    </>
  );
}

/** Characters as they can be seen. */
const shown = (alphabet: string): string => alphabet.replace('\n', '⏎').replace('\t', '⇥').replace(' ', '␣');

/** More does not help, and pushes the form down. */
const shownCharacters = 400;

/** The first lines of the file. */
function TextStart({ path, name }: { readonly path: string; readonly name: string }) {
  const { host } = useWorkbench();
  const [start, setStart] = useState<string | null>(null);
  useEffect(() => {
    let isCurrent = true;
    void startOfText(host, path, shownCharacters).then((text) => {
      if (isCurrent) setStart(text);
    });
    return () => {
      isCurrent = false;
    };
  }, [host, path]);
  return start === null ? null : (
    <section aria-label={`The beginning of ${name}`}>
      <pre className={styles.textStart}>{start}</pre>
    </section>
  );
}

interface Props {
  readonly windows: TextWindows;
  onChange(windows: TextWindows, gesture?: string): void;
}

export function TextForm({ windows, onChange }: Props) {
  return (
    <ParamForm
      fields={paramFields(textWindows)}
      values={asJson(windows)}
      onChange={(name, value, gesture) => {
        const next = textWindows.safeParse({ ...windows, [name]: value });
        if (next.success) onChange(next.data, gesture && `${name}:${gesture}`);
      }}
    />
  );
}
