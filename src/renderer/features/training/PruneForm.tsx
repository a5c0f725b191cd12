/** Lottery tickets: takes the smallest weights out of the shown run and trains the rest anew, beside it. */
import { Scissors } from 'lucide-react';
import { useState } from 'react';
import { readable } from '../../../engine/index.ts';
import { isAlive } from '../../engine-client/client.ts';
import { shownRun } from '../../engine-client/store.ts';
import { useTraining, useTrainingClient } from '../../engine-client/training.ts';
import { Button } from '../../ui/Button.tsx';
import { SelectField } from '../../ui/Fields.tsx';
import { NumberField } from '../../ui/NumberField.tsx';
import { WhatIsThis } from '../../ui/WhatIsThis.tsx';

const scopes = { layer: 'Of each layer', net: 'Of the whole net' } as const;

export function PruneForm() {
  const { client } = useTrainingClient();
  const run = useTraining(shownRun);
  const [percent, setPercent] = useState(50);
  const [scope, setScope] = useState<keyof typeof scopes>('layer');
  const [rewind, setRewind] = useState(0);
  const isReady = run !== null && isAlive(run) && run.step > 0;
  return (
    <>
      <h3>
        Prune and rewind <WhatIsThis topic="pruning" />
      </h3>
      <NumberField
        label="Weights to take out"
        value={percent}
        min={1}
        max={99}
        unit="%"
        onChange={setPercent}
      />
      <SelectField
        label="The smallest"
        name="The smallest"
        value={scope}
        options={Object.entries(scopes).map(([value, title]) => ({ value, title }))}
        onChange={(value) => setScope(value === 'net' ? 'net' : 'layer')}
      />
      <NumberField
        label="Rewind to step"
        value={rewind}
        min={0}
        max={1_000_000}
        integer
        onChange={setRewind}
      />
      <Button
        disabled={!isReady}
        onClick={() => run && client.prune(run.id, { share: percent / 100, scope, rewind })}
      >
        <Scissors aria-hidden />
        Prune and train again
      </Button>
      <p>
        {isReady
          ? `The smallest weights${run.facts && run.facts.kept < 1 ? ` of the ${readable(100 * run.facts.kept)} % that are left` : ''} become 0 for good; the others go back to step ${rewind} and are trained beside this run. Biases stay.`
          : 'Train first: which weights are small shows only then.'}
      </p>
    </>
  );
}
