/** Everything that can be looked at inside the shown run's net: one panel, whose tabs offer only what fits the net. */
import { type ReactNode, useMemo, useState } from 'react';
import type { Inside } from '../../../engine/index.ts';
import type { RunView } from '../../engine-client/run.ts';
import { shownRun } from '../../engine-client/store.ts';
import { useTraining } from '../../engine-client/training.ts';
import { useAnswer } from '../../engine-client/use-answer.ts';
import { useSession, useWorkbench } from '../../session/workbench.ts';
import { Empty } from '../../ui/Empty.tsx';
import { Attention, attentionsOf } from './Attention.tsx';
import { isClassifier } from './answers.ts';
import { Confusion } from './Confusion.tsx';
import { CurveFit } from './CurveFit.tsx';
import { Embedding, embeddingSources } from './Embedding.tsx';
import { FeatureMaps, mapLayers } from './FeatureMaps.tsx';
import { Filters } from './Filters.tsx';
import { filterShapes } from './filters.ts';
import styles from './Inspect.module.css';
import { Microscope } from './Microscope.tsx';
import { Predictions } from './Predictions.tsx';
import { Regions } from './Regions.tsx';
import type { Chosen } from './SampleChoice.tsx';
import { Spectrum, spectrumParameters } from './Spectrum.tsx';
import { Waiting } from './Waiting.tsx';

export function LookInside() {
  const run = useTraining(shownRun);
  if (!run?.facts) {
    return (
      <Empty>
        Press play or train one step: what the net does with its data can be looked at from then on.
      </Empty>
    );
  }
  return <RunInside key={`${run.id}.${run.generation}`} run={run} />;
}

const describe = { kind: 'describe' } as const;

function RunInside({ run }: { readonly run: RunView }) {
  const { session } = useWorkbench();
  const { value, problem } = useAnswer<'describe'>(run, describe);
  const { tab, node } = useSession((s) => s.inside);
  const [sample, setSample] = useState<Chosen>({ part: 'train', index: 0 });
  const inside = value?.inside ?? null;
  const tabs = useMemo(() => (inside ? tabsFor(inside) : []), [inside]);
  if (!inside) return <Waiting problem={problem} />;
  const shown = tabs.find(({ id }) => id === tab) ?? tabs.find(({ fits }) => fits(inside, node)) ?? tabs[0];
  const open = (id: string): void => session.setState({ inside: { tab: id, node } });
  const look = (part: Chosen['part'], index: number): void => {
    setSample({ part, index });
    open('microscope');
  };
  return (
    <div className={styles.inside}>
      <nav className={styles.tabs} aria-label="What to look at">
        {tabs.map(({ id, title }) => (
          <button key={id} type="button" aria-pressed={id === shown?.id} onClick={() => open(id)}>
            {title}
          </button>
        ))}
      </nav>
      <div className={styles.content}>
        {shown?.show({ run, inside, node, sample, onSample: setSample, onLook: look })}
      </div>
    </div>
  );
}

interface View {
  readonly run: RunView;
  readonly inside: Inside;
  readonly node: string | null;
  readonly sample: Chosen;
  onSample(chosen: Chosen): void;
  onLook(part: Chosen['part'], index: number): void;
}

interface InsideTab {
  readonly id: string;
  readonly title: string;
  /** Whether the net has it at all. */
  offered(inside: Inside): boolean;
  /** Whether it is the first thing to show of a node. */
  fits(inside: Inside, node: string | null): boolean;
  show(view: View): ReactNode;
}

const isNumbers = ({ input }: Inside): boolean => input.names.length === 0;
const never = (): boolean => false;

const allTabs: readonly InsideTab[] = [
  {
    id: 'attention',
    title: 'Attention',
    offered: (inside) => attentionsOf(inside).length > 0,
    fits: (inside, node) => attentionsOf(inside).some((source) => source.node === node),
    show: (view) => <Attention {...view} />,
  },
  {
    id: 'regions',
    title: 'Decision regions',
    offered: (inside) => isNumbers(inside) && inside.input.size === 2,
    fits: () => true,
    show: (view) => <Regions {...view} />,
  },
  {
    id: 'curve',
    title: 'Function',
    offered: (inside) => isNumbers(inside) && inside.input.size === 1 && inside.answerSize === 1,
    fits: () => true,
    show: (view) => <CurveFit {...view} />,
  },
  {
    id: 'maps',
    title: 'Feature maps',
    offered: (inside) => mapLayers(inside).length > 0,
    fits: (inside, node) => mapLayers(inside).some((output) => output.node === node),
    show: (view) => <FeatureMaps {...view} />,
  },
  {
    id: 'confusion',
    title: 'Confusion matrix',
    offered: isClassifier,
    fits: (_, node) => node === null,
    show: (view) => <Confusion {...view} />,
  },
  {
    id: 'predictions',
    title: 'Predictions',
    offered: () => true,
    fits: never,
    show: (view) => <Predictions {...view} />,
  },
  {
    id: 'filters',
    title: 'Filters',
    offered: (inside) => filterShapes(inside).length > 0,
    fits: never,
    show: (view) => <Filters {...view} />,
  },
  {
    id: 'embedding',
    title: 'Embedding',
    offered: (inside) => embeddingSources(inside).length > 0,
    fits: never,
    show: (view) => <Embedding {...view} />,
  },
  {
    id: 'spectrum',
    title: 'Weight spectrum',
    offered: (inside) => spectrumParameters(inside).length > 0,
    fits: never,
    show: (view) => <Spectrum {...view} />,
  },
  {
    id: 'microscope',
    title: 'Microscope',
    offered: () => true,
    fits: () => true,
    show: (view) => <Microscope key={`${view.node}`} {...view} />,
  },
];

function tabsFor(inside: Inside): readonly InsideTab[] {
  return allTabs.filter((tab) => tab.offered(inside));
}
