/** A CSV file as data: where it is, a way to another one, and its columns, corrected by hand. */
import { FileSpreadsheet } from 'lucide-react';
import { type DataOrigin, retypeColumn } from '../../../engine/index.ts';
import { type CsvOrigin, chooseCsv, readCsv } from '../../session/csv.ts';
import { useWorkbench } from '../../session/workbench.ts';
import { Button } from '../../ui/Button.tsx';
import { ColumnTable, type ColumnType } from './ColumnTable.tsx';
import styles from './Inspector.module.css';
import { fileName } from './read-values.ts';
import { SeriesForm } from './SeriesForm.tsx';

interface Props {
  /** Null where the node's data cannot be read. */
  readonly origin: CsvOrigin | null;
  onChange(origin: DataOrigin, label: string, gesture?: string): void;
}

export function CsvForm({ origin, onChange }: Props) {
  const { host } = useWorkbench();
  const choose = async (): Promise<void> => {
    const chosen = await chooseCsv(host);
    if (chosen) onChange(chosen, `open ${fileName(chosen.path)}`);
  };
  /** A category's values are in the file, so it is read again. */
  const retype = async (from: CsvOrigin, name: string, type: ColumnType): Promise<void> => {
    const read = await readCsv(host, from.path, from.format);
    if (!read) return;
    const columns = from.recipe.columns.map((column) => {
      if (column.name !== name) return column;
      const next = retypeColumn(read.table, column, type, from.recipe.missingTokens);
      return type === 'text' ? { ...next, role: 'ignore' as const } : next;
    });
    onChange({ ...from, recipe: { ...from.recipe, columns } }, `change the type of ${name}`);
  };
  return (
    <>
      {origin ? (
        <p className={styles.file} title={origin.path}>
          <FileSpreadsheet aria-hidden /> {fileName(origin.path)}
        </p>
      ) : null}
      <Button onClick={() => void choose()}>{origin ? 'Choose another file' : 'Choose a CSV file'}</Button>
      {origin ? (
        <ColumnTable
          recipe={origin.recipe}
          onChange={(recipe, label) => onChange({ ...origin, recipe }, label)}
          onRetype={(name, type) => void retype(origin, name, type)}
        />
      ) : null}
      {origin ? (
        <SeriesForm
          windows={origin.windows}
          onChange={(windows, gesture) => onChange({ ...origin, windows }, 'change the windows', gesture)}
        />
      ) : null}
    </>
  );
}
