/** The right panel's first tab: what is selected, with everything about it that can be changed. */
import { useDocument, useSession } from '../../session/workbench.ts';
import { OpenBlockForm } from './CanvasForm.tsx';
import styles from './Inspector.module.css';
import { NodeInspector } from './NodeInspector.tsx';
import { TrainingForm } from './TrainingForm.tsx';
import { WireInspector } from './WireInspector.tsx';

export function Inspector() {
  const isInside = useDocument((s) => s.path !== '');
  const selection = useSession((s) => s.selection);
  const nodes = useDocument((s) => s.level.nodes);
  const wires = useDocument((s) => s.level.wires);
  const chosen = [...selection.nodes].filter((id) => nodes[id]);
  const [node] = chosen;
  const [wire] = [...selection.wires].filter((id) => wires[id]);
  if (chosen.length > 1) return <p className={styles.hint}>{chosen.length} layers are selected.</p>;
  if (node !== undefined) return <NodeInspector key={node} id={node} />;
  if (wire !== undefined) return <WireInspector key={wire} id={wire} />;
  return isInside ? <OpenBlockForm /> : <TrainingForm />;
}
