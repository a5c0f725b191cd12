/** Every action, by typing its name (Ctrl-K). */
import { actionTitle, isEnabled } from '../session/actions.ts';
import { useWorkbench } from '../session/workbench.ts';
import { Chooser } from '../ui/Chooser.tsx';
import { actions, runAction } from './actions.ts';
import { readable } from './keys.ts';

export function CommandPalette() {
  const workbench = useWorkbench();
  const { session, host } = workbench;
  const close = (): void => session.setState({ dialog: 'none' });
  const items = actions
    .filter((action) => action.id !== 'help.commands' && !action.hidden && isEnabled(action, workbench))
    .map((action) => {
      const key = action.keys?.[0];
      return {
        id: action.id,
        title: actionTitle(action, workbench),
        words: [action.group, action.id],
        ...(key ? { note: readable(key, host.info.platform === 'darwin') } : {}),
      };
    });
  return (
    <Chooser
      label="All commands"
      placeholder="Type a command"
      none="No command is called that."
      items={items}
      onClose={close}
      onChoose={(id) => {
        close();
        runAction(workbench, id);
      }}
    />
  );
}
