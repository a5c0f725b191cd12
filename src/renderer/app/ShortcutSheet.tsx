/** All shortcuts, by group, from the same list as everything else; and what the mouse does, which no list of actions tells. */
import { actionTitle } from '../session/actions.ts';
import { useWorkbench } from '../session/workbench.ts';
import { Dialog } from '../ui/Dialog.tsx';
import { actions, groups } from './actions.ts';
import { readable } from './keys.ts';
import styles from './ShortcutSheet.module.css';

const byHand = [
  ['Double-click the canvas', 'Add a layer'],
  ['Drag from a port', 'Draw a wire; drop it on nothing to add what fits'],
  ['Drag a wire’s end', 'Re-route it; drop it on nothing to cut it'],
  ['Alt-click a wire', 'Cut it'],
  ['Drop a node on a wire', 'Insert it'],
  ['Shift-drag', 'Select what is inside'],
  ['Arrow keys', 'Move the selected nodes'],
  ['Tab, Enter', 'Go through nodes and wires, and select'],
] as const;

export function ShortcutSheet() {
  const workbench = useWorkbench();
  const isMac = workbench.host.info.platform === 'darwin';
  return (
    <Dialog
      title="Keyboard and mouse"
      size="large"
      onClose={() => workbench.session.setState({ dialog: 'none' })}
    >
      <div className={styles.sheet}>
        {groups.map((group) => {
          const own = actions.filter((a) => a.group === group && a.keys && !a.hidden);
          if (own.length === 0) return null;
          return (
            <section key={group}>
              <h3>{group}</h3>
              <dl>
                {own.map((action) => (
                  <div key={action.id}>
                    <dt>{actionTitle(action, workbench)}</dt>
                    <dd>
                      {action.keys?.map((key) => (
                        <kbd key={key}>{readable(key, isMac)}</kbd>
                      ))}
                    </dd>
                  </div>
                ))}
              </dl>
            </section>
          );
        })}
        <section>
          <h3>Mouse</h3>
          <dl>
            {byHand.map(([gesture, meaning]) => (
              <div key={gesture}>
                <dt>{meaning}</dt>
                <dd>{gesture}</dd>
              </div>
            ))}
          </dl>
        </section>
      </div>
    </Dialog>
  );
}
