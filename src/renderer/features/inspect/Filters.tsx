/** The filters of the first layer that reads pictures, or of another one. */
import { useState } from 'react';
import type { Inside } from '../../../engine/index.ts';
import type { RunView } from '../../engine-client/run.ts';
import { allWeights, useAnswer } from '../../engine-client/use-answer.ts';
import { filterMaps, filterShapes } from './filters.ts';
import { HeatMaps } from './HeatMaps.tsx';
import { symmetricRange } from './heat-maps.ts';
import styles from './Inspect.module.css';
import { Waiting } from './Waiting.tsx';

export function Filters({ run, inside }: { readonly run: RunView; readonly inside: Inside }) {
  const shapes = filterShapes(inside);
  const [chosen, setChosen] = useState(0);
  const { value, problem } = useAnswer<'weights'>(run, allWeights);
  const shape = shapes[chosen];
  const tensor = shape && value?.tensors[shape.parameter.name];
  if (!value || !shape || !tensor) return <Waiting problem={problem} />;
  const maps = filterMaps(shape, tensor);
  return (
    <HeatMaps
      title={`Filters of ${shape.parameter.name}`}
      topic="filters"
      words="One picture of weights for each unit and channel."
      maps={maps}
      range={symmetricRange(maps)}
      note={`weights of step ${value.step}`}
    >
      <select
        className={styles.select}
        aria-label="Layer"
        value={chosen}
        onChange={({ target }) => setChosen(Number(target.value))}
      >
        {shapes.map(({ parameter }, i) => (
          <option key={parameter.name} value={i}>
            {parameter.name}
          </option>
        ))}
      </select>
    </HeatMaps>
  );
}
