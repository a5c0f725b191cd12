/** One verdict. Props in, callbacks out. */
import { ChevronDown, FlaskConical, TriangleAlert, X } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import type { Fix, Verdict } from '../../../engine/index.ts';
import { Button, IconButton } from '../../ui/Button.tsx';
import choices from '../../ui/Choices.module.css';
import { NumberField } from '../../ui/NumberField.tsx';
import { Tip } from '../../ui/Tip.tsx';
import { WhatIsThis } from '../../ui/WhatIsThis.tsx';
import styles from './Verdicts.module.css';

/** Where a fork begins: at step 0, or where the run stands. */
export type ProofStart = 'start' | 'now';

export interface VerdictCardProps {
  readonly verdict: Verdict;
  /** Said of the initial weights, before any training. */
  readonly isEarly: boolean;
  /** Those that would change the document, the most promising first. */
  readonly fixes: readonly Fix[];
  /** Where *Prove it* begins; null where it can only begin at step 0. */
  readonly proof: {
    readonly from: ProofStart;
    /** Where the run stands. */
    readonly step: number;
    onFrom(from: ProofStart): void;
  } | null;
  onSelect(node: string): void;
  onApply(fix: Fix): void;
  onProve(fix: Fix): void;
  onThreshold(name: string, value: number): void;
  onClose(): void;
}

/** The card must leave the net in sight: what is wrong, where, and what mends it first; the rest is a click away. */
const MOST_FIXES = 1;

export function VerdictCard({
  verdict,
  isEarly,
  fixes,
  proof,
  onSelect,
  onApply,
  onProve,
  onThreshold,
  onClose,
}: VerdictCardProps) {
  const [isOpen, setOpen] = useState(false);
  const [showsAll, setShowsAll] = useState(false);
  const shownFixes = showsAll ? fixes : fixes.slice(0, MOST_FIXES);
  const { title, severity, sentence, culprit, raisedAt, clearedAt, window } = verdict;
  const isPast = clearedAt !== null;
  return (
    <article className={styles.card} data-severity={isPast ? 'past' : severity}>
      <header className={styles.header}>
        <TriangleAlert aria-hidden />
        <h3>
          {title}
          {isEarly ? ' (before training)' : isPast ? ' (passed)' : severity === 'severe' ? ' (severe)' : ''}
        </h3>
        <WhatIsThis topic="verdict" />
        <IconButton label="Close this verdict" onClick={onClose}>
          <X aria-hidden />
        </IconButton>
      </header>
      <p className={styles.sentence} role="status">
        {named(sentence, culprit, onSelect)}
      </p>
      {isPast ? (
        <p className={styles.note}>
          It held from step {window.from}, was announced at step {raisedAt}, and had passed by step{' '}
          {clearedAt}.
        </p>
      ) : null}
      {fixes.length > 0 && !isPast && proof ? <ProofChoice {...proof} /> : null}
      {fixes.length > 0 && !isPast ? (
        <ul className={styles.fixes} aria-label="Fixes, the most promising first">
          {shownFixes.map((fix, i) => (
            <li key={fix.id} className={styles.fix}>
              <Tip text={fix.words} side="left">
                <span className={styles.fixTitle}>{fix.title}</span>
              </Tip>
              <Tip
                text={`Edits the graph and trains it beside this run, ${proof?.from === 'now' ? 'from where it stands with the weights that fit' : 'from step 0'}: same seed, same batches. One undo takes the edit back.`}
              >
                <Button tone={i === 0 ? 'primary' : 'plain'} onClick={() => onProve(fix)}>
                  <FlaskConical aria-hidden />
                  Prove it
                </Button>
              </Tip>
              <Tip text="Only edits the graph. One undo takes it back.">
                <Button tone="quiet" onClick={() => onApply(fix)}>
                  Apply
                </Button>
              </Tip>
              {i === 0 ? <WhatIsThis topic="proof" /> : null}
            </li>
          ))}
        </ul>
      ) : null}
      <footer className={styles.footer}>
        {fixes.length > MOST_FIXES && !isPast ? (
          <button
            type="button"
            className={styles.more}
            aria-expanded={showsAll}
            onClick={() => setShowsAll(!showsAll)}
          >
            <ChevronDown aria-hidden />{' '}
            {showsAll
              ? 'First fix only'
              : `${fixes.length - MOST_FIXES} more ${fixes.length > 2 ? 'fixes' : 'fix'}`}
          </button>
        ) : null}
        <button type="button" className={styles.more} aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          <ChevronDown aria-hidden /> {isOpen ? 'Less' : 'Evidence, rule and doubts'}
        </button>
      </footer>
      {isOpen ? <Evidence verdict={verdict} onThreshold={onThreshold} /> : null}
    </article>
  );
}

function ProofChoice({ from, step, onFrom }: NonNullable<VerdictCardProps['proof']>) {
  return (
    <div className={styles.proof}>
      Prove it from
      <div className={choices.choices} role="radiogroup" aria-label="Where the fork begins">
        {(['start', 'now'] as const).map((choice) => (
          <label key={choice} data-checked={choice === from}>
            <input type="radio" name="proof" checked={choice === from} onChange={() => onFrom(choice)} />
            {choice === 'start' ? 'the start' : `step ${step}, with its weights`}
          </label>
        ))}
      </div>
    </div>
  );
}

function Evidence({ verdict, onThreshold }: Pick<VerdictCardProps, 'verdict' | 'onThreshold'>) {
  const { numbers, because, doubt, rule, thresholds, window } = verdict;
  return (
    <div className={styles.evidence}>
      <table>
        <tbody>
          {numbers.map(({ label, text }) => (
            <tr key={label}>
              <th scope="row">{label}</th>
              <td>{text}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <h4>
        Rule “{rule}” <WhatIsThis topic="threshold" />
      </h4>
      <p>{because}</p>
      <div>
        {Object.entries(thresholds).map(([name, { title, value }]) => (
          <NumberField
            key={name}
            label={title}
            value={value}
            onChange={(changed) => onThreshold(name, changed)}
          />
        ))}
      </div>
      <p>Changed thresholds hold from the next capture on; the document keeps them.</p>
      <p>
        It has held from step {window.from} to step {window.to}, in {window.captures}{' '}
        {window.captures === 1 ? 'capture' : 'captures'}.
      </p>
      <h4>Why it may be a false alarm</h4>
      <p>{doubt}</p>
    </div>
  );
}

/** The sentence with the names between backticks set as code; the culprit's is a button. */
function named(
  sentence: string,
  culprit: Verdict['culprit'],
  onSelect: (node: string) => void,
): readonly ReactNode[] {
  return sentence.split('`').map((part, i) => {
    const key = `${i} ${part}`;
    if (i % 2 === 0) return <span key={key}>{part}</span>;
    if (!culprit || part !== culprit.name) return <code key={key}>{part}</code>;
    return (
      <button key={key} type="button" className={styles.culprit} onClick={() => onSelect(culprit.node)}>
        {part}
      </button>
    );
  });
}
