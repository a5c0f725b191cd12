/** Wiring without a mouse: choose a port of the selected node, then one of the ends that fit it, Enter. */
import { useState } from 'react';
import type { GraphDocument } from '../../../engine/index.ts';
import { connect } from '../../document/commands/wires.ts';
import { portsOf, whyNotConnect } from '../../document/graph.ts';
import type { LooseEnd } from '../../session/session.ts';
import { useDocument, useSession, useWorkbench } from '../../session/workbench.ts';
import { Chooser } from '../../ui/Chooser.tsx';

export function KeyboardWiring() {
  const { session, document } = useWorkbench();
  const doc = useDocument((s) => s.level);
  const [node] = useSession((s) => s.selection.nodes);
  const [loose, setLoose] = useState<LooseEnd | null>(null);
  const close = (): void => session.setState({ dialog: 'none' });
  if (node === undefined || !doc.nodes[node]) return null;
  const name = doc.nodes[node].name;
  const ends = loose === null ? endsOf(doc, node) : fitting(doc, loose);
  return (
    <Chooser
      key={loose === null ? 'port' : 'end'}
      label={loose === null ? `Wire ${name}: choose a port` : `Wire ${name}: choose the other end`}
      placeholder={loose === null ? `Which port of ${name}?` : `Where does ${loose.port} of ${name} lead?`}
      none={loose === null ? 'This node has no port.' : 'Nothing fits this port.'}
      items={ends.map((end) => ({
        id: JSON.stringify(end),
        title: `${doc.nodes[end.node]?.name ?? ''} · ${end.port}`,
        note: end.side === 'from' ? 'output' : 'input',
      }))}
      onClose={close}
      onChoose={(id) => {
        const end = ends.find((e) => JSON.stringify(e) === id);
        if (!end) return;
        if (loose === null) return setLoose(end);
        close();
        document.getState().run(loose.side === 'from' ? connect(loose, end) : connect(end, loose));
      }}
    />
  );
}

/** All ports of a node, outputs first: a wire is mostly drawn forwards. */
function endsOf(doc: GraphDocument, node: string): LooseEnd[] {
  const { inputs, outputs } = portsOf(doc, node);
  return [
    ...outputs.map(({ name }) => ({ node, port: name, side: 'from' as const })),
    ...inputs.map(({ name }) => ({ node, port: name, side: 'to' as const })),
  ];
}

function fitting(doc: GraphDocument, loose: LooseEnd): LooseEnd[] {
  return Object.keys(doc.nodes)
    .flatMap((id) => endsOf(doc, id))
    .filter((end) => end.side !== loose.side)
    .filter(
      (end) =>
        (loose.side === 'from' ? whyNotConnect(doc, loose, end) : whyNotConnect(doc, end, loose)) === null,
    );
}
