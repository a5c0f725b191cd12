/** Finds a node by its name or kind (Ctrl-F), selects it and shows it. */
import { layerOf } from '../../../engine/index.ts';
import { selectNodes } from '../../session/session.ts';
import { useAnalysis, useDocument, useWorkbench } from '../../session/workbench.ts';
import { Chooser } from '../../ui/Chooser.tsx';
import { categories } from '../../ui/category.ts';

export function FindNode() {
  const { session, canvas } = useWorkbench();
  const nodes = useDocument((s) => s.doc.nodes);
  const facts = useAnalysis((s) => s.nodes);
  const close = (): void => session.setState({ dialog: 'none' });
  return (
    <Chooser
      label="Find a node"
      placeholder="Find a node by name or kind"
      none="No node is called that."
      items={Object.entries(nodes).map(([id, node]) => {
        const layer = layerOf(node.kind);
        const { Icon, color } = categories[layer?.category ?? 'unknown'];
        const [shape] = Object.values(facts[id]?.shapes ?? {});
        return {
          id,
          title: node.name,
          words: [layer?.title ?? node.kind, ...(layer?.aliases ?? [])],
          icon: <Icon color={color} aria-hidden />,
          note: [layer?.title ?? node.kind, shape].filter(Boolean).join(' · '),
        };
      })}
      onClose={close}
      onChoose={(id) => {
        session.setState({ dialog: 'none', selection: selectNodes([id]) });
        canvas.current?.reveal([id]);
      }}
    />
  );
}
