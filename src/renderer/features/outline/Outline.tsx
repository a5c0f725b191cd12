/** The net as a tree in the order of its flow: for screen readers, and for speed. Blocks unfold to show what they hold. */
import { ChevronRight, CircleAlert, TriangleAlert } from 'lucide-react';
import { useState } from 'react';
import { flowOrder } from '../../document/graph.ts';
import { levelOf, splitPath } from '../../document/level.ts';
import { showNode } from '../../session/navigate.ts';
import { useAnalysis, useDocument, useSession, useWorkbench } from '../../session/workbench.ts';
import { lookOf } from '../../ui/category.ts';
import { WhatIsThis } from '../../ui/WhatIsThis.tsx';
import styles from './Outline.module.css';

export function Outline() {
  const doc = useDocument((s) => s.doc);
  if (Object.keys(doc.nodes).length === 0) return <p className={styles.none}>No layers yet.</p>;
  return (
    <section className={styles.outline} aria-label="Outline">
      <p className={styles.head}>
        Shapes of what comes out <WhatIsThis topic="shape" />
      </p>
      <ul className={styles.list} aria-label="Layers of the net, in the order of the flow">
        <Rows path="" />
      </ul>
    </section>
  );
}

function Rows({ path }: { readonly path: string }) {
  const doc = useDocument((s) => s.doc);
  return flowOrder(levelOf(doc, path)).map((id) => <OutlineRow key={id} flat={path + id} />);
}

function OutlineRow({ flat }: { readonly flat: string }) {
  const workbench = useWorkbench();
  const { path, id } = splitPath(flat);
  const doc = useDocument((s) => s.doc);
  const node = levelOf(doc, path).nodes[id];
  const facts = useAnalysis((s) => s.nodes[flat]);
  const repeat = useAnalysis((s) => s.net.blocks.get(flat)?.repeat ?? null);
  const isShown = useDocument((s) => s.path === path);
  const isSelected = useSession((s) => isShown && s.selection.nodes.has(id));
  const [isOpen, setOpen] = useState(false);
  if (!node) return null;
  const look = lookOf(doc, node);
  const [shape] = Object.values(facts?.shapes ?? {});
  const worst = facts?.problems.find((p) => p.severity === 'error') ?? facts?.problems[0];
  const ProblemIcon = worst?.severity === 'error' ? CircleAlert : TriangleAlert;
  const holds = look.category === 'block';
  return (
    <li>
      <div className={styles.line}>
        {holds ? (
          <button
            type="button"
            className={styles.fold}
            aria-expanded={isOpen}
            aria-label={`What ${node.name} holds`}
            onClick={() => setOpen(!isOpen)}
          >
            <ChevronRight aria-hidden />
          </button>
        ) : null}
        <button
          type="button"
          className={styles.row}
          aria-pressed={isSelected}
          style={{ '--tone': look.color }}
          onClick={() => showNode(workbench, flat)}
        >
          <look.Icon aria-hidden />
          <span className={styles.name}>{repeat === null ? node.name : `${node.name} ×${repeat}`}</span>
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
      </div>
      {holds && isOpen && repeat !== 0 ? (
        <ul className={styles.inner}>
          <Rows path={`${flat}${node.block?.repeat === undefined ? '' : '#0'}/`} />
        </ul>
      ) : null}
    </li>
  );
}
