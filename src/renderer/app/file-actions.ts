/** Files, panels, themes and help, as actions. */
import type { Action } from '../session/actions.ts';
import { goToStart, newDocument, openWithDialog, save, saveAs } from '../session/files.ts';
import type { SessionState } from '../session/session.ts';
import type { Workbench } from '../session/workbench.ts';
import { toggleHalfPrecision } from './half-precision.ts';
import { setTheme } from './theme.ts';

const isOpen = ({ session }: Workbench): boolean => session.getState().screen === 'workbench';

export const fileActions: readonly Action[] = [
  { id: 'file.new', title: 'New', group: 'File', keys: ['CmdOrCtrl+N'], whileTyping: true, run: newDocument },
  {
    id: 'file.open',
    title: 'Open…',
    group: 'File',
    keys: ['CmdOrCtrl+O'],
    whileTyping: true,
    run: openWithDialog,
  },
  {
    id: 'file.save',
    title: 'Save',
    group: 'File',
    keys: ['CmdOrCtrl+S'],
    whileTyping: true,
    enabled: isOpen,
    run: async (w) => void (await save(w)),
  },
  {
    id: 'file.save-as',
    title: 'Save as…',
    group: 'File',
    keys: ['CmdOrCtrl+Shift+S'],
    whileTyping: true,
    enabled: isOpen,
    run: async (w) => void (await saveAs(w)),
  },
  { id: 'file.start', title: 'Start screen', group: 'File', enabled: isOpen, run: goToStart },
];

const panel = (id: keyof SessionState['panels'], title: string, key: string): Action => ({
  id: `view.${id}`,
  title,
  group: 'View',
  keys: [key],
  enabled: isOpen,
  checked: ({ session }) => session.getState().panels[id],
  run: ({ session }) => {
    const { panels } = session.getState();
    session.setState({ panels: { ...panels, [id]: !panels[id] } });
  },
});

const theme = (value: SessionState['theme'], title: string): Action => ({
  id: `view.theme-${value}`,
  title,
  group: 'View',
  checked: ({ session }) => session.getState().theme === value,
  run: (w) => setTheme(w, value),
});

export const viewActions: readonly Action[] = [
  panel('left', 'Left sidebar', 'CmdOrCtrl+B'),
  panel('right', 'Right panel', 'CmdOrCtrl+Alt+B'),
  panel('bottom', 'Bottom panel', 'CmdOrCtrl+J'),
  {
    id: 'view.developer',
    title: 'Developer panel',
    group: 'View',
    enabled: isOpen,
    checked: ({ session }) => session.getState().developer,
    run: ({ session }) => {
      const { developer, panels } = session.getState();
      session.setState(
        developer
          ? { developer: false, bottomTab: 'charts' }
          : { developer: true, bottomTab: 'developer', panels: { ...panels, bottom: true } },
      );
    },
  },
  theme('system', 'Theme: as the system'),
  theme('light', 'Theme: light'),
  theme('dark', 'Theme: dark'),
  {
    id: 'view.half-precision',
    title: 'Allow half precision (f16) in products',
    group: 'View',
    checked: ({ session }) => session.getState().halfPrecision,
    run: toggleHalfPrecision,
  },
];

export const helpActions: readonly Action[] = [
  {
    id: 'help.commands',
    title: 'All commands…',
    group: 'Help',
    keys: ['CmdOrCtrl+K', 'F1'],
    whileTyping: true,
    run: ({ session }) => session.setState({ dialog: 'commands' }),
  },
  {
    id: 'help.shortcuts',
    title: 'Keyboard shortcuts',
    group: 'Help',
    keys: ['?'],
    run: ({ session }) => session.setState({ dialog: 'shortcuts' }),
  },
];
