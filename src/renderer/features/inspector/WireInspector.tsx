/** One wire: what it joins, what runs through it, and a way to cut it. */
import { Scissors } from 'lucide-react';
import { disconnect } from '../../document/commands/wires.ts';
import { useDocument, useWireFacts, useWorkbench } from '../../session/workbench.ts';
import { Button } from '../../ui/Button.tsx';
import { WhatIsThis } from '../../ui/WhatIsThis.tsx';
import styles from './Inspector.module.css';

export function WireInspector({ id }: { readonly id: string }) {
  const { document } = useWorkbench();
  const wire = useDocument((s) => s.level.wires[id]);
  const nodes = useDocument((s) => s.level.nodes);
  const { shape, tint } = useWireFacts(id);
  if (!wire) return null;
  const end = ([node, port]: readonly [string, string]): string => `${nodes[node]?.name ?? '?'} · ${port}`;
  const facts = [
    ['From', end(wire.from)],
    ['To', end(wire.to)],
    ['Shape', shape ?? 'not known yet'],
    ...(tint ? [['Gradient', tint.label]] : []),
  ];
  return (
    <div className={styles.panel}>
      <section className={styles.section}>
        <h2 className={styles.title}>Wire</h2>
        <dl className={styles.facts}>
          {facts.map(([term, text]) => (
            <div key={term}>
              <dt>
                {term} {term === 'Gradient' ? <WhatIsThis topic="wireTint" /> : null}
                {term === 'Shape' ? <WhatIsThis topic="shape" /> : null}
              </dt>
              <dd>{text}</dd>
            </div>
          ))}
        </dl>
        <Button onClick={() => document.getState().run(disconnect([id]))}>
          <Scissors aria-hidden /> Cut
        </Button>
      </section>
    </div>
  );
}
