/** A node on the minimap: its category's colour, or that of its trouble, so that trouble is seen from afar. */
import type { MiniMapNodeProps } from '@xyflow/react';
import { useDocument, useFacts, useLive } from '../../session/workbench.ts';

const levels = { bad: 'var(--bad)', warning: 'var(--warning)' } as const;

export function MinimapNode({ id, x, y, width, height, borderRadius, color, selected }: MiniMapNodeProps) {
  const path = useDocument((s) => s.path);
  const level = useLive((s) => s.nodeHealth.get(path + id)?.level);
  const severity = useFacts(id)?.problems[0]?.severity;
  const trouble =
    severity === 'error' || level === 'bad' ? 'bad' : severity || level === 'warning' ? 'warning' : null;
  return (
    <rect
      x={x}
      y={y}
      width={width}
      height={height}
      rx={borderRadius}
      fill={trouble ? levels[trouble] : color}
      stroke={selected ? 'var(--accent)' : trouble === 'bad' ? 'var(--text)' : 'none'}
      strokeWidth={selected || trouble === 'bad' ? 24 : 0}
    />
  );
}
