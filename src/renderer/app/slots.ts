/**
 * Where the parts that live off a running net are mounted. Each slot is one component without props (it reads the
 * workbench through `useWorkbench`), or null while the feature does not exist. To fill a slot, name the component here.
 */
import type { ComponentType } from 'react';
import { Charts } from '../features/charts/Charts.tsx';
import { Compare } from '../features/charts/Compare.tsx';
import { Gradients } from '../features/charts/Gradients.tsx';
import { CodePanel } from '../features/code/CodePanel.tsx';
import { DeveloperPanel } from '../features/developer/DeveloperPanel.tsx';
import { GeneratePanel } from '../features/generate/GeneratePanel.tsx';
import { LookInside } from '../features/inspect/LookInside.tsx';
import { CanvasStrips } from '../features/strips/CanvasStrips.tsx';
import { Timeline } from '../features/timeline/Timeline.tsx';
import { RunControls } from '../features/training/RunControls.tsx';
import { Scores } from '../features/training/Scores.tsx';
import { TrainingBackground } from '../features/training/TrainingBackground.tsx';
import { Verdicts } from '../features/verdicts/Verdicts.tsx';

export interface Slots {
  /** In the middle of the toolbar: play, pause, step, stop, reset, seed. */
  readonly RunControls: ComponentType | null;
  /** Over the canvas, inside React Flow's provider and its renderer's box; must let pointer events through. */
  readonly CanvasOverlay: ComponentType | null;
  /** A bar under the canvas: which step is looked at. */
  readonly Timeline: ComponentType | null;
  /** The first tab of the bottom panel: loss and metrics. */
  readonly Charts: ComponentType | null;
  /** The tab of scores and the confusion matrix. */
  readonly Scores: ComponentType | null;
  /** The tab of the gradient's pictures. */
  readonly Gradients: ComponentType | null;
  /** The tab of the net's inside: regions, samples, filters, maps, the microscope. */
  readonly LookInside: ComponentType | null;
  /** A floating card over the canvas, top right: verdicts. */
  readonly Verdicts: ComponentType | null;
  /** The second tab of the bottom panel: runs side by side. */
  readonly Compare: ComponentType | null;
  /** The tab "Text" of the bottom panel, where the data is a text: what the net writes. */
  readonly Generate: ComponentType | null;
  /** The last tab of the bottom panel, where it is asked for: what a step takes. */
  readonly Developer: ComponentType | null;
  /** The tab "Code" of the right panel. */
  readonly Code: ComponentType | null;
  /** Mounted once, draws nothing: what must live as long as the workbench (the worker's client). */
  readonly Background: ComponentType | null;
}

export const slots: Slots = {
  RunControls,
  CanvasOverlay: CanvasStrips,
  Timeline,
  Charts,
  Scores,
  Gradients,
  LookInside,
  Verdicts,
  Compare,
  Generate: GeneratePanel,
  Developer: DeveloperPanel,
  Code: CodePanel,
  Background: TrainingBackground,
};
