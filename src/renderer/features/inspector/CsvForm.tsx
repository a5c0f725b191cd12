/** A CSV file as data: chosen through the shell, looked at by the engine, its columns then corrected by hand. */
import { FileSpreadsheet } from 'lucide-react';
import { type DataOrigin, EngineError, previewCsv } from '../../../engine/index.ts';
import { sayFailure, valueOrSay } from '../../session/files.ts';
import { useWorkbench } from '../../session/workbench.ts';
import { Button } from '../../ui/Button.tsx';
import { ColumnTable } from './ColumnTable.tsx';
import styles from './Inspector.module.css';

type CsvOrigin = Extract<DataOrigin, { source: 'csv' }>;

interface Props {
  /** Null before a file was chosen. */
  readonly origin: CsvOrigin | null;
  onChange(origin: DataOrigin, label: string): void;
}

export function CsvForm({ origin, onChange }: Props) {
  const { host } = useWorkbench();
  async function choose(): Promise<void> {
    const path = valueOrSay(await host.chooseOpen({ purpose: 'data' }));
    const file = path === null ? null : valueOrSay(await host.invoke('data:read', { path }));
    if (path === null || !file) return;
    try {
      const { recipe, hash, table } = await previewCsv(Uint8Array.from(file.bytes).buffer, file.name);
      const format = { delimiter: 'auto' as const, decimal: table.decimal };
      onChange({ source: 'csv', path, format, recipe, hash }, `open ${file.name}`);
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      sayFailure(error.user);
    }
  }
  return (
    <>
      {origin ? <p className={styles.hint}>{origin.path}</p> : null}
      <Button onClick={() => void choose()}>
        <FileSpreadsheet aria-hidden /> {origin ? 'Choose another CSV file' : 'Choose a CSV file'}
      </Button>
      {origin ? (
        <ColumnTable
          recipe={origin.recipe}
          onChange={(recipe, label) => onChange({ ...origin, recipe }, label)}
        />
      ) : null}
    </>
  );
}
