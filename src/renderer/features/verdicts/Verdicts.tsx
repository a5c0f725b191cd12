/** A floating card over the canvas per verdict: what, where it begins, the numbers, why it may be wrong, what to do. */
import { useState } from 'react';
import { applicableFixes, type Fix, type Verdict } from '../../../engine/index.ts';
import { replaceDocument, setTraining } from '../../document/commands/settings.ts';
import { isAlive } from '../../engine-client/client.ts';
import type { RunView } from '../../engine-client/run.ts';
import { startId } from '../../engine-client/start.ts';
import { seenRun } from '../../engine-client/store.ts';
import { useTraining, useTrainingClient } from '../../engine-client/training.ts';
import { showNode } from '../../session/navigate.ts';
import { useDocument, useWorkbench } from '../../session/workbench.ts';
import { type ProofStart, VerdictCard } from './VerdictCard.tsx';
import styles from './Verdicts.module.css';

export function Verdicts() {
  const run = useTraining(seenRun);
  return run ? <RunVerdicts key={`${run.id}.${run.generation}`} run={run} /> : null;
}

function RunVerdicts({ run }: { readonly run: RunView }) {
  const workbench = useWorkbench();
  const { client } = useTrainingClient();
  const doc = useDocument((s) => s.doc);
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const [from, setFrom] = useState<ProofStart>('start');
  const canGoOn = run.id !== startId && isAlive(run) && run.step > 0;
  const verdicts = [...run.verdicts]
    .filter((verdict) => !closed.has(nameOf(verdict)))
    .sort((a, b) => weightOf(b) - weightOf(a));
  if (verdicts.length === 0) return null;

  function select(node: string): void {
    showNode(workbench, node);
  }

  /** The edit is the document's (one undo); the fork trains it beside the run, with the same seed and batches. */
  function prove(fix: Fix): void {
    const fixed = fix.apply(workbench.document.getState().doc);
    // What has not begun yet begins now, so that there is something to compare with.
    const origin = run.id === startId ? client.create(run.document, { play: true }) : run.id;
    client.fork({ run: origin, change: fix.title, from: canGoOn ? from : 'start' }, fixed);
    workbench.document.getState().run(replaceDocument(fixed, `apply ${fix.title}`));
    const { panels } = workbench.session.getState();
    workbench.session.setState({ bottomTab: 'compare', panels: { ...panels, bottom: true } });
  }

  function apply(fix: Fix): void {
    const { document } = workbench;
    document.getState().run(replaceDocument(fix.apply(document.getState().doc), `apply ${fix.title}`));
  }

  /** Thresholds are settings of the document: they hold from the next capture on, and for the command line too. */
  function setThreshold(rule: string, name: string, value: number): void {
    const { thresholds } = workbench.document.getState().doc.training;
    const changed = { ...thresholds, [rule]: { ...thresholds[rule], [name]: value } };
    workbench.document.getState().run(setTraining({ thresholds: changed }, `threshold ${rule} ${name}`));
  }

  return (
    <section className={styles.cards} aria-label="Verdicts">
      {verdicts.map((verdict) => (
        <VerdictCard
          key={nameOf(verdict)}
          verdict={verdict}
          isEarly={run.id === startId}
          fixes={applicableFixes(verdict.fixes, doc)}
          proof={canGoOn ? { from, step: run.step, onFrom: setFrom } : null}
          onSelect={select}
          onApply={apply}
          onProve={prove}
          onThreshold={(name, value) => setThreshold(verdict.rule, name, value)}
          onClose={() => setClosed(new Set([...closed, nameOf(verdict)]))}
        />
      ))}
    </section>
  );
}

/** What stands comes before what has passed, and what is severe before what warns. */
function weightOf({ severity, clearedAt }: Verdict): number {
  return (clearedAt === null ? 2 : 0) + (severity === 'severe' ? 1 : 0);
}

/** The same trouble raised again is a new card. */
function nameOf({ rule, raisedAt, clearedAt }: Verdict): string {
  return `${rule} ${raisedAt} ${clearedAt ?? ''}`;
}
