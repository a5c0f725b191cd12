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
import { describeSpot, type SpotWords } from './spot.ts';
import { StripBoard } from './strip-board.ts';

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
    let at: number | null = null;
    const follow = (): void => {
      const state = store.getState();
      const hasMoved = state.at !== at;
      at = state.at;
      if (!board.follow(seenRun(state)) && !hasMoved) return;
      setHasStrips(!board.isEmpty);
      soon();
    };
    const point = (event: PointerEvent): void => {
      if (board.isEmpty) return;
      const { domNode } = flow.getState();
      const box = domNode?.getBoundingClientRect(); // the one layout read, and only while the pointer moves
      if (!box) return;
      const [x, y] = [event.clientX - box.left, event.clientY - box.top];
      const spot = event.buttons === 0 ? stripUnder(board, view(), x, y) : null;
      const run = seenRun(store.getState());
      setHover(spot && run ? { x, y, words: describeSpot(run, spot) } : null);
    };
    const leave = (): void => setHover(null);

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
    return () => {
      for (const stop of stops) stop();
      cancelAnimationFrame(frame);
      pane?.removeEventListener('pointermove', point);
      pane?.removeEventListener('pointerleave', leave);
    };
  }, [flow, store, workbench, board]);

  return (
    <>
      <canvas ref={canvas} className={styles.strips} data-testid="strips" aria-hidden />
      {hasStrips ? <StripLegend source={sourceOf(workbench, flow, store, board)} /> : null}
      {hover ? (
        <div className={styles.tip} style={{ left: hover.x + 14, top: hover.y + 14 }} role="status">
          <strong>{hover.words.title}</strong>
          {hover.words.lines.map((line) => (
            <span key={line}>{line}</span>
          ))}
        </div>
      ) : null}
    </>
  );
}
