/** Everything that is wrong, in words; a click goes there, a button mends it. */
import { CircleAlert, CircleCheck, TriangleAlert } from 'lucide-react';
import type { Problem } from '../../session/analysis.ts';
import { nothingSelected, selectNodes } from '../../session/session.ts';
import { useAnalysis, useDocument, useWorkbench } from '../../session/workbench.ts';
import { Button } from '../../ui/Button.tsx';
import styles from './Problems.module.css';

export function Problems() {
  const problems = useAnalysis((s) => s.problems);
  const isEmpty = useDocument((s) => Object.keys(s.doc.nodes).length === 0);
  if (problems.length === 0) {
    return (
      <p className={styles.none}>
        <CircleCheck aria-hidden />{' '}
        {isEmpty ? 'Nothing is here yet.' : 'No problems. This net can be trained.'}
      </p>
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
  const { document, session, canvas } = useWorkbench();
  const { severity, title, fix, node, wire, quickFix } = problem;
  const Icon = severity === 'error' ? CircleAlert : TriangleAlert;
  const go = (): void => {
    const target = node ?? (wire === null ? undefined : document.getState().doc.wires[wire]?.to[0]);
    session.setState({
      selection:
        wire === null
          ? selectNodes(node === null ? [] : [node])
          : { ...nothingSelected, wires: new Set([wire]) },
      rightTab: 'inspector',
    });
    if (target !== undefined) canvas.current?.reveal([target]);
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
