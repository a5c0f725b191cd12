/** Hands the canvas's controls to the workbench while the canvas is mounted, so that actions can reach it. */
import { useReactFlow, useStoreApi } from '@xyflow/react';
import { type RefObject, useEffect } from 'react';
import { useWorkbench } from '../../session/workbench.ts';

/** Around the whole net: below and at the left stand the legend of the strips and the buttons of the zoom. */
export const FIT_PADDING = { x: '52px', top: '24px', bottom: '56px' } as const;

export function useCanvasControls(box: RefObject<HTMLDivElement | null>): void {
  const { canvas, session } = useWorkbench();
  const flow = useReactFlow();
  const store = useStoreApi();
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    let pointer: { x: number; y: number } | null = null;
    const follow = (event: PointerEvent): void => {
      pointer = { x: event.clientX, y: event.clientY };
    };
    const forget = (): void => {
      pointer = null;
    };
    element.addEventListener('pointermove', follow, { passive: true });
    element.addEventListener('pointerleave', forget);
    const middle = (): { x: number; y: number } => {
      const { left, top, width, height } = element.getBoundingClientRect();
      return { x: left + width / 2, y: top + height / 2 };
    };
    const onCanvas = (point: { x: number; y: number }): [number, number] => {
      const { x, y } = flow.screenToFlowPosition(point);
      return [x, y];
    };
    const duration = (): number => (window.matchMedia('(prefers-reduced-motion: reduce)').matches ? 0 : 220);
    canvas.current = {
      fitAll: () => void flow.fitView({ padding: FIT_PADDING, maxZoom: 1, duration: duration() }),
      fitSelection: () => {
        const ids = [...session.getState().selection.nodes, ...session.getState().selection.notes];
        const nodes = ids.map((id) => ({ id }));
        void flow.fitView({
          padding: FIT_PADDING,
          maxZoom: 1,
          duration: duration(),
          ...(ids.length > 0 ? { nodes } : {}),
        });
      },
      zoomBy: (factor) => void flow.zoomTo(flow.getZoom() * factor, { duration: duration() }),
      reveal: (ids, how) => {
        void flow.fitView({
          nodes: ids.map((id) => ({ id })),
          padding: 0.6,
          maxZoom: 1,
          duration: duration(),
        });
        if (how?.keepFocus) return;
        const [first] = ids;
        const node = [...element.querySelectorAll<HTMLElement>('.react-flow__node')].find(
          (n) => n.dataset.id === first,
        );
        node?.focus({ preventScroll: true });
      },
      centre: () => onCanvas(middle()),
      at: ([x, y]) => onCanvas({ x, y }),
      pointer: () => onCanvas(pointer ?? middle()),
      pointerOnScreen: () => {
        const { x, y } = pointer ?? middle();
        return [x, y];
      },
    };
    // Escape ends the drawing of a wire; React Flow must hear of it too.
    const stopWiring = session.subscribe(({ wiring }, before) => {
      if (before.wiring && !wiring) store.getState().cancelConnection();
    });
    return () => {
      stopWiring();
      element.removeEventListener('pointermove', follow);
      element.removeEventListener('pointerleave', forget);
      canvas.current = null;
    };
  }, [box, canvas, flow, session, store]);
}
