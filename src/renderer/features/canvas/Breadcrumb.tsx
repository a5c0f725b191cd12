/** Which canvas is open, and the way back: the document, then each block, with the repetition that is looked at. */
import { Panel } from '@xyflow/react';
import { ChevronRight, Undo2 } from 'lucide-react';
import { splitPath } from '../../document/level.ts';
import { leaveBlock, openPathOf } from '../../session/navigate.ts';
import { useAnalysis, useDocument, useWorkbench } from '../../session/workbench.ts';
import styles from './Breadcrumb.module.css';

export function Breadcrumb() {
  const workbench = useWorkbench();
  const path = useDocument((s) => s.path);
  const name = useDocument((s) => s.doc.name);
  const net = useAnalysis((s) => s.net);
  if (path === '') return null;
  const steps = path.split('/').slice(0, -1);
  const crumbs = steps.map((step, i) => {
    const around = steps.slice(0, i).map((s) => `${s}/`);
    const [instance = '', repetition] = step.split('#');
    const prefix = around.join('');
    return {
      path: `${prefix}${step}/`,
      block: net.blocks.get(prefix + instance),
      instance: prefix + instance,
      repetition: repetition === undefined ? null : Number(repetition),
    };
  });
  return (
    <Panel position="top-left">
      <nav className={styles.crumbs} aria-label="Open block">
        <button
          type="button"
          className={styles.back}
          title="Back to the canvas around (Alt+↑)"
          aria-label="Back to the canvas around"
          onClick={() => leaveBlock(workbench)}
        >
          <Undo2 aria-hidden />
        </button>
        <button type="button" className={styles.crumb} onClick={() => openPathOf(workbench, '')}>
          {name}
        </button>
        {crumbs.map(({ path: to, block, instance, repetition }, i) => (
          <span key={to} className={styles.step}>
            <ChevronRight aria-hidden />
            <button
              type="button"
              className={styles.crumb}
              aria-current={i === crumbs.length - 1 ? 'location' : undefined}
              onClick={() => openPathOf(workbench, to)}
            >
              {block?.name.split('.').at(-1) ?? splitPath(instance).id}
              <span className={styles.title}>{block?.title}</span>
            </button>
            {repetition !== null && (block?.repeat ?? 1) > 1 ? (
              <select
                className={styles.repetition}
                aria-label="Repetition"
                value={repetition}
                onChange={(event) => {
                  const rest = crumbs.slice(i + 1).map((c) => c.path.slice(to.length));
                  openPathOf(workbench, `${instance}#${event.target.value}/${rest.at(-1) ?? ''}`);
                }}
              >
                {Array.from({ length: block?.repeat ?? 1 }, (_, r) => (
                  <option key={`${instance}#${r}`} value={r}>
                    {r + 1} of {block?.repeat}
                  </option>
                ))}
              </select>
            ) : null}
          </span>
        ))}
      </nav>
    </Panel>
  );
}
