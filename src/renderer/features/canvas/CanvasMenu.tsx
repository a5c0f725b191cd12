/** The menus of the canvas, of nodes, notes and wires: what the right button (or the menu key) offers for what lies under it. */
import { ContextMenu } from 'radix-ui';
import { type MouseEvent, type ReactNode, useState } from 'react';
import { readable } from '../../app/keys.ts';
import { type Action, actionTitle, isEnabled } from '../../session/actions.ts';
import { nothingSelected, type Selection, selectNodes } from '../../session/session.ts';
import { useWorkbench, type Workbench } from '../../session/workbench.ts';
import menu from '../../ui/Menu.module.css';
import { canvasActions } from './actions.ts';

type Target = 'canvas' | 'node' | 'note' | 'wire';

/** Ids of actions; null is a line between. */
const menus: Record<Target, readonly (string | null)[]> = {
  canvas: [
    'graph.add',
    'graph.note',
    'edit.paste',
    null,
    'edit.select-all',
    'graph.arrange',
    'view.fit',
    'graph.leave-block',
    null,
    'edit.undo',
    'edit.redo',
  ],
  node: [
    'graph.inside',
    'edit.rename',
    'graph.wire',
    'graph.bypass',
    'graph.lock',
    'graph.frame',
    null,
    'graph.group',
    'graph.open-block',
    'graph.unpack',
    'graph.independent',
    null,
    'edit.cut',
    'edit.copy',
    'edit.duplicate',
    null,
    'view.fit-selection',
    'graph.arrange',
    null,
    'edit.delete',
    'edit.delete-cut',
  ],
  note: ['graph.frame-colour', 'edit.cut', 'edit.copy', 'edit.duplicate', null, 'edit.delete'],
  wire: ['graph.insert', null, 'graph.cut-wire'],
};

export function CanvasMenu({ children }: { readonly children: ReactNode }) {
  const workbench = useWorkbench();
  const [target, setTarget] = useState<Target>('canvas');
  const isMac = workbench.host.info.platform === 'darwin';
  return (
    <ContextMenu.Root modal={false}>
      <ContextMenu.Trigger asChild onContextMenu={(event) => setTarget(aimAt(workbench, event))}>
        {children}
      </ContextMenu.Trigger>
      <ContextMenu.Portal>
        <ContextMenu.Content
          className={menu.menu}
          collisionPadding={8}
          aria-label={`Menu of the ${target}`}
          // What a choice opens (a field, the palette) keeps the keyboard.
          onCloseAutoFocus={(event) => event.preventDefault()}
        >
          {menus[target].map((id, i) => {
            if (id === null) return <ContextMenu.Separator key={`line-${i}`} className={menu.line} />;
            const action = canvasActions.find((candidate) => candidate.id === id);
            return action ? <Row key={id} action={action} isMac={isMac} /> : null;
          })}
        </ContextMenu.Content>
      </ContextMenu.Portal>
    </ContextMenu.Root>
  );
}

function Row({ action, isMac }: { readonly action: Action; readonly isMac: boolean }) {
  const workbench = useWorkbench();
  const key = action.keys?.[0];
  return (
    <ContextMenu.Item
      className={menu.item}
      disabled={!isEnabled(action, workbench)}
      // Once the menu is gone: what is chosen may open something that closes as soon as the focus leaves it.
      onSelect={() => requestAnimationFrame(() => void action.run(workbench))}
    >
      {actionTitle(action, workbench)}
      {key ? <kbd>{readable(key, isMac)}</kbd> : null}
    </ContextMenu.Item>
  );
}

/** What lies under the pointer, selected: a menu speaks of the selection, and the selection is seen. */
function aimAt({ session, document }: Workbench, { target }: MouseEvent): Target {
  if (!(target instanceof Element)) return 'canvas';
  const { selection } = session.getState();
  const { level: doc } = document.getState();
  const item = target.closest<HTMLElement>('.react-flow__node')?.dataset.id;
  const wire = target.closest<HTMLElement>('.react-flow__edge')?.dataset.id;
  if (item !== undefined) {
    const isNote = doc.notes[item] !== undefined;
    const isSelected = selection.nodes.has(item) || selection.notes.has(item);
    const alone: Selection = isNote ? { ...nothingSelected, notes: new Set([item]) } : selectNodes([item]);
    if (!isSelected) session.setState({ selection: alone });
    return isNote ? 'note' : 'node';
  }
  if (wire !== undefined) {
    if (!selection.wires.has(wire))
      session.setState({ selection: { ...nothingSelected, wires: new Set([wire]) } });
    return 'wire';
  }
  return 'canvas';
}
