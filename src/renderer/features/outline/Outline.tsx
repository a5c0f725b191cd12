/** The net as a list in the order of its flow: for screen readers, and for speed. */
import { CircleAlert, TriangleAlert } from 'lucide-react';
import { layerOf } from '../../../engine/index.ts';
import { flowOrder } from '../../document/graph.ts';
import { selectNodes } from '../../session/session.ts';
import { useAnalysis, useDocument, useSession, useWorkbench } from '../../session/workbench.ts';
import { categories } from '../../ui/category.ts';
import styles from './Outline.module.css';

export function Outline() {
  const doc = useDocument((s) => s.doc);
  const order = flowOrder(doc);
  if (order.length === 0) return <p className={styles.none}>No layers yet.</p>;
  return (
    <ul className={styles.list} aria-label="Layers of the net, in the order of the flow">
      {order.map((id) => (
        <OutlineRow key={id} id={id} />
      ))}
    </ul>
  );
}

function OutlineRow({ id }: { readonly id: string }) {
  const { session, canvas } = useWorkbench();
  const node = useDocument((s) => s.doc.nodes[id]);
  const facts = useAnalysis((s) => s.nodes[id]);
  const isSelected = useSession((s) => s.selection.nodes.has(id));
  if (!node) return null;
  const look = categories[layerOf(node.kind)?.category ?? 'unknown'];
  const [shape] = Object.values(facts?.shapes ?? {});
  const worst = facts?.problems.find((p) => p.severity === 'error') ?? facts?.problems[0];
  const ProblemIcon = worst?.severity === 'error' ? CircleAlert : TriangleAlert;
  return (
    <li>
      <button
        type="button"
        className={styles.row}
        aria-pressed={isSelected}
        style={{ '--tone': look.color }}
        onClick={() => {
          session.setState({ selection: selectNodes([id]) });
          canvas.current?.reveal([id]);
        }}
      >
        <look.Icon aria-hidden />
        <span className={styles.name}>{node.name}</span>
        {worst === undefined ? null : (
          <ProblemIcon
            className={styles.problem}
            data-severity={worst.severity}
            role="img"
            aria-label={`${worst.severity}: ${worst.title}`}
          />
        )}
        <span className={styles.shape}>{shape}</span>
      </button>
    </li>
  );
}
