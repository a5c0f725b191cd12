/** What can be done to the graph, whoever asks: menus, palette, keys. */
import { toast } from 'sonner';
import { clipOf, isEmptyClip, readClip, writeClip } from '../../document/clipboard.ts';
import { group, makeIndependent, removeUnusedBlocks, whyNotGroup } from '../../document/commands/blocks.ts';
import { frameNodes, recolourFrame } from '../../document/commands/frames.ts';
import { deleteSelection, moveItems, toggleFlag } from '../../document/commands/nodes.ts';
import { duplicate, paste } from '../../document/commands/paste.ts';
import { addNote } from '../../document/commands/settings.ts';
import { unpack } from '../../document/commands/unpack.ts';
import { disconnect } from '../../document/commands/wires.ts';
import type { Action } from '../../session/actions.ts';
import { leaveBlock, openBlock, showNode } from '../../session/navigate.ts';
import { nothingSelected, selectNodes } from '../../session/session.ts';
import type { Workbench } from '../../session/workbench.ts';
import { arrange, heightOf } from './layout.ts';
import { NODE_WIDTH } from './node-metrics.ts';

const selection = ({ session }: Workbench) => session.getState().selection;
const doc = ({ document }: Workbench) => document.getState().level;
const isOpen = ({ session }: Workbench): boolean => session.getState().screen === 'workbench';
const hasNodes = (w: Workbench): boolean => isOpen(w) && Object.keys(doc(w).nodes).length > 0;
const isAnySelected = (w: Workbench): boolean => {
  const { nodes, wires, notes } = selection(w);
  return isOpen(w) && nodes.size + wires.size + notes.size > 0;
};

async function copy(w: Workbench): Promise<void> {
  const clip = clipOf(doc(w), selection(w));
  if (!isEmptyClip(clip)) await navigator.clipboard.writeText(writeClip(clip));
}

/** Pastes a text at the pointer; false where it holds nothing of ours. */
export function pasteText(w: Workbench, text: string): boolean {
  const clip = readClip(text);
  if (!clip || isEmptyClip(clip)) return false;
  w.document.getState().run(paste(clip, w.canvas.current?.pointer() ?? [0, 0]));
  return true;
}

/** Pastes for those who use no keys: the shell may refuse to read the clipboard without one. */
async function pasteByMenu(w: Workbench): Promise<void> {
  const text = await navigator.clipboard.readText().catch(() => null);
  if (text === null)
    toast.info('The clipboard cannot be read from a menu here', { description: 'Press Ctrl+V.' });
  else if (!pasteText(w, text)) sayNothingToPaste();
}

export function sayNothingToPaste(): void {
  toast.info('The clipboard holds no layers', { description: 'Copy nodes with Ctrl+C first.' });
}

/** The one selected wire; null where it is another number. */
function onlyWire(w: Workbench): string | null {
  const [wire, ...others] = selection(w).wires;
  return wire !== undefined && others.length === 0 ? wire : null;
}

function revealProblem(w: Workbench, by: 1 | -1): void {
  const { problems } = w.analysis.getState();
  const nodes = problems.map((p) => p.node).filter((id) => id !== null);
  if (nodes.length === 0) return;
  const [current] = selection(w).nodes;
  const at = current === undefined ? -1 : nodes.indexOf(w.document.getState().path + current);
  const next = nodes[(at + by + nodes.length) % nodes.length] ?? nodes[0];
  if (next !== undefined) showNode(w, next);
}

/** The one selected frame; null otherwise. */
function onlyFrame(w: Workbench): string | null {
  const [id, ...others] = selection(w).notes;
  return id !== undefined && others.length === 0 && doc(w).notes[id]?.frame ? id : null;
}

/** The one selected node that stands for a block; null otherwise. */
function onlyInstance(w: Workbench): string | null {
  const [id, ...others] = selection(w).nodes;
  return id !== undefined && others.length === 0 && doc(w).nodes[id]?.block ? id : null;
}

const isInside = (w: Workbench): boolean => isOpen(w) && w.document.getState().path !== '';

const blockActions: readonly Action[] = [
  {
    id: 'graph.group',
    title: 'Group into a block',
    group: 'Graph',
    keys: ['CmdOrCtrl+G'],
    enabled: (w) => isOpen(w) && selection(w).nodes.size > 0,
    run: (w) => {
      const { nodes } = selection(w);
      const why = whyNotGroup(doc(w), nodes);
      if (why === null) w.document.getState().run(group(nodes));
      else toast.warning('These do not make a block', { description: why });
    },
  },
  {
    id: 'graph.unpack',
    title: 'Unpack the block',
    group: 'Graph',
    keys: ['CmdOrCtrl+Shift+G'],
    enabled: (w) => onlyInstance(w) !== null,
    run: (w) => {
      const id = onlyInstance(w);
      if (id === null) return;
      const flat = w.document.getState().path + id;
      w.document.getState().run(unpack(id, w.analysis.getState().net.blocks.get(flat)?.repeat ?? 1));
    },
  },
  {
    id: 'graph.open-block',
    title: 'Open the block',
    group: 'Graph',
    keys: ['Alt+Down'],
    enabled: (w) => isOpen(w) && onlyInstance(w) !== null,
    run: (w) => {
      const id = onlyInstance(w);
      if (id !== null) openBlock(w, id);
    },
  },
  {
    id: 'graph.leave-block',
    title: 'Back to the canvas around',
    group: 'Graph',
    keys: ['Alt+Up'],
    enabled: isInside,
    run: leaveBlock,
  },
  {
    id: 'graph.leave-block-escape',
    title: 'Back to the canvas around',
    group: 'Graph',
    keys: ['Escape'],
    hidden: true,
    enabled: isInside,
    run: leaveBlock,
  },
  {
    id: 'graph.independent',
    title: 'Make an independent copy of the block',
    group: 'Graph',
    enabled: (w) => onlyInstance(w) !== null,
    run: (w) => {
      const id = onlyInstance(w);
      if (id !== null) w.document.getState().run(makeIndependent(id));
    },
  },
  {
    id: 'graph.remove-unused',
    title: 'Remove blocks that nothing uses',
    group: 'Graph',
    enabled: (w) => Object.keys(doc(w).blocks).length > 0,
    run: (w) => w.document.getState().run(removeUnusedBlocks()),
  },
  {
    id: 'graph.frame',
    title: 'Frame the selected nodes',
    group: 'Graph',
    keys: ['Shift+F'],
    enabled: (w) => isOpen(w) && selection(w).nodes.size > 0,
    run: (w) =>
      w.document
        .getState()
        .run(frameNodes(selection(w).nodes, (level, id) => [NODE_WIDTH, heightOf(level, id)])),
  },
  {
    id: 'graph.frame-colour',
    title: 'Another colour for the frame',
    group: 'Graph',
    enabled: (w) => onlyFrame(w) !== null,
    run: (w) => {
      const id = onlyFrame(w);
      if (id !== null) w.document.getState().run(recolourFrame(id));
    },
  },
  {
    id: 'graph.lock',
    title: (w) => ([...selection(w).nodes].every((id) => doc(w).nodes[id]?.locked) ? 'Unlock' : 'Lock'),
    group: 'Graph',
    keys: ['CmdOrCtrl+L'],
    enabled: (w) => isOpen(w) && selection(w).nodes.size > 0,
    run: (w) => w.document.getState().run(toggleFlag(selection(w).nodes, 'locked')),
  },
  {
    id: 'graph.bypass',
    title: (w) =>
      [...selection(w).nodes].every((id) => doc(w).nodes[id]?.bypassed) ? 'Take back in' : 'Bypass',
    group: 'Graph',
    keys: ['CmdOrCtrl+B', 'CmdOrCtrl+M'],
    enabled: (w) => isOpen(w) && selection(w).nodes.size > 0,
    run: (w) => w.document.getState().run(toggleFlag(selection(w).nodes, 'bypassed')),
  },
];

export const canvasActions: readonly Action[] = [
  {
    id: 'edit.undo',
    title: ({ document }) => `Undo ${document.getState().past.at(-1)?.label ?? ''}`.trim(),
    group: 'Edit',
    keys: ['CmdOrCtrl+Z'],
    enabled: ({ document }) => document.getState().past.length > 0,
    run: ({ document }) => document.getState().undo(),
  },
  {
    id: 'edit.redo',
    title: ({ document }) => `Redo ${document.getState().future[0]?.label ?? ''}`.trim(),
    group: 'Edit',
    keys: ['CmdOrCtrl+Shift+Z', 'CmdOrCtrl+Y'],
    enabled: ({ document }) => document.getState().future.length > 0,
    run: ({ document }) => document.getState().redo(),
  },
  {
    id: 'edit.cut',
    title: 'Cut',
    group: 'Edit',
    keys: ['CmdOrCtrl+X'],
    enabled: isAnySelected,
    run: async (w) => {
      await copy(w);
      w.document.getState().run(deleteSelection(selection(w), 'rejoin'));
    },
  },
  { id: 'edit.copy', title: 'Copy', group: 'Edit', keys: ['CmdOrCtrl+C'], enabled: isAnySelected, run: copy },
  { id: 'edit.paste', title: 'Paste', group: 'Edit', enabled: isOpen, run: pasteByMenu },
  {
    id: 'edit.duplicate',
    title: 'Duplicate',
    group: 'Edit',
    keys: ['CmdOrCtrl+D'],
    enabled: isAnySelected,
    run: (w) => w.document.getState().run(duplicate(clipOf(doc(w), selection(w)))),
  },
  {
    id: 'edit.delete',
    title: 'Delete, and re-join the neighbours',
    group: 'Edit',
    keys: ['Delete', 'Backspace'],
    enabled: isAnySelected,
    run: (w) => w.document.getState().run(deleteSelection(selection(w), 'rejoin')),
  },
  {
    id: 'edit.delete-cut',
    title: 'Delete with its wires',
    group: 'Edit',
    keys: ['Shift+Delete', 'Shift+Backspace'],
    enabled: isAnySelected,
    run: (w) => w.document.getState().run(deleteSelection(selection(w), 'cut')),
  },
  {
    id: 'edit.select-all',
    title: 'Select all',
    group: 'Edit',
    keys: ['CmdOrCtrl+A'],
    enabled: hasNodes,
    run: (w) =>
      w.session.setState({
        selection: { ...selectNodes(Object.keys(doc(w).nodes)), notes: new Set(Object.keys(doc(w).notes)) },
      }),
  },
  {
    id: 'edit.select-none',
    title: 'Select nothing',
    group: 'Edit',
    keys: ['Escape'],
    enabled: isAnySelected,
    run: ({ session }) => session.setState({ selection: nothingSelected }),
  },
  {
    id: 'edit.rename',
    title: 'Rename the node',
    group: 'Edit',
    keys: ['F2'],
    enabled: (w) => selection(w).nodes.size === 1,
    run: ({ session }) => {
      const [node] = session.getState().selection.nodes;
      session.setState({ renaming: node ?? null });
    },
  },
  {
    id: 'edit.find',
    title: 'Find a node',
    group: 'Edit',
    keys: ['CmdOrCtrl+F'],
    enabled: hasNodes,
    run: ({ session }) => session.setState({ dialog: 'find' }),
  },
  {
    id: 'graph.add',
    title: 'Add a layer',
    group: 'Graph',
    keys: ['Space', 'Shift+A'],
    enabled: isOpen,
    run: ({ session, canvas }) => {
      const controls = canvas.current;
      if (!controls) return;
      session.setState({
        quickAdd: { position: controls.pointer(), at: controls.pointerOnScreen(), loose: null, wire: null },
      });
    },
  },
  {
    id: 'graph.note',
    title: 'Add a note',
    group: 'Graph',
    keys: ['Shift+N'],
    enabled: isOpen,
    run: (w) => w.document.getState().run(addNote(w.canvas.current?.pointer() ?? [0, 0])),
  },
  {
    id: 'graph.insert',
    title: 'Insert a layer on the wire',
    group: 'Graph',
    enabled: (w) => onlyWire(w) !== null,
    run: (w) => {
      const controls = w.canvas.current;
      const wire = onlyWire(w);
      if (!controls || wire === null) return;
      w.session.setState({
        quickAdd: { position: controls.pointer(), at: controls.pointerOnScreen(), loose: null, wire },
      });
    },
  },
  {
    id: 'graph.cut-wire',
    title: 'Cut the wire',
    group: 'Graph',
    enabled: (w) => selection(w).wires.size > 0,
    run: (w) => w.document.getState().run(disconnect(selection(w).wires)),
  },
  {
    id: 'graph.inside',
    title: 'Look inside',
    group: 'Graph',
    keys: ['I'],
    enabled: ({ session }) => session.getState().selection.nodes.size > 0,
    run({ session, document }) {
      const { selection, panels } = session.getState();
      const [node = null] = selection.nodes;
      session.setState({
        inside: { tab: null, node: node === null ? null : document.getState().path + node },
        bottomTab: 'inside',
        panels: { ...panels, bottom: true },
      });
    },
  },
  {
    id: 'graph.wire',
    title: 'Wire the selected node by keyboard',
    group: 'Graph',
    keys: ['W'],
    enabled: (w) => isOpen(w) && selection(w).nodes.size === 1,
    run: ({ session }) => session.setState({ dialog: 'keyboard-wiring' }),
  },
  ...blockActions,
  {
    id: 'graph.arrange',
    title: (w) => (selection(w).nodes.size > 1 ? 'Arrange the selected nodes' : 'Arrange all nodes'),
    group: 'Graph',
    keys: ['Shift+L'],
    enabled: hasNodes,
    run: (w) => {
      const chosen = selection(w).nodes;
      const ids = chosen.size > 1 ? chosen : new Set(Object.keys(doc(w).nodes));
      const move = moveItems({ nodes: arrange(doc(w), ids), notes: new Map() });
      w.document.getState().run({ ...move, label: 'arrange' });
      requestAnimationFrame(() => w.canvas.current?.fitAll());
    },
  },
  {
    id: 'graph.next-problem',
    title: 'Next problem',
    group: 'Graph',
    keys: ['F8'],
    enabled: ({ analysis }) => analysis.getState().problems.length > 0,
    run: (w) => revealProblem(w, 1),
  },
  {
    id: 'graph.previous-problem',
    title: 'Previous problem',
    group: 'Graph',
    keys: ['Shift+F8'],
    enabled: ({ analysis }) => analysis.getState().problems.length > 0,
    run: (w) => revealProblem(w, -1),
  },
  {
    id: 'view.fit',
    title: 'Fit all',
    group: 'View',
    keys: ['Shift+1'],
    enabled: isOpen,
    run: ({ canvas }) => canvas.current?.fitAll(),
  },
  {
    id: 'view.fit-selection',
    title: 'Fit the selection',
    group: 'View',
    keys: ['Shift+2'],
    enabled: isAnySelected,
    run: ({ canvas }) => canvas.current?.fitSelection(),
  },
  {
    id: 'view.zoom-in',
    title: 'Zoom in',
    group: 'View',
    keys: ['CmdOrCtrl+=', 'CmdOrCtrl++'],
    enabled: isOpen,
    run: ({ canvas }) => canvas.current?.zoomBy(1.25),
  },
  {
    id: 'view.zoom-out',
    title: 'Zoom out',
    group: 'View',
    keys: ['CmdOrCtrl+-'],
    enabled: isOpen,
    run: ({ canvas }) => canvas.current?.zoomBy(0.8),
  },
];
