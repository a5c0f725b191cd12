/**
 * The scrubber under the canvas: one place per capture. What stands elsewhere (canvas, strips, charts, regions) follows
 * the step that is chosen here; training goes on meanwhile.
 */
import { ChevronFirst, ChevronLast, Pause, Play } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { CaptureHistory, Verdict } from '../../../engine/index.ts';
import { shownRun } from '../../engine-client/store.ts';
import { useTraining, useTrainingClient } from '../../engine-client/training.ts';
import { useWorkbench } from '../../session/workbench.ts';
import { Button, IconButton } from '../../ui/Button.tsx';
import { WhatIsThis } from '../../ui/WhatIsThis.tsx';
import { moveBy } from './actions.ts';
import styles from './Timeline.module.css';

/** Captures per second when the past is played. */
const PLAY_RATE = 15;

export function Timeline() {
  const workbench = useWorkbench();
  const { client } = useTrainingClient();
  const run = useTraining(shownRun);
  const at = useTraining((s) => s.at);
  const [plays, setPlays] = useState(false);
  const history = run?.log?.history;
  const isBack = at !== null;

  useEffect(() => {
    if (!plays) return;
    const timer = setInterval(() => moveBy(workbench, 1), 1000 / PLAY_RATE);
    return () => clearInterval(timer);
  }, [plays, workbench]);
  useEffect(() => {
    if (!isBack) setPlays(false); // arrived at the newest
  }, [isBack]);

  if (!run || !history || history.length === 0) return <NothingYet />;
  const newest = history.length - 1;
  const position = at === null ? newest : history.positionOf(at);
  const step = history.stepAt(position);
  return (
    <section className={styles.bar} aria-label="Timeline" data-back={isBack}>
      <IconButton label="First step" keys="Home" onClick={() => client.seek(0)}>
        <ChevronFirst aria-hidden />
      </IconButton>
      <IconButton
        label={plays ? 'Pause' : 'Play the past'}
        onClick={() => {
          if (!plays && at === null) client.seek(0);
          setPlays(!plays);
        }}
      >
        {plays ? <Pause aria-hidden /> : <Play aria-hidden />}
      </IconButton>
      <div className={styles.track}>
        <input
          type="range"
          className={styles.range}
          aria-label="Step that is looked at"
          aria-valuetext={at === null ? `newest, step ${step}` : `step ${step}`}
          min={0}
          max={Math.max(1, newest)}
          value={position}
          onChange={({ target }) => client.seek(history.stepAt(Math.min(newest, target.valueAsNumber)))}
        />
        {run.verdicts.map((verdict) => (
          <span
            key={`${verdict.rule} ${verdict.raisedAt}`}
            className={styles.mark}
            style={{ left: `${100 * markPlace(history, verdict)}%` }}
            title={`${verdict.title}: raised at step ${verdict.raisedAt}`}
          />
        ))}
      </div>
      <output className={styles.step}>
        step <strong>{step}</strong> of {history.lastStep}
      </output>
      <Button
        tone={isBack ? 'primary' : 'quiet'}
        disabled={!isBack}
        title="Back to the newest step (End)"
        onClick={() => client.seek(null)}
      >
        <ChevronLast aria-hidden />
        {isBack ? 'Newest' : 'Live'}
      </Button>
      <WhatIsThis topic="timeline" />
    </section>
  );
}

function NothingYet() {
  const hasStart = useTraining((s) => s.start !== null);
  return (
    <section className={styles.bar} aria-label="Timeline">
      <span className={styles.none}>
        {hasStart
          ? 'Before training: one mini-batch through the initial weights.'
          : 'No step has been captured yet: the timeline begins with the first one.'}
      </span>
      <WhatIsThis topic={hasStart ? 'start' : 'timeline'} />
    </section>
  );
}

/** Where on the track a verdict was raised, 0 to 1. */
function markPlace(history: CaptureHistory, { raisedAt }: Verdict): number {
  return history.positionOf(raisedAt) / Math.max(1, history.length - 1);
}
