/** The one menu of every picture: copy or save it as PNG or SVG, and its numbers as CSV. */
import { Ellipsis } from 'lucide-react';
import { DropdownMenu } from 'radix-ui';
import { toast } from 'sonner';
import { IconButton } from './Button.tsx';
import styles from './Menu.module.css';
import { csvOf, type PictureFile, type PictureSource } from './picture.ts';

export interface PictureMenuProps {
  readonly source: PictureSource;
  onSave(file: PictureFile): void;
}

export function PictureMenu({ source, onSave }: PictureMenuProps) {
  const { name, png, svg, table } = source;
  const bytes = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);
  const savePng = async (): Promise<void> =>
    onSave({ name: `${name}.png`, bytes: new Uint8Array(await (await png()).arrayBuffer()), kind: 'image' });
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild>
        <IconButton label="Copy or save this picture">
          <Ellipsis aria-hidden />
        </IconButton>
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className={styles.menu} align="end" sideOffset={4} collisionPadding={8}>
          <Row
            title="Copy as PNG"
            act={() =>
              copy('PNG', () => navigator.clipboard.write([new ClipboardItem({ 'image/png': png() })]))
            }
          />
          <Row title="Copy as SVG" act={() => copy('SVG', () => navigator.clipboard.writeText(svg()))} />
          <Row
            title="Copy numbers as CSV"
            act={() => copy('CSV', () => navigator.clipboard.writeText(csvOf(table())))}
          />
          <DropdownMenu.Separator className={styles.line} />
          <Row title="Save as PNG…" act={savePng} />
          <Row
            title="Save as SVG…"
            act={() => onSave({ name: `${name}.svg`, bytes: bytes(svg()), kind: 'image' })}
          />
          <Row
            title="Save numbers as CSV…"
            act={() => onSave({ name: `${name}.csv`, bytes: bytes(csvOf(table())), kind: 'table' })}
          />
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

function Row({ title, act }: { readonly title: string; act(): void | Promise<void> }) {
  return (
    <DropdownMenu.Item className={styles.item} onSelect={() => void act()}>
      {title}
    </DropdownMenu.Item>
  );
}

async function copy(what: string, write: () => Promise<void>): Promise<void> {
  try {
    await write();
    toast.success(`Copied as ${what}`);
  } catch (error) {
    toast.error('The clipboard took nothing', {
      description: `Save it instead. (${error instanceof Error ? error.message : String(error)})`,
    });
  }
}
