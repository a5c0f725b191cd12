/** Which start of the weights suits a net: He’s where rectifiers halve the signal, Xavier’s elsewhere. */
import type { NetFacts } from './verdict.ts';

/** Activations that let about half of what comes in through. */
const rectifiers: ReadonlySet<string> = new Set([
  'relu',
  'relu6',
  'leakyRelu',
  'prelu',
  'elu',
  'gelu',
  'silu',
  'mish',
]);

/** The id of the fix. */
export function startFor({ layers }: Pick<NetFacts, 'layers'>): 'he-start' | 'xavier' {
  return Object.values(layers).some(({ kind }) => rectifiers.has(kind)) ? 'he-start' : 'xavier';
}
