/** Everything that is wrong, in words; a click goes there, a button mends it. */
import { CircleAlert, CircleCheck, TriangleAlert } from 'lucide-react';
import { splitPath } from '../../document/level.ts';
import type { Problem } from '../../session/analysis.ts';
import { showNode } from '../../session/navigate.ts';
import { nothingSelected } from '../../session/session.ts';
import { useAnalysis, useDocument, useWorkbench } from '../../session/workbench.ts';
import { Button } from '../../ui/Button.tsx';
import { Empty } from '../../ui/Empty.tsx';
import styles from './Problems.module.css';

export function Problems() {
  const problems = useAnalysis((s) => s.problems);
  const isEmpty = useDocument((s) => Object.keys(s.doc.nodes).length === 0);
  if (problems.length === 0) {
    return (
      <Empty>
        <CircleCheck aria-hidden />{' '}
        {isEmpty ? 'Nothing is here yet.' : 'No problems. This net can be trained.'}
      </Empty>
    );
  }
  return (
    <ul className={styles.list}>
      {problems.map((problem) => (
        <ProblemRow key={problem.id} problem={problem} />
      ))}
    </ul>
  );
}

function ProblemRow({ problem }: { readonly problem: Problem }) {
  const workbench = useWorkbench();
  const { document, session } = workbench;
  const { severity, title, fix, node, wire, quickFix } = problem;
  const Icon = severity === 'error' ? CircleAlert : TriangleAlert;
  const go = (): void => {
    session.setState({ rightTab: 'inspector' });
    if (node !== null) showNode(workbench, node);
    if (wire === null) return;
    const { path, id } = splitPath(wire);
    document.getState().open(path);
    const sink = document.getState().level.wires[id]?.to[0];
    if (node === null && sink !== undefined) showNode(workbench, path + sink);
    session.setState({ selection: { ...nothingSelected, wires: new Set([id]) } });
  };
  return (
    <li className={styles.row} data-severity={severity}>
      <Icon role="img" aria-label={severity} />
      <button type="button" className={styles.words} onClick={go}>
        <strong>{title}</strong>
        <span>{fix}</span>
      </button>
      {quickFix ? (
        <Button onClick={() => document.getState().run(quickFix.command)}>{quickFix.label}</Button>
      ) : null}
    </li>
  );
}
