/** A wire: its shape in the middle, its colour and width from what a running net says of it, its problem in words. */
import { BaseEdge, type Edge, EdgeLabelRenderer, type EdgeProps } from '@xyflow/react';
import { memo } from 'react';
import { scopeOf, splitPath } from '../../document/level.ts';
import { useAnalysis, useDocument, useSession, useWireFacts } from '../../session/workbench.ts';
import styles from './Wire.module.css';
import { wirePath } from './wire-path.ts';

const GRAB_WIDTH = 16;
/** Widths of the label's letters and of what is around them. */
const LETTER = 6;
const PADDING = 10;

export const Wire = memo(function Wire(props: EdgeProps<Edge>) {
  const { id, selected } = props;
  const { shape, tint } = useWireFacts(id);
  const scope = useDocument((s) => scopeOf(s.doc, s.path) ?? null);
  const problem = useAnalysis((s) =>
    s.problems.find((p) => p.wire !== null && p.scope === scope && splitPath(p.wire).id === id),
  );
  const isLit = useSession((s) => s.lit?.has(id) ?? false);
  const { path, label, room } = wirePath([props.sourceX, props.sourceY], [props.targetX, props.targetY]);
  // Words that do not fit are left out, since the port beside them says the same.
  const isCramped = (shape?.length ?? 0) * LETTER + PADDING > room;
  const isTold = problem !== undefined || (shape !== undefined && (selected === true || !isCramped));
  const color = problem ? 'var(--bad)' : (tint?.color ?? 'var(--wire)');
  const told = problem
    ? `${problem.title}. ${problem.fix}`
    : [shape, tint?.label].filter(Boolean).join(' · ');
  return (
    <>
      <g>
        {/* On the whole of the wire: where its words have no room, this alone tells the number. */}
        <title>{told}</title>
        <BaseEdge
          id={id}
          path={path}
          interactionWidth={GRAB_WIDTH}
          className={styles.wire ?? ''}
          style={{
            stroke: selected || isLit ? 'var(--accent)' : color,
            strokeWidth: selected || isLit ? 3 : (tint?.width ?? 2),
            ...(problem ? { strokeDasharray: '6 4' } : {}),
          }}
        />
      </g>
      {!isTold ? null : (
        <EdgeLabelRenderer>
          <div
            className={styles.label}
            data-problem={problem !== undefined}
            data-selected={selected}
            title={told}
            style={{ transform: `translate(-50%, -50%) translate(${label[0]}px, ${label[1]}px)` }}
          >
            {problem ? `✕ ${shape ?? 'does not fit'}` : shape}
          </div>
        </EdgeLabelRenderer>
      )}
    </>
  );
});
