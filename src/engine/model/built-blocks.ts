// What became of instances of blocks: it follows from what became of the layers inside.
import type { Value } from '../ir/value.ts';
import type { BuiltNode } from './build.ts';
import type { End, Net } from './inline.ts';
import type { Problem } from './problems.ts';

/** An instance of a block and what became of it. */
export interface BuiltBlock {
  readonly id: string;
  readonly name: string;
  /** The block's id and title. */
  readonly of: string;
  readonly title: string;
  /** Null: once. */
  readonly repeat: number | null;
  /** Layers inside, of all repetitions. */
  readonly inner: readonly string[];
  /** By port; absent where nothing was built. */
  readonly inputs: Readonly<Record<string, Value>>;
  readonly outputs: Readonly<Record<string, Value>>;
  /** The layer whose output the first output port is. */
  readonly last: End | null;
  readonly state: BuiltNode['state'];
  /** The first error of the instance or of anything inside, or the first warning. */
  readonly problem: Problem | null;
}

/** What became of instances follows from what became of the layers inside. */
export function builtBlocks(
  { blocks }: Net,
  nodes: ReadonlyMap<string, BuiltNode>,
  problems: readonly Problem[],
): Map<string, BuiltBlock> {
  const values = (ends: Readonly<Record<string, End | null>>): Record<string, Value> =>
    Object.fromEntries(
      Object.entries(ends).flatMap(([port, end]) => {
        const value = end && nodes.get(end[0])?.outputs[end[1]];
        return value ? [[port, value]] : [];
      }),
    );
  return new Map(
    [...blocks.values()].map(({ id, name, of, title, repeat, inner, inputs, outputs }) => {
      const own = problems.filter(
        ({ node }) => node === id || node?.startsWith(`${id}/`) || node?.startsWith(`${id}#`),
      );
      const error = own.find((p) => p.severity === 'error');
      const isWhole = inner.every((node) => nodes.get(node)?.state === 'built');
      return [
        id,
        {
          id,
          name,
          of,
          title,
          repeat,
          inner,
          inputs: values(inputs),
          outputs: values(outputs),
          last: Object.values(outputs)[0] ?? null,
          state: error ? 'problem' : isWhole ? 'built' : 'blocked',
          problem: error ?? own[0] ?? null,
        },
      ];
    }),
  );
}
