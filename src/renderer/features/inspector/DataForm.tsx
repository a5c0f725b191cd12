/** The data node's own form: where the data comes from, how it is made, how it is split. */
import { useMemo } from 'react';
import {
  type DataOrigin,
  type DataSpec,
  dataSpec,
  describeData,
  generators,
  type Json,
  paramFields,
  shippedDatasets,
} from '../../../engine/index.ts';
import { asJson, setData } from '../../document/commands/data.ts';
import { chooseCsv } from '../../session/csv.ts';
import { chooseText } from '../../session/text.ts';
import { useWorkbench } from '../../session/workbench.ts';
import { SelectField, SwitchField } from '../../ui/Fields.tsx';
import { NumberField } from '../../ui/NumberField.tsx';
import { WhatIsThis } from '../../ui/WhatIsThis.tsx';
import { ColumnTable } from './ColumnTable.tsx';
import { CsvForm } from './CsvForm.tsx';
import { DataPreview } from './DataPreview.tsx';
import styles from './Inspector.module.css';
import { ParamForm } from './ParamForm.tsx';
import { TextFileForm, TextForm } from './TextForm.tsx';

interface Props {
  readonly id: string;
  readonly params: Readonly<Record<string, Json>>;
}

const sources = [
  ...Object.values(generators).map(({ kind, title }) => ({ value: `generated/${kind}`, title })),
  ...Object.values(shippedDatasets).map(({ id, title }) => ({ value: `shipped/${id}`, title })),
  { value: 'csv', title: 'CSV file' },
  { value: 'text', title: 'Text file' },
];

export function DataForm({ id, params }: Props) {
  const { document, host } = useWorkbench();
  const parsed = dataSpec.safeParse(params);
  const spec = parsed.success ? parsed.data : null;
  const split = spec?.split ?? dataSpec.shape.split.parse(undefined);
  const set = (origin: DataOrigin, label: string, gesture?: string): void =>
    write({ origin, split }, label, gesture && `data:${id}:${gesture}`);
  const write = (next: DataSpec, label: string, mergeKey?: string): void =>
    document.getState().run(setData(id, next, label, mergeKey));
  const choose = async (source: string): Promise<void> => {
    const origin = await (source === 'csv'
      ? chooseCsv(host)
      : source === 'text'
        ? chooseText(host)
        : firstOrigin(source));
    if (origin) set(origin, 'choose other data');
  };
  return (
    <>
      <SelectField
        label="Data"
        name="Data"
        value={spec ? sourceOf(spec.origin) : ''}
        options={sources}
        onChange={(source) => void choose(source)}
      />
      {spec === null || spec.origin.source === 'csv' ? (
        <CsvForm origin={spec?.origin.source === 'csv' ? spec.origin : null} onChange={set} />
      ) : null}
      {spec?.origin.source === 'text' ? <TextFileForm origin={spec.origin} onChange={set} /> : null}
      {spec?.origin.source === 'generated' ? <GeneratedForm origin={spec.origin} onChange={set} /> : null}
      {spec?.origin.source === 'shipped' ? <ShippedForm origin={spec.origin} onChange={set} /> : null}
      {spec ? (
        <SplitForm
          split={spec.split}
          hasShares={hasClassShares(spec)}
          onChange={(next, g) => write({ ...spec, split: next }, 'change the split', g && `split:${id}:${g}`)}
        />
      ) : null}
    </>
  );
}

type GeneratedOrigin = Extract<DataOrigin, { source: 'generated' }>;
type ShippedOrigin = Extract<DataOrigin, { source: 'shipped' }>;
type Change = (origin: DataOrigin, label: string, gesture?: string) => void;

function GeneratedForm({
  origin,
  onChange,
}: {
  readonly origin: GeneratedOrigin;
  readonly onChange: Change;
}) {
  const generator = generators[origin.kind];
  const dataset = useMemo(
    () => generators[origin.kind].load(origin.params, origin.seed),
    [origin.kind, origin.params, origin.seed],
  );
  const change = (patch: object, gesture?: string): void =>
    onChange(readOrigin({ ...origin, ...patch }) ?? origin, 'change the data', gesture);
  return (
    <>
      <h3 className={styles.heading}>
        A look at it <WhatIsThis topic="dataPreview" />
      </h3>
      <DataPreview dataset={dataset} />
      <ParamForm
        fields={paramFields(generator.params)}
        values={asJson(origin.params)}
        onChange={(name, value, gesture) =>
          change({ params: { ...origin.params, [name]: value } }, gesture && `${name}:${gesture}`)
        }
      />
      <NumberField
        label="Data seed"
        name="Data seed"
        value={origin.seed}
        min={0}
        integer
        onChange={(seed, gesture) => change({ seed }, gesture && `seed:${gesture}`)}
      />
      <p className={styles.hint}>{generator.doc}</p>
    </>
  );
}

function ShippedForm({ origin, onChange }: { readonly origin: ShippedOrigin; readonly onChange: Change }) {
  const { description, source, licence } = shippedDatasets[origin.id];
  return (
    <>
      <p className={styles.hint}>{description}</p>
      {origin.id === 'sonnets' ? (
        <TextForm
          windows={origin.windows}
          onChange={(windows, gesture) => onChange({ ...origin, windows }, 'change the windows', gesture)}
        />
      ) : origin.id === 'mnist' ? (
        <>
          <SelectField
            label="Pixels"
            name="Pixels"
            value={origin.pixels}
            options={[
              { value: 'unit', title: '0 … 1' },
              { value: 'standard', title: 'Standardised' },
              { value: 'bytes', title: '0 … 255' },
            ]}
            onChange={(pixels) => onChange(readOrigin({ ...origin, pixels }) ?? origin, 'change the pixels')}
          />
          <NumberField
            label="Images"
            name="Images"
            value={origin.samples}
            min={10}
            max={10_000}
            integer
            onChange={(samples, gesture) => onChange({ ...origin, samples }, 'change the images', gesture)}
          />
        </>
      ) : (
        <ColumnTable
          recipe={origin.recipe}
          onChange={(recipe, label) => onChange({ ...origin, recipe }, label)}
        />
      )}
      <p className={styles.source}>
        <strong>Source.</strong> {source}
        <br />
        <strong>Licence.</strong> {licence}
      </p>
    </>
  );
}

/** Whether parts can have classes in equal shares: samples have one class each, and are not cut out of one long row. */
function hasClassShares(spec: DataSpec): boolean {
  const { origin } = spec;
  if (origin.source === 'generated') {
    const [target] = describeData(spec).targets;
    return target?.kind === 'class' && target.shape.length === 0;
  }
  if ('recipe' in origin && origin.windows === undefined)
    return origin.recipe.columns.some(({ role, type }) => role === 'target' && type !== 'number');
  return origin.source === 'shipped' && origin.id === 'mnist';
}

interface SplitFormProps {
  readonly split: DataSpec['split'];
  readonly hasShares: boolean;
  onChange(split: DataSpec['split'], gesture?: string): void;
}

/** The test part is what the other two leave. */
function SplitForm({ split, hasShares, onChange }: SplitFormProps) {
  const shares = (train: number, validation: number): DataSpec['split'] => {
    const round = (share: number): number => Math.round(share * 1e6) / 1e6;
    const kept = Math.min(validation, round(1 - train));
    return { ...split, train, validation: kept, test: round(1 - train - kept) };
  };
  return (
    <>
      <h3 className={styles.heading}>
        Split <WhatIsThis topic="split" />
      </h3>
      <NumberField
        label="Training"
        name="Training share"
        value={split.train}
        min={0.01}
        max={1}
        onChange={(train, gesture) =>
          onChange(shares(train, split.validation), gesture && `train:${gesture}`)
        }
      />
      <NumberField
        label="Validation"
        name="Validation share"
        value={split.validation}
        min={0}
        max={1 - split.train}
        onChange={(validation, gesture) =>
          onChange(shares(split.train, validation), gesture && `validation:${gesture}`)
        }
      />
      <dl className={styles.facts}>
        <div>
          <dt>Test</dt>
          <dd>{Math.round(split.test * 1e4) / 1e4}</dd>
        </div>
      </dl>
      <NumberField
        label="Split seed"
        name="Split seed"
        value={split.seed}
        min={0}
        integer
        onChange={(seed, gesture) => onChange({ ...split, seed }, gesture && `seed:${gesture}`)}
      />
      {hasShares ? (
        <SwitchField
          label="Keep class shares"
          name="Keep class shares"
          value={split.stratify}
          onChange={(stratify) => onChange({ ...split, stratify })}
        />
      ) : null}
    </>
  );
}

function sourceOf(origin: DataOrigin): string {
  if (origin.source === 'generated') return `generated/${origin.kind}`;
  return origin.source === 'shipped' ? `shipped/${origin.id}` : origin.source;
}

/** What a data node holds after a source that is no file was chosen. */
function firstOrigin(source: string): DataOrigin | null {
  const [from, name] = source.split('/');
  if (from === 'generated') return readOrigin({ source: from, kind: name, params: {} });
  return from === 'shipped' ? readOrigin({ source: from, id: name }) : null;
}

/** The origin with its defaults filled in; null where a value is out of its bounds. */
function readOrigin(raw: unknown): DataOrigin | null {
  const parsed = dataSpec.shape.origin.safeParse(raw);
  return parsed.success ? parsed.data : null;
}
