/** Whether the rows of a table follow one another in time, and the windows that are cut out of them. */
import { paramFields, type SeriesWindows, seriesWindows } from '../../../engine/index.ts';
import { asJson } from '../../document/commands/data.ts';
import { SwitchField } from '../../ui/Fields.tsx';
import { ParamForm } from './ParamForm.tsx';

interface Props {
  readonly windows: SeriesWindows | undefined;
  /** `undefined`: each row is a sample of its own. */
  onChange(windows: SeriesWindows | undefined, gesture?: string): void;
}

export function SeriesForm({ windows, onChange }: Props) {
  return (
    <>
      <SwitchField
        label="Rows are a time series"
        name="Rows are a time series"
        value={windows !== undefined}
        onChange={(isSeries) => onChange(isSeries ? seriesWindows.parse({}) : undefined)}
      />
      {windows ? (
        <ParamForm
          fields={paramFields(seriesWindows)}
          values={asJson(windows)}
          onChange={(name, value, gesture) => {
            const next = seriesWindows.safeParse({ ...windows, [name]: value });
            if (next.success) onChange(next.data, gesture && `${name}:${gesture}`);
          }}
        />
      ) : null}
    </>
  );
}
