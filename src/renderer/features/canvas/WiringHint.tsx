/** While a wire is being dragged over a port that does not take it: why. It follows the pointer. */
import { useConnection } from '@xyflow/react';
import { portKey } from '../../document/graph.ts';
import { useSession } from '../../session/workbench.ts';
import styles from './Canvas.module.css';

export function WiringHint() {
  const wiring = useSession((s) => s.wiring);
  const over = useConnection((c) =>
    c.inProgress && c.toHandle ? `${c.toHandle.nodeId}|${c.toHandle.type}|${c.toHandle.id ?? ''}` : null,
  );
  const x = useConnection((c) => (c.inProgress && c.toHandle ? Math.round(c.pointer.x) : 0));
  const y = useConnection((c) => (c.inProgress && c.toHandle ? Math.round(c.pointer.y) : 0));
  if (!wiring || over === null) return null;
  const [node = '', type, port = ''] = over.split('|');
  const why = wiring.refusals.get(portKey(node, type === 'target' ? 'to' : 'from', port));
  if (why === undefined) return null;
  return (
    <div className={styles.hint} role="status" style={{ transform: `translate(${x + 14}px, ${y + 14}px)` }}>
      {why}
    </div>
  );
}
