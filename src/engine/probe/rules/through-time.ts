/** Vanishing through time: what happens early in a sequence hardly feels the loss at its end, so the net cannot learn from it. */
import { shareOfIgnorance } from '../loss-trend.ts';
import { defineRule, good, number, unclear } from '../rule.ts';
import type { ProbeTrack } from '../types.ts';
import type { Evidence } from '../verdict.ts';
import { readablePower } from '../words.ts';

/** Shorter sequences show no trend. */
const fewestSteps = 6;
/** Stands for the logarithm of a gradient that has underflown. */
const log10OfSmallest = -45;
const smoothing = 2 / 11;

interface Memory {
  /** Smoothed log₁₀ of first to largest, by track. */
  readonly ratios: Readonly<Record<string, number>>;
}

export const throughTime = defineRule<Memory, 'ratio' | 'loss'>({
  id: 'through-time',
  title: 'Gradients vanish through time',
  thresholds: {
    ratio: { title: 'log₁₀ of first to largest gradient over the sequence, at most', value: -3 },
    loss: { title: 'while the loss is at this share of its start (or of chance), at least', value: 0.85 },
    captures: { title: 'captures in a row', value: 20 },
  },
  because: ({ ratio, loss, captures }) =>
    `‖∂L/∂h‖ at the first time step was below ${readablePower(ratio)} of its largest over the sequence, while the loss stood at ` +
    `${loss} of its start (or of that of an answer that knows nothing) or more, for ${captures} captures in a row.`,
  doubt:
    'Where the answer depends on the last few time steps only, a gradient that does not reach the first ones takes nothing away.',
  atStart: true,
  memory: { ratios: {} },
  look(memory, evidence, limits) {
    const tracks = timeTracks(evidence);
    if (tracks.length === 0) return unclear(memory);
    const ratios: Record<string, number> = {};
    let worst: { track: ProbeTrack; norms: readonly number[]; ratio: number } | null = null;
    for (const { track, norms } of tracks) {
      const largest = Math.max(...norms);
      if (!(largest > 0) || !norms.every(Number.isFinite)) continue;
      const measured = Math.max(log10OfSmallest, Math.log10(norms[0]! / largest));
      const id = `${track.node} ${track.tensor}`;
      const before = memory.ratios[id];
      const ratio = before === undefined ? measured : before + smoothing * (measured - before);
      ratios[id] = ratio;
      if (!worst || ratio < worst.ratio) worst = { track, norms, ratio };
    }
    if (!worst) return unclear({ ratios: memory.ratios });
    const { loss } = evidence.course;
    if (worst.ratio > limits.ratio || shareOfIgnorance(loss, evidence.net) < limits.loss)
      return good({ ratios });
    const { track, norms, ratio } = worst;
    // From the end, the first step back at which the gradient has lost nine tenths of what is lost.
    const reach = norms.length - norms.findIndex((n) => n >= Math.max(...norms) * 0.01);
    return {
      memory: { ratios },
      sign: 'bad',
      finding: {
        sentence: `The first time step of \`${track.name}\` receives ${readablePower(ratio)} of the gradient at the last; it reaches about ${reach} of ${norms.length} steps back.`,
        severity: ratio < -6 ? 'severe' : 'warning',
        culprit: { node: track.node, name: track.name },
        nodes: [track.node],
        numbers: [
          number('‖∂L/∂h‖ at the first step', norms[0]!),
          number('‖∂L/∂h‖ at its largest', Math.max(...norms)),
          number('first : largest', 10 ** ratio, readablePower(ratio)),
          number('steps that feel more than 1 % of it', reach, String(reach)),
        ],
        fixes: ['lstm', 'gru'],
      },
    };
  },
});

/** ‖∂L/∂h‖ of every recurrent layer whose sequence is long enough. */
export function timeTracks({ net, capture }: Evidence): { track: ProbeTrack; norms: number[] }[] {
  return net.tracks.flatMap((track) =>
    track.what === 'timeGradient' && track.length >= fewestSteps
      ? [{ track, norms: [...capture.tracks.subarray(track.first, track.first + track.length)] }]
      : [],
  );
}
