/** The palette at the pointer: type, choose, Enter. Opened for a loose wire it lists what takes that wire, and connects it. */
import { Command } from 'cmdk';
import { useState } from 'react';
import { addNode } from '../../document/commands/nodes.ts';
import { addConnected, addOnWire, kindFits, kindFitsWire } from '../../document/commands/wires.ts';
import { scopeOf } from '../../document/level.ts';
import type { QuickAdd as Request } from '../../session/session.ts';
import { useDocument, useSession, useWorkbench } from '../../session/workbench.ts';
import { categories } from '../../ui/category.ts';
import { type PaletteItem, paletteItems, searchItems } from './items.ts';
import styles from './QuickAdd.module.css';

const WIDTH = 340;
const HEIGHT = 360;
const MARGIN = 12;

export function QuickAdd() {
  const request = useSession((s) => s.quickAdd);
  return request ? <OpenQuickAdd key={`${request.at}`} request={request} /> : null;
}

function OpenQuickAdd({ request }: { readonly request: Request }) {
  const { document, session } = useWorkbench();
  const doc = useDocument((s) => s.level);
  const scope = useDocument((s) => scopeOf(s.doc, s.path) ?? null);
  const [query, setQuery] = useState('');
  const { loose, wire, position, at } = request;
  const close = (): void => session.setState({ quickAdd: null });
  const layers = searchItems(query, paletteItems(doc, scope)).filter(
    ({ kind }) =>
      (loose === null || kindFits(doc, kind, loose)) && (wire === null || kindFitsWire(doc, kind, wire)),
  );
  const add = ({ kind }: PaletteItem): void => {
    close();
    const node = { kind, position: [position[0], position[1] - 20] } as const;
    const { run } = document.getState();
    if (loose) run(addConnected(node, loose));
    else run(wire === null ? addNode(node) : addOnWire(node, wire));
  };
  const left = Math.min(at[0], window.innerWidth - WIDTH - MARGIN);
  const top = Math.min(at[1], window.innerHeight - HEIGHT - MARGIN);
  return (
    <>
      <div className={styles.away} onPointerDown={close} />
      <Command
        className={styles.box}
        style={{ left, top, width: WIDTH, maxHeight: HEIGHT }}
        label="Add a layer"
        shouldFilter={false}
        loop
        onKeyDown={(event) => {
          if (event.key === 'Escape') close();
          event.stopPropagation();
        }}
      >
        <Command.Input
          className={styles.input}
          value={query}
          onValueChange={setQuery}
          autoFocus
          placeholder={
            loose || wire !== null ? 'Add what fits this wire' : 'Add a layer: dense, relu, dropout'
          }
        />
        <Command.List className={styles.list}>
          <Command.Empty className={styles.none}>
            {(loose || wire !== null) && query === ''
              ? 'No layer takes this wire.'
              : `Nothing that fits is called “${query}”.`}
          </Command.Empty>
          {layers.map((layer) => (
            <QuickRow key={layer.kind} layer={layer} onChoose={add} />
          ))}
        </Command.List>
      </Command>
    </>
  );
}

function QuickRow({ layer, onChoose }: { readonly layer: PaletteItem; onChoose(layer: PaletteItem): void }) {
  const { Icon, color } = categories[layer.category];
  return (
    <Command.Item
      className={styles.row}
      value={layer.kind}
      onSelect={() => onChoose(layer)}
      style={{ '--tone': color }}
    >
      <Icon aria-hidden />
      <span className={styles.words}>
        <span className={styles.title}>{layer.title}</span>
        <span className={styles.doc}>{layer.doc}</span>
      </span>
    </Command.Item>
  );
}
