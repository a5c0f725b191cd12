/** How the net is trained, shown where nothing is selected: optimiser, batch size, epochs, seed; and what the net amounts to. */
import {
  clippingParams,
  formatBytes,
  formatCount,
  formatFlops,
  type OptimizerSpec,
  optimizerList,
  optimizerOf,
  paramFields,
  penaltyParams,
  scheduleChoices,
  stoppingParams,
} from '../../../engine/index.ts';
import { setTraining } from '../../document/commands/settings.ts';
import { omit } from '../../document/ids.ts';
import { useAnalysis, useDocument, useWorkbench } from '../../session/workbench.ts';
import { SelectField } from '../../ui/Fields.tsx';
import { Markdown } from '../../ui/Markdown.tsx';
import { NumberField } from '../../ui/NumberField.tsx';
import { WhatIsThis } from '../../ui/WhatIsThis.tsx';
import { ExposedForm } from './CanvasForm.tsx';
import styles from './Inspector.module.css';
import { ParamForm } from './ParamForm.tsx';

interface ChoiceProps {
  readonly label: string;
  readonly setting: 'optimizer' | 'schedule';
  readonly kinds: readonly (OptimizerSpec | (typeof scheduleChoices)[number])[];
}

/** One of several kinds, and the parameters that it declares. */
function ChoiceSection({ label, setting, kinds }: ChoiceProps) {
  const { document } = useWorkbench();
  const chosen = useDocument((s) => s.doc.training[setting]);
  const spec = kinds.find((k) => k.kind === chosen.kind);
  const { run } = document.getState();
  return (
    <section className={styles.section}>
      <SelectField
        label={label}
        name={label}
        value={chosen.kind}
        options={kinds.map(({ kind, title }) => ({ value: kind, title }))}
        onChange={(kind) => run(setTraining({ [setting]: { kind, params: {} } }))}
      />
      {spec ? (
        <ParamForm
          fields={paramFields(spec.params)}
          values={chosen.params}
          onChange={(name, value, gesture) => {
            const params =
              value === undefined ? omit(chosen.params, [name]) : { ...chosen.params, [name]: value };
            run(
              setTraining({ [setting]: { ...chosen, params } }, gesture && `${setting}:${name}:${gesture}`),
            );
          }}
        />
      ) : null}
    </section>
  );
}

const groups = {
  clipping: paramFields(clippingParams),
  penalty: paramFields(penaltyParams),
  stopping: paramFields(stoppingParams),
} as const;

/** Settings that belong together, by their declaration. */
function GroupForm({ setting }: { readonly setting: keyof typeof groups }) {
  const { document } = useWorkbench();
  const values = useDocument((s) => s.doc.training[setting]);
  return (
    <ParamForm
      fields={groups[setting]}
      values={values}
      onChange={(name, value, gesture) => {
        const otherwise = groups[setting].find((f) => f.name === name)?.default;
        document
          .getState()
          .run(
            setTraining(
              { [setting]: { ...values, [name]: value ?? otherwise } },
              gesture && `${setting}:${name}:${gesture}`,
            ),
          );
      }}
    />
  );
}

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
  const about = [
    optimizerOf(training.optimizer.kind),
    scheduleChoices.find(({ kind }) => kind === training.schedule.kind && kind !== 'constant'),
  ];
  const number = (
    key: 'batchSize' | 'accumulation' | 'epochs' | 'seed',
    label: string,
    min: number,
    max: number,
  ) => (
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
      <ExposedForm scope={null} />
      <section className={styles.section}>
        <h2 className={styles.title}>
          Training <WhatIsThis topic="trainingSettings" />
        </h2>
        {number('batchSize', 'Batch size', 1, 65_536)}
        {number('accumulation', 'Micro-batches a step', 1, 1024)}
        {number('epochs', 'Epochs', 1, 1_000_000)}
        {number('seed', 'Seed', 0, 0xffff_ffff)}
      </section>
      <ChoiceSection label="Optimiser" setting="optimizer" kinds={optimizerList} />
      <ChoiceSection label="Schedule" setting="schedule" kinds={scheduleChoices} />
      <section className={styles.section}>
        <GroupForm setting="clipping" />
        <GroupForm setting="penalty" />
        <GroupForm setting="stopping" />
      </section>
      <section className={styles.section}>
        <dl className={styles.facts}>
          <div>
            <dt>
              Parameters <WhatIsThis topic="parameters" />
            </dt>
            <dd>{formatCount(summary.parameters)}</dd>
          </div>
          <div>
            <dt>
              Arithmetic per step <WhatIsThis topic="flops" />
            </dt>
            <dd>{formatFlops(summary.flops.step)}</dd>
          </div>
          {Object.entries(memoryParts).map(([part, title]) => (
            <div key={part}>
              <dt>
                {title} {part === 'total' ? <WhatIsThis topic="memory" /> : null}
              </dt>
              <dd>{formatBytes(summary.memory[part as keyof typeof memoryParts])}</dd>
            </div>
          ))}
        </dl>
      </section>
      {about.map((spec) =>
        spec ? (
          <section key={spec.kind} className={styles.section}>
            <h3 className={styles.heading}>About {spec.title}</h3>
            <Markdown text={`${spec.doc}\n\n$$\n${spec.formula}\n$$`} />
            <p className={styles.source}>{spec.source}</p>
          </section>
        ) : null,
      )}
    </div>
  );
}
