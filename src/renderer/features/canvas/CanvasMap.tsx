/** The map of the canvas: there as soon as a part of the net lies out of sight. What is all in view needs no map over it. */
import { MiniMap, type ReactFlowState, useStore } from '@xyflow/react';
import { useWorkbench } from '../../session/workbench.ts';
import styles from './Canvas.module.css';
import { MinimapNode } from './MinimapNode.tsx';
import { minimapColor } from './minimap.ts';

const size = { width: 168, height: 104 };

export function CanvasMap() {
  const { document } = useWorkbench();
  const isOutOfSight = useStore(reachesOut);
  if (!isOutOfSight) return null;
  return (
    <MiniMap
      position="bottom-right"
      pannable
      zoomable
      className={styles.minimap ?? ''}
      style={size}
      nodeColor={(node) => minimapColor(document.getState().level, node.id)}
      nodeBorderRadius={16}
      nodeComponent={MinimapNode}
      maskColor="var(--minimap-mask)"
      ariaLabel="Map of the canvas"
    />
  );
}

/** Whether any node lies, by a part, outside of what is seen. */
function reachesOut({ nodeLookup, transform, width, height }: ReactFlowState): boolean {
  const [panX, panY, zoom] = transform;
  for (const { internals, measured } of nodeLookup.values()) {
    const left = panX + internals.positionAbsolute.x * zoom;
    const top = panY + internals.positionAbsolute.y * zoom;
    const right = left + (measured.width ?? 0) * zoom;
    const bottom = top + (measured.height ?? 0) * zoom;
    if (left < 0 || top < 0 || right > width || bottom > height) return true;
  }
  return false;
}
