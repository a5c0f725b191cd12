/**
 * The strips over the canvas: one canvas element for all nodes, drawn outside React whenever the view moves or captures come,
 * at most once a frame. It follows React Flow's own store, so nodes that are being dragged keep their strips.
 */
import { useStoreApi } from '@xyflow/react';
import { useEffect, useRef, useState } from 'react';
import { seenRun } from '../../engine-client/store.ts';
import { useTrainingClient } from '../../engine-client/training.ts';
import { useWorkbench, type Workbench } from '../../session/workbench.ts';
import { currentTheme, onThemeChange } from '../../ui/theme.ts';
import styles from './CanvasStrips.module.css';
import { sourceOf } from './canvas-source.ts';
import { drawStrips, stripUnder, type View } from './draw.ts';
import { StripLegend } from './StripLegend.tsx';
import { describeNode, describeSpot, type SpotWords } from './spot.ts';
import { StripBoard } from './strip-board.ts';

/** How far from the pointer its words stand, in CSS pixels. */
const BESIDE = 14;

interface Hover {
  readonly x: number;
  readonly y: number;
  readonly words: SpotWords;
}

/** The layer whose strips stand on a node: itself, or what gives an instance's first output. None at a block's own ports. */
function shownLayer({ document, analysis }: Workbench, node: string): string | null {
  const { path } = document.getState();
  const { net } = analysis.getState();
  const flat = path + node;
  if (net.nodes[flat]) return flat;
  const [output] = Object.values(net.blocks.get(flat)?.outputs ?? {});
  return output?.[0] ?? null;
}

export function CanvasStrips() {
  const workbench = useWorkbench();
  const flow = useStoreApi();
  const { store } = useTrainingClient();
  const canvas = useRef<HTMLCanvasElement>(null);
  const [hover, setHover] = useState<Hover | null>(null);
  const [hasStrips, setHasStrips] = useState(false);
  const [board] = useState(() => new StripBoard());

  useEffect(() => {
    const surface = canvas.current;
    const context = surface?.getContext('2d');
    if (!surface || !context) return;
    board.showLayers((node) => shownLayer(workbench, node));
    board.setTheme(currentTheme());
    let frame = 0;

    const view = (): View => {
      const { transform, width, height, nodeLookup } = flow.getState();
      return { transform, width, height, nodes: nodeLookup };
    };
    const draw = (): void => {
      frame = 0;
      const { at } = store.getState();
      drawStrips(context, board, view(), { at, theme: currentTheme(), pixelRatio: devicePixelRatio });
    };
    const soon = (): void => {
      if (frame === 0) frame = requestAnimationFrame(draw);
    };
    /** Beside the node that has the keyboard's focus: its numbers at the step that is looked at. */
    let focused: Element | null = null;
    const read = (): void => {
      if (!focused) return;
      const state = store.getState();
      const run = seenRun(state);
      const node = focused.getAttribute('data-id') ?? '';
      const words = run && describeNode(run, board, { node, at: state.at });
      const around = surface.getBoundingClientRect();
      const { left, bottom } = focused.getBoundingClientRect();
      setHover(words && { x: left - around.left, y: bottom - around.top + 6, words });
    };
    let at: number | null = null;
    const follow = (): void => {
      const state = store.getState();
      const hasMoved = state.at !== at;
      at = state.at;
      if (!board.follow(seenRun(state)) && !hasMoved) return;
      setHasStrips(!board.isEmpty);
      soon();
      read();
    };
    const point = (event: PointerEvent): void => {
      if (board.isEmpty) return;
      const { domNode } = flow.getState();
      const box = domNode?.getBoundingClientRect(); // the one layout read, and only while the pointer moves
      if (!box) return;
      const [x, y] = [event.clientX - box.left, event.clientY - box.top];
      focused = null;
      const spot = event.buttons === 0 ? stripUnder(board, view(), x, y) : null;
      const run = seenRun(store.getState());
      setHover(spot && run ? { x: x + BESIDE, y: y + BESIDE, words: describeSpot(run, spot) } : null);
    };
    const leave = (): void => setHover(null);
    const focus = ({ target }: FocusEvent): void => {
      const node = target instanceof Element && target.matches(':focus-visible') ? target : null;
      focused = node?.closest('.react-flow__node') ?? null;
      if (focused) read();
      else leave();
    };
    const blur = (): void => {
      if (focused) leave();
      focused = null;
    };

    follow();
    soon();
    const stops = [
      store.subscribe(follow),
      flow.subscribe(soon),
      workbench.document.subscribe(({ path }, before) => path !== before.path && soon()),
      onThemeChange(() => {
        board.setTheme(currentTheme());
        soon();
      }),
    ];
    const pane = surface.parentElement;
    pane?.addEventListener('pointermove', point);
    pane?.addEventListener('pointerleave', leave);
    pane?.addEventListener('focusin', focus);
    pane?.addEventListener('focusout', blur);
    return () => {
      for (const stop of stops) stop();
      cancelAnimationFrame(frame);
      pane?.removeEventListener('pointermove', point);
      pane?.removeEventListener('pointerleave', leave);
      pane?.removeEventListener('focusin', focus);
      pane?.removeEventListener('focusout', blur);
    };
  }, [flow, store, workbench, board]);

  return (
    <>
      <canvas ref={canvas} className={styles.strips} data-testid="strips" aria-hidden />
      {hasStrips ? <StripLegend source={sourceOf(workbench, flow, store, board)} /> : null}
      {hover ? (
        <div className={styles.tip} style={{ left: hover.x, top: hover.y }} role="status">
          <strong>{hover.words.title}</strong>
          {hover.words.lines.map((line) => (
            <span key={line}>{line}</span>
          ))}
        </div>
      ) : null}
    </>
  );
}
