/** Gathers what the canvas shows, out of React Flow's store and the workbench, for a picture of it. */
import type { useStoreApi } from '@xyflow/react';
import { seenRun, type TrainingStore } from '../../engine-client/store.ts';
import type { Workbench } from '../../session/workbench.ts';
import { pngOf, svgBrush } from '../../ui/brush.ts';
import type { PictureSource } from '../../ui/picture.ts';
import { currentTheme } from '../../ui/theme.ts';
import type { Point } from '../canvas/wire-path.ts';
import { type CanvasPicture, canvasTable, drawCanvasPicture, sizeOfPicture } from './canvas-picture.ts';
import type { StripBoard } from './strip-board.ts';

/** The boxes and wires of the open canvas, as they lie. */
function pictureOf(workbench: Workbench, flow: Flow): CanvasPicture {
  const { document, analysis, live } = workbench;
  const { level, path } = document.getState();
  const { nodeLookup, edges } = flow.getState();
  const { net } = analysis.getState();
  const boxes = [...nodeLookup.values()].flatMap(({ id, type, internals, measured }) => {
    const { x, y } = internals.positionAbsolute;
    const { width = 0, height = 0 } = measured;
    return type === 'layer' ? [{ id, name: level.nodes[id]?.name ?? id, x, y, width, height }] : [];
  });
  const end = (node: string, side: 'source' | 'target', port: string | null | undefined): Point | null => {
    const { handleBounds, positionAbsolute } = nodeLookup.get(node)?.internals ?? {};
    const handle = handleBounds?.[side]?.find(({ id }) => id === port);
    if (!handle || !positionAbsolute) return null;
    const { x, y, width, height } = handle;
    return [positionAbsolute.x + x + width / 2, positionAbsolute.y + y + height / 2];
  };
  const wires = edges.flatMap(({ source, sourceHandle, target, targetHandle }) => {
    const [from, to] = [end(source, 'source', sourceHandle), end(target, 'target', targetHandle)];
    const given = net.source(path + source, sourceHandle ?? '');
    const tint = given ? live.getState().wireTints.get(given.join(' ')) : undefined;
    return from && to ? [{ from, to, tint }] : [];
  });
  return { boxes, wires };
}

type Flow = ReturnType<typeof useStoreApi>;

/** The open canvas with its strips and wires, to be taken out as it is when it is asked for. */
export function sourceOf(
  workbench: Workbench,
  flow: Flow,
  store: TrainingStore,
  board: StripBoard,
): PictureSource {
  const look = () => ({ theme: currentTheme(), at: store.getState().at });
  return {
    name: 'canvas',
    png: () => {
      const picture = pictureOf(workbench, flow);
      const { width, height } = sizeOfPicture(picture);
      return pngOf(width, height, (brush) => drawCanvasPicture(brush, picture, board, look()));
    },
    svg: () => {
      const picture = pictureOf(workbench, flow);
      const { width, height } = sizeOfPicture(picture);
      const { brush, finish } = svgBrush(width, height);
      drawCanvasPicture(brush, picture, board, look());
      return finish();
    },
    table: () => canvasTable(seenRun(store.getState()), store.getState().at),
  };
}
