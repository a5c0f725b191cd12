/** Texts that the net wrote, newest first, as a pure fold over what is heard while they are written. */
import type { GenerateOptions, UserMessage } from '../../../engine/index.ts';

export interface Sample {
  readonly id: number;
  readonly prompt: string;
  readonly text: string;
  /** The step whose weights wrote it; null until the first character. */
  readonly step: number | null;
  readonly isDone: boolean;
  readonly problem: UserMessage | null;
}

/** Older texts are forgotten. */
const keptSamples = 20;

export type SampleEvent =
  | { readonly type: 'begun'; readonly id: number; readonly prompt: string }
  | { readonly type: 'written'; readonly id: number; readonly text: string; readonly step: number }
  | { readonly type: 'done'; readonly id: number; readonly problem: UserMessage | null }
  | { readonly type: 'forgotten' };

export function foldSample(samples: readonly Sample[], event: SampleEvent): readonly Sample[] {
  const change = (id: number, to: (sample: Sample) => Partial<Sample>): Sample[] =>
    samples.map((sample) => (sample.id === id ? { ...sample, ...to(sample) } : sample));
  switch (event.type) {
    case 'begun': {
      const { id, prompt } = event;
      return [{ id, prompt, text: '', step: null, isDone: false, problem: null }, ...samples].slice(
        0,
        keptSamples,
      );
    }
    case 'written':
      return change(event.id, ({ text }) => ({ text: text + event.text, step: event.step }));
    case 'done':
      return change(event.id, () => ({ isDone: true, problem: event.problem }));
    case 'forgotten':
      return [];
    default:
      event satisfies never;
      return samples;
  }
}

export const firstOptions: GenerateOptions = { prompt: '', length: 200, temperature: 0.8, topK: 0, seed: 1 };
