/** The tab "Text" of the bottom panel: what a net that predicts the next character writes, while it is written. */
import { PenLine, Square } from 'lucide-react';
import { useState } from 'react';
import { Button } from '../../ui/Button.tsx';
import { Empty } from '../../ui/Empty.tsx';
import { SwitchField, TextField } from '../../ui/Fields.tsx';
import { NumberField } from '../../ui/NumberField.tsx';
import { WhatIsThis } from '../../ui/WhatIsThis.tsx';
import styles from './Generate.module.css';
import { firstOptions, type Sample } from './samples.ts';
import { useGenerator } from './use-generator.ts';

export function GeneratePanel() {
  const [options, setOptions] = useState(firstOptions);
  const [isLive, setLive] = useState(true);
  const { samples, isWriting, isReady, start, stop } = useGenerator(options, isLive);
  const set = (patch: Partial<typeof options>): void => setOptions({ ...options, ...patch });
  return (
    <div className={styles.panel}>
      <form className={styles.form} aria-label="Text generation" onSubmit={(event) => event.preventDefault()}>
        <div className={styles.fields}>
          <TextField
            label="Prompt"
            name="Prompt"
            value={options.prompt}
            onChange={(prompt) => set({ prompt })}
          />
          <NumberField
            label="Temperature"
            value={options.temperature}
            min={0}
            max={100}
            onChange={(temperature) => set({ temperature })}
          />
          <NumberField
            label="Top k"
            value={options.topK}
            min={0}
            max={4096}
            integer
            onChange={(topK) => set({ topK })}
          />
          <NumberField
            label="Length"
            value={options.length}
            min={1}
            max={100_000}
            integer
            onChange={(length) => set({ length })}
          />
          <NumberField
            label="Seed"
            name="Text seed"
            value={options.seed}
            min={0}
            integer
            onChange={(seed) => set({ seed })}
          />
          <SwitchField label="While training" name="Write while training" value={isLive} onChange={setLive} />
        </div>
        {isWriting ? (
          <Button onClick={stop}>
            <Square aria-hidden /> Stop writing
          </Button>
        ) : (
          <Button tone="primary" disabled={!isReady} onClick={() => start(options)}>
            <PenLine aria-hidden /> Generate
          </Button>
        )}
        <WhatIsThis topic="sampling" />
      </form>
      <div className={styles.samples} role="log" aria-label="Generated text">
        {samples.length === 0 ? (
          <Empty>
            {isReady
              ? 'Generate, or let it train: the net writes here what it believes comes next.'
              : 'Press play or step first: the net must be compiled before it can write.'}
          </Empty>
        ) : null}
        {samples.map((sample) => (
          <SampleText key={sample.id} sample={sample} />
        ))}
      </div>
    </div>
  );
}

function SampleText({ sample: { prompt, text, step, isDone, problem } }: { readonly sample: Sample }) {
  return (
    <article className={styles.sample}>
      <h3>{step === null ? (isDone ? 'Nothing written' : 'Waiting for the net') : `Step ${step}`}</h3>
      <pre>
        <b>{prompt}</b>
        {text}
        {isDone ? null : <span className={styles.cursor} aria-hidden />}
      </pre>
      {problem ? (
        <p role="alert">
          {problem.title}. {problem.fix}
        </p>
      ) : null}
    </article>
  );
}
