/**
 * What a run tells the canvas: wires tinted by the gradient that flows back over them, a health dot per node, the ring. The
 * tint's scale is fixed (10⁻¹⁰ to 1), so the same colour means the same size in every run, and the number stands beside it.
 */
import { type ProbeCapture, type RunFacts, readable, statisticsOf } from '../../../engine/index.ts';
import { instancesAround } from '../../document/level.ts';
import { isAlive } from '../../engine-client/client.ts';
import type { RunView } from '../../engine-client/run.ts';
import { seenCapture } from '../../engine-client/seen.ts';
import { startId } from '../../engine-client/start.ts';
import {
  type LiveState,
  type NodeHealth,
  nothingLive,
  type RunRing,
  type WireTint,
} from '../../session/live.ts';
import { cssColor, scaleColor, type Theme } from '../../ui/color-scale.ts';
import { costWords } from './words.ts';

const WEAKEST_POWER = -10;
const THINNEST = 1.5;
const THICKEST = 4;

/** @param at the step that is looked at; null for the newest */
export function liveStateOf(run: RunView | null, at: number | null, theme: Theme): LiveState {
  if (!run) return nothingLive;
  const { facts, log, status } = run;
  const capture = seenCapture(run, at);
  const loss = at === null ? run.trend.now : (log?.batch.loss.at(at) ?? Number.NaN);
  return {
    wireTints: facts && capture ? tints(facts, capture, theme) : new Map(),
    nodeHealth: facts && capture ? health(run, facts, capture) : new Map(),
    ring: rings[status],
    failedNode: run.problem?.node ?? null,
    loss: run.trend.steps > 0 ? loss : null,
    adapter: facts?.adapter ?? null,
    stepsPerSecond: status === 'running' ? run.stepsPerSecond : null,
    memoryBytes: status === 'stopped' ? null : (facts?.memory.bytes ?? null),
    looking: facts && isAlive(run) && run.id !== startId ? costWords(run) : null,
  };
}

const levels = ['good', 'warning', 'bad'] as const;

const rings: Record<RunView['status'], RunRing> = {
  compiling: 'compiling',
  paused: 'paused',
  running: 'running',
  ended: 'ended',
  failed: 'failed',
  stopped: 'none',
};

function tints({ segments }: RunFacts, capture: ProbeCapture, theme: Theme): ReadonlyMap<string, WireTint> {
  const gradients = new Map<string, number>();
  segments.forEach((segment, i) => {
    if (segment.what !== 'gradient') return;
    gradients.set(`${segment.node} ${segment.tensor}`, statisticsOf(capture, i).rms);
  });
  return new Map([...gradients].map(([end, rms]) => [end, tintOf(rms, theme)]));
}

function tintOf(rms: number, theme: Theme): WireTint {
  const share = rms > 0 ? Math.min(1, Math.max(0, 1 - Math.log10(rms) / WEAKEST_POWER)) : 0;
  return {
    color: Number.isFinite(rms) ? cssColor(scaleColor(share, theme)) : 'var(--bad)',
    width: THINNEST + share * (THICKEST - THINNEST),
    label: `|∂L/∂a| ${readable(rms)} (RMS)`,
  };
}

function health(
  run: RunView,
  { segments }: RunFacts,
  capture: ProbeCapture,
): ReadonlyMap<string, NodeHealth> {
  const nodes = new Map<string, NodeHealth>();
  /** An instance is as well as the worst inside. */
  const set = (node: string, told: NodeHealth): void => {
    nodes.set(node, told);
    for (const around of instancesAround(node)) {
      const known = nodes.get(around);
      if (!known || levels.indexOf(known.level) <= levels.indexOf(told.level)) nodes.set(around, told);
    }
  };
  segments.forEach((segment, i) => {
    const { nans, infinities } = statisticsOf(capture, i);
    if (nans + infinities > 0) {
      set(segment.node, { level: 'bad', words: 'NaN or ∞ among its values' });
    } else if (!nodes.has(segment.node)) set(segment.node, { level: 'good', words: 'No trouble found' });
  });
  for (const verdict of run.verdicts) {
    const hasPassed = verdict.clearedAt !== null && verdict.clearedAt <= capture.step;
    if (hasPassed || verdict.raisedAt > capture.step) continue;
    for (const node of verdict.nodes) set(node, { level: 'warning', words: verdict.title });
    if (verdict.culprit)
      set(verdict.culprit.node, { level: 'bad', words: `${verdict.title}: it begins here` });
  }
  return nodes;
}
