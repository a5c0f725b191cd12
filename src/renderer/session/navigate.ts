/** Going from canvas to canvas: into a block, out of it, and to whatever somebody points at, wherever it stands. */
import { parentOf, splitPath } from '../document/level.ts';
import { selectNodes } from './session.ts';
import type { Revealing, Workbench } from './workbench.ts';

/** Opens the block that a node of the open canvas stands for, at one of its repetitions; false where it stands for none. */
export function openBlock(workbench: Workbench, id: string, repetition = 0): boolean {
  const { level, path, open } = workbench.document.getState();
  const block = level.nodes[id]?.block;
  if (!block || !level.blocks[block.of]) return false;
  const number = block.repeat === undefined ? '' : `#${repetition}`;
  open(`${path}${id}${number}/`);
  showWhole(workbench);
  return true;
}

/** Goes to the canvas around, and selects the instance that was left. */
export function leaveBlock(workbench: Workbench): void {
  const { path, open } = workbench.document.getState();
  if (path === '') return;
  const [instance = ''] = splitPath(path.slice(0, -1)).id.split('#');
  open(parentOf(path));
  workbench.session.setState({ selection: selectNodes([instance]) });
  showWhole(workbench);
}

/** Opens a canvas by its path. */
export function openPathOf(workbench: Workbench, path: string): void {
  workbench.document.getState().open(path);
  showWhole(workbench);
}

/** Shows and selects a node by its path, on whatever canvas it stands. */
export function showNode(workbench: Workbench, flat: string, how?: Revealing): void {
  const { path, id } = splitPath(flat);
  const { path: before, open } = workbench.document.getState();
  if (path !== before) open(path);
  if (!workbench.document.getState().level.nodes[id]) return; // deleted since
  workbench.session.setState({ selection: selectNodes([id]) });
  // Another canvas has its nodes only when it is drawn.
  if (path === before) workbench.canvas.current?.reveal([id], how);
  else afterDrawing(() => workbench.canvas.current?.reveal([id], how));
}

function showWhole({ canvas }: Workbench): void {
  afterDrawing(() => canvas.current?.fitAll());
}

function afterDrawing(run: () => void): void {
  requestAnimationFrame(() => requestAnimationFrame(run));
}
