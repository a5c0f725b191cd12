/** What a step of a run takes: its kernels by the GPU's clock, its memory, the adapter, and what there was to do before. */
import { useState } from 'react';
import { formatBytes, millisOfStep, type Profile, type RunFacts } from '../../../engine/index.ts';
import type { RunView } from '../../engine-client/run.ts';
import { useTrainingClient } from '../../engine-client/training.ts';
import { Button } from '../../ui/Button.tsx';
import { WhatIsThis } from '../../ui/WhatIsThis.tsx';
import styles from './Developer.module.css';
import { KernelTable } from './KernelTable.tsx';
import { inMillis, partsOf, rate } from './words.ts';

interface StepProfileProps {
  readonly run: RunView;
  readonly facts: RunFacts;
}

export function StepProfile({ run, facts }: StepProfileProps) {
  const { client } = useTrainingClient();
  const [profile, setProfile] = useState<Profile | null>(null);
  const [state, setState] = useState<'idle' | 'measuring' | { readonly problem: string }>('idle');
  const isMeasuring = state === 'measuring';
  const measure = (): void => {
    setState('measuring');
    client.profile(run.id).then(
      (measured) => {
        setProfile(measured);
        setState('idle');
      },
      (error: Error) => setState({ problem: error.message }),
    );
  };
  return (
    <div className={styles.panel}>
      <section className={styles.kernels} aria-label="Kernels of a step">
        <div className={styles.bar}>
          <Button onClick={measure} disabled={isMeasuring || run.status === 'stopped'}>
            {isMeasuring ? 'Measuring…' : profile ? 'Measure again' : 'Time the kernels'}
          </Button>
          <WhatIsThis topic="kernels" />
          <p role="status" className={styles.words}>
            {typeof state === 'object' ? state.problem : summaryOf(profile, facts)}
          </p>
        </div>
        {profile ? <KernelTable profile={profile} /> : null}
      </section>
      <section className={styles.facts} aria-label="Memory and start">
        <Facts facts={facts} profile={profile} />
      </section>
    </div>
  );
}

/** One sentence above the table. */
function summaryOf(profile: Profile | null, { dispatches }: RunFacts): string {
  if (!profile)
    return `A step is ${dispatches.plain} dispatches, ${dispatches.looking} with a look. Training waits while they are timed.`;
  const { ceilings, kernels } = profile;
  if (!ceilings) return 'This adapter has no clock for kernels, so they are listed without times.';
  return (
    `${kernels.length} kernels take ${inMillis(millisOfStep(kernels))} ms. At best this adapter reaches ` +
    `${rate(ceilings.flopsPerMs / 1e6)} GFLOP/s in a product and ${rate(ceilings.bytesPerMs / 1e6)} GB/s in a copy.`
  );
}

function Facts({ facts, profile }: { readonly facts: RunFacts; readonly profile: Profile | null }) {
  const { adapter, memory } = facts;
  return (
    <table className={styles.table}>
      <tbody>
        <tr>
          <th scope="row">
            Adapter <WhatIsThis topic="memoryParts" />
          </th>
          <td>
            {adapter.name}
            {adapter.software ? ', in software' : ''}
          </td>
        </tr>
        {profile ? (
          <>
            <tr>
              <th scope="row">Programs compiled</th>
              <td>{inMillis(profile.compile.plan)} ms</td>
            </tr>
            <tr>
              <th scope="row">Pipelines and data loaded</th>
              <td>{inMillis(profile.compile.load)} ms</td>
            </tr>
            {profile.compile.rest > 0 ? (
              <tr>
                <th scope="row">Faster pipelines, while it trained</th>
                <td>{inMillis(profile.compile.rest)} ms</td>
              </tr>
            ) : null}
            <tr>
              <th scope="row">Shader texts of a step</th>
              <td>{profile.compile.texts}</td>
            </tr>
          </>
        ) : null}
        <tr>
          <th scope="row">Memory in all</th>
          <td>{formatBytes(memory.bytes)}</td>
        </tr>
        {partsOf(memory).map(({ use, title, bytes }) => (
          <tr key={use} className={styles.part}>
            <th scope="row">{title}</th>
            <td>{formatBytes(bytes)}</td>
          </tr>
        ))}
        <tr className={styles.part}>
          <th scope="row">Activations alive at once</th>
          <td>{formatBytes(memory.activations.lowerBound)}</td>
        </tr>
      </tbody>
    </table>
  );
}
