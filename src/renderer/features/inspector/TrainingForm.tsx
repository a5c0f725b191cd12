/** How the net is trained, shown where nothing is selected: optimiser, batch size, epochs, seed; and what the net amounts to. */
import {
  formatBytes,
  formatCount,
  formatFlops,
  optimizerList,
  optimizerOf,
  paramFields,
} from '../../../engine/index.ts';
import { setTraining } from '../../document/commands/settings.ts';
import { omit } from '../../document/ids.ts';
import { useAnalysis, useDocument, useWorkbench } from '../../session/workbench.ts';
import { SelectField } from '../../ui/Fields.tsx';
import { Markdown } from '../../ui/Markdown.tsx';
import { NumberField } from '../../ui/NumberField.tsx';
import styles from './Inspector.module.css';
import { ParamForm } from './ParamForm.tsx';

const memoryParts = {
  total: 'Memory, forecast',
  activations: '· activations',
  parameters: '· parameters',
  gradients: '· gradients',
  optimizer: '· optimiser',
} as const;

export function TrainingForm() {
  const { document } = useWorkbench();
  const training = useDocument((s) => s.doc.training);
  const summary = useAnalysis((s) => s.summary);
  const { run } = document.getState();
  const { optimizer } = training;
  const spec = optimizerOf(optimizer.kind);
  const number = (key: 'batchSize' | 'epochs' | 'seed', label: string, min: number, max: number) => (
    <NumberField
      label={label}
      name={label}
      value={training[key]}
      min={min}
      max={max}
      integer
      onChange={(value, gesture) =>
        run(setTraining({ [key]: value }, gesture && `training:${key}:${gesture}`))
      }
    />
  );
  return (
    <div className={styles.panel}>
      <section className={styles.section}>
        <h2 className={styles.title}>Training</h2>
        {number('batchSize', 'Batch size', 1, 65_536)}
        {number('epochs', 'Epochs', 1, 1_000_000)}
        {number('seed', 'Seed', 0, 0xffff_ffff)}
      </section>
      <section className={styles.section}>
        <SelectField
          label="Optimiser"
          name="Optimiser"
          value={optimizer.kind}
          options={optimizerList.map(({ kind, title }) => ({ value: kind, title }))}
          onChange={(kind) => run(setTraining({ optimizer: { kind, params: {} } }))}
        />
        {spec ? (
          <ParamForm
            fields={paramFields(spec.params)}
            values={optimizer.params}
            onChange={(name, value, gesture) => {
              const params =
                value === undefined ? omit(optimizer.params, [name]) : { ...optimizer.params, [name]: value };
              run(
                setTraining(
                  { optimizer: { ...optimizer, params } },
                  gesture && `optimizer:${name}:${gesture}`,
                ),
              );
            }}
          />
        ) : null}
      </section>
      <section className={styles.section}>
        <dl className={styles.facts}>
          <div>
            <dt>Parameters</dt>
            <dd>{formatCount(summary.parameters)}</dd>
          </div>
          <div>
            <dt>Arithmetic per step</dt>
            <dd>{formatFlops(summary.flops.step)}</dd>
          </div>
          {Object.entries(memoryParts).map(([part, title]) => (
            <div key={part}>
              <dt>{title}</dt>
              <dd>{formatBytes(summary.memory[part as keyof typeof memoryParts])}</dd>
            </div>
          ))}
        </dl>
      </section>
      {spec ? (
        <section className={styles.section}>
          <h3 className={styles.heading}>About {spec.title}</h3>
          <Markdown text={`${spec.doc}\n\n$$\n${spec.formula}\n$$`} />
          <p className={styles.source}>{spec.source}</p>
        </section>
      ) : null}
    </div>
  );
}
