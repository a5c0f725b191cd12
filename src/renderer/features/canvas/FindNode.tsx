/** Finds a node by its name or kind (Ctrl-F), in blocks too, selects it and shows it. */
import { type GraphDocument, layerOf } from '../../../engine/index.ts';
import { levelOf, splitPath } from '../../document/level.ts';
import { showNode } from '../../session/navigate.ts';
import { useAnalysis, useDocument, useWorkbench } from '../../session/workbench.ts';
import { Chooser } from '../../ui/Chooser.tsx';
import { lookOf } from '../../ui/category.ts';

export function FindNode() {
  const workbench = useWorkbench();
  const { session } = workbench;
  const doc = useDocument((s) => s.doc);
  const facts = useAnalysis((s) => s.nodes);
  const net = useAnalysis((s) => s.net);
  const close = (): void => session.setState({ dialog: 'none' });
  return (
    <Chooser
      label="Find a node"
      placeholder="Find a node by name or kind"
      none="No node is called that."
      items={[...net.places.keys()].flatMap((flat) => {
        const node = nodeAt(doc, flat);
        if (!node) return [];
        const layer = layerOf(node.kind);
        const { Icon, color, kindTitle } = lookOf(doc, node);
        const [shape] = Object.values(facts[flat]?.shapes ?? {});
        return {
          id: flat,
          title: (net.nodes[flat] ?? net.blocks.get(flat))?.name ?? node.name,
          words: [kindTitle, ...(layer?.aliases ?? [])],
          icon: <Icon color={color} aria-hidden />,
          note: [kindTitle, shape].filter(Boolean).join(' · '),
        };
      })}
      onClose={close}
      onChoose={(flat) => {
        close();
        showNode(workbench, flat);
      }}
    />
  );
}

function nodeAt(doc: GraphDocument, flat: string) {
  const { path, id } = splitPath(flat);
  return levelOf(doc, path).nodes[id];
}
