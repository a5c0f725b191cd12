/** The way of one sample through the net and of its gradient back: a list of stages, in the order in which they happen. */
import type { Inside, OutputFacts, Wish } from '../../../engine/index.ts';

export interface Stage {
  readonly direction: 'forward' | 'backward';
  readonly output: OutputFacts;
  /** What flows in (forward: the values; backward: the gradient of the output). */
  readonly inputs: readonly { readonly letter: string; readonly node: string; readonly port: string }[];
}

/** Forward through every output that is looked at, then backward through those that the loss depends on. */
export function stagesOf(inside: Inside): readonly Stage[] {
  const seen = new Set<string>();
  const outputs = inside.outputs.filter(({ node }) => !seen.has(node) && seen.add(node));
  const inputsOf = ({ node }: OutputFacts) =>
    inside.wires
      .filter(({ to }) => to[0] === node)
      .map(({ from, to }) => ({ letter: to[1], node: from[0], port: from[1] }));
  const forward = outputs.map(
    (output): Stage => ({ direction: 'forward', output, inputs: inputsOf(output) }),
  );
  const backward = outputs
    .filter(({ hasGradient }) => hasGradient)
    .map((output): Stage => ({ direction: 'backward', output, inputs: inputsOf(output) }))
    .reverse();
  return [...forward, ...backward];
}

/** Everything that the stages show, asked for at once. */
export function wishesOf(inside: Inside): readonly Wish[] {
  return [
    { of: 'loss' },
    { of: 'answer' },
    ...inside.outputs.map(({ node, port }): Wish => ({ of: 'output', node, port })),
    ...inside.outputs
      .filter(({ hasGradient }) => hasGradient)
      .map(({ node, port }): Wish => ({ of: 'gradient', node, port })),
  ];
}
