/** The right panel's first tab: what is selected, with everything about it that can be changed. */
import { useDocument, useSession } from '../../session/workbench.ts';
import styles from './Inspector.module.css';
import { NodeInspector } from './NodeInspector.tsx';
import { TrainingForm } from './TrainingForm.tsx';
import { WireInspector } from './WireInspector.tsx';

export function Inspector() {
  const selection = useSession((s) => s.selection);
  const nodes = useDocument((s) => s.doc.nodes);
  const wires = useDocument((s) => s.doc.wires);
  const chosen = [...selection.nodes].filter((id) => nodes[id]);
  const [node] = chosen;
  const [wire] = [...selection.wires].filter((id) => wires[id]);
  if (chosen.length > 1) return <p className={styles.hint}>{chosen.length} layers are selected.</p>;
  if (node !== undefined) return <NodeInspector key={node} id={node} />;
  if (wire !== undefined) return <WireInspector key={wire} id={wire} />;
  return <TrainingForm />;
}
