/** Monaco, read-only: text in, nothing out. Its workers are bundled with the app; nothing is fetched from elsewhere. */
import * as monaco from 'monaco-editor';
import EditorWorker from 'monaco-editor/editor/editor.worker.js?worker';
import JsonWorker from 'monaco-editor/languages/features/json/json.worker.js?worker';
import TypeScriptWorker from 'monaco-editor/languages/features/typescript/ts.worker.js?worker';
import { useEffect, useRef } from 'react';
import { useTheme } from '../../ui/theme.ts';
import styles from './CodePanel.module.css';

const workers: Readonly<Record<string, () => Worker>> = {
  json: () => new JsonWorker(),
  typescript: () => new TypeScriptWorker(),
  javascript: () => new TypeScriptWorker(),
};

self.MonacoEnvironment = { getWorker: (_, label) => workers[label]?.() ?? new EditorWorker() };

export interface MonacoViewProps {
  readonly text: string;
  readonly language: 'json' | 'typescript';
  readonly label: string;
}

export function MonacoView({ text, language, label }: MonacoViewProps) {
  const box = useRef<HTMLDivElement>(null);
  const editor = useRef<monaco.editor.IStandaloneCodeEditor | null>(null);
  const theme = useTheme();
  const first = useRef({ text, language, label });

  useEffect(() => {
    if (!box.current) return;
    const { text, language, label } = first.current;
    const made = monaco.editor.create(box.current, {
      value: text,
      language,
      ariaLabel: label,
      readOnly: true,
      automaticLayout: true,
      minimap: { enabled: false },
      scrollBeyondLastLine: false,
      fontFamily: "'JetBrains Mono Variable', ui-monospace, monospace",
      fontSize: 12,
      lineNumbersMinChars: 3,
      folding: true,
      renderLineHighlight: 'none',
    });
    editor.current = made;
    return () => {
      made.dispose(); // with its model, which it made: disposing of that first takes it from the editor twice
      editor.current = null;
    };
  }, []);

  useEffect(() => {
    const model = editor.current?.getModel();
    if (!model) return;
    if (model.getValue() !== text) model.setValue(text);
    monaco.editor.setModelLanguage(model, language);
  }, [text, language]);

  useEffect(() => monaco.editor.setTheme(theme === 'dark' ? 'vs-dark' : 'vs'), [theme]);

  return <div ref={box} className={styles.editor} />;
}
