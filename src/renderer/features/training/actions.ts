/** What a person does with a run, for menus, shortcuts, the command palette and the buttons alike. */
import { setTraining } from '../../document/commands/settings.ts';
import { isAlive } from '../../engine-client/client.ts';
import type { RunView } from '../../engine-client/run.ts';
import { runsTogether, shownRun } from '../../engine-client/store.ts';
import { trainingOf } from '../../engine-client/training.ts';
import type { Action } from '../../session/actions.ts';
import { sayFailure } from '../../session/files.ts';
import { showNode } from '../../session/navigate.ts';
import type { Workbench } from '../../session/workbench.ts';
import { raceEntries } from './race.ts';

/** The run that the buttons act on: the one shown, if it can still be trained. */
function liveRun(workbench: Workbench): RunView | null {
  const run = shownRun(trainingOf(workbench).store.getState());
  return run && isAlive(run) ? run : null;
}

/** The runs that the buttons act on: all that race, where the shown one does. */
const liveRuns = (workbench: Workbench): RunView[] =>
  runsTogether(trainingOf(workbench).store.getState()).filter(isAlive);

/** The graph can be trained, or is being trained. */
function canTrain(workbench: Workbench): boolean {
  return liveRun(workbench) !== null || workbench.analysis.getState().trainable;
}

/** Says what keeps the net from being trained, and shows where. */
function sayWhyNot(workbench: Workbench): void {
  const { problems } = workbench.analysis.getState();
  const problem = problems.find((p) => p.severity === 'error') ?? problems[0];
  sayFailure(problem ?? noNet);
  if (problem?.node == null) return;
  showNode(workbench, problem.node);
}

const noNet = {
  title: 'There is nothing to train yet',
  fix: 'Wire data through layers into a loss: its output is what training makes small.',
};

/** Plays the shown run; makes one first where there is none, or where the graph is another one by now. */
function play(workbench: Workbench): void {
  const { client, store } = trainingOf(workbench);
  const run = liveRun(workbench);
  if (run && !store.getState().stale) for (const { id } of liveRuns(workbench)) client.play(id);
  else client.create(workbench.document.getState().doc, { play: true });
}

function stepBy(workbench: Workbench, count: (run: RunView) => number): void {
  const { client, store } = trainingOf(workbench);
  const run = liveRun(workbench);
  if (run?.facts && !store.getState().stale) {
    for (const each of liveRuns(workbench)) if (each.facts) client.step(each.id, count(each));
  } else if (!run || store.getState().stale) {
    client.create(workbench.document.getState().doc, { play: false });
  }
}

const isRunning = (workbench: Workbench): boolean => liveRun(workbench)?.status === 'running';
const hasRun = (workbench: Workbench): boolean => liveRun(workbench) !== null;

export const trainingActions: readonly Action[] = [
  {
    id: 'train.toggle',
    title: (workbench) => (isRunning(workbench) ? 'Pause' : 'Play'),
    group: 'Train',
    keys: ['CmdOrCtrl+Enter'],
    whileTyping: true,
    enabled: ({ session }) => session.getState().screen === 'workbench',
    run(workbench) {
      const run = liveRun(workbench);
      const isShown = run !== null && !trainingOf(workbench).store.getState().stale;
      if (run?.status === 'running')
        for (const { id } of liveRuns(workbench)) trainingOf(workbench).client.pause(id);
      else if (isShown || workbench.analysis.getState().trainable) play(workbench);
      else sayWhyNot(workbench);
    },
  },
  {
    id: 'train.step',
    title: 'Train one step',
    group: 'Train',
    keys: ['CmdOrCtrl+.'],
    enabled: canTrain,
    run: (workbench) => stepBy(workbench, () => 1),
  },
  {
    id: 'train.epoch',
    title: 'Train to the end of the epoch',
    group: 'Train',
    keys: ['CmdOrCtrl+Alt+E'],
    enabled: canTrain,
    run: (workbench) =>
      stepBy(workbench, ({ step, facts }) => {
        const perEpoch = facts?.stepsPerEpoch ?? 1;
        return perEpoch - (step % perEpoch);
      }),
  },
  {
    id: 'train.stop',
    title: 'Stop and free the GPU',
    group: 'Train',
    keys: ['CmdOrCtrl+Shift+Enter'],
    enabled: hasRun,
    run(workbench) {
      for (const { id } of liveRuns(workbench)) trainingOf(workbench).client.stop(id);
    },
  },
  {
    id: 'train.reset',
    title: 'Reset to the same initial weights',
    group: 'Train',
    keys: ['CmdOrCtrl+Alt+R'],
    enabled: hasRun,
    run(workbench) {
      const run = liveRun(workbench);
      const { client, store } = trainingOf(workbench);
      if (!run) return;
      if (store.getState().stale) client.create(workbench.document.getState().doc, { play: false });
      else for (const { id } of liveRuns(workbench)) client.reset(id);
    },
  },
  {
    id: 'train.new-seed',
    title: 'New seed: other initial weights and data order',
    group: 'Train',
    enabled: canTrain,
    run(workbench) {
      const seed = crypto.getRandomValues(new Uint32Array(1))[0] ?? 1;
      const { client, store } = trainingOf(workbench);
      const run = liveRun(workbench);
      const isFresh = !store.getState().stale;
      workbench.document.getState().run(setTraining({ seed }));
      if (run && isFresh) for (const { id } of liveRuns(workbench)) client.reset(id, seed);
    },
  },
  {
    id: 'train.race',
    title: 'Race optimisers: five rules, the same first weights and batches',
    group: 'Train',
    enabled: (workbench) => workbench.analysis.getState().trainable,
    run(workbench) {
      const { doc } = workbench.document.getState();
      trainingOf(workbench).client.race(doc, raceEntries(doc.training));
      const { panels } = workbench.session.getState();
      workbench.session.setState({ bottomTab: 'compare', panels: { ...panels, bottom: true } });
    },
  },
];
