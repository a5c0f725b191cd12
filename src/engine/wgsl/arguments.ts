/**
 * Kernel texts that differ in a few numbers alone can be one text that reads those numbers from a uniform: one pipeline to
 * compile instead of many. Such numbers are whole ones that are added (which slice of a tensor, which step of time), the
 * keys of random numbers, and which hyper-parameter is read. Factors, divisors and bounds stay in the text, where the
 * shader compiler makes use of them.
 */
import { groupVariable } from '../ir/kernel.ts';
import { directivesOf } from './module.ts';

/** The numbers that texts may differ in, each kind a group: added or an index by itself; a key; a word of the hyper-parameters. */
const looseNumber =
  /(?<=\+ |\[)(?<index>\d+)i\b|\b(?<added>\d+)i(?= \+)|(?<=\()(?<key>\d+)u(?= \* \d+u\))|\bhyper\[(?<row>\d+)\]\[(?<lane>\d+)\]/g;

type Kind = 'number' | 'key' | 'word';

/** What stands for a number of each kind where the argument does; `#` is the argument. */
const asArgument: Readonly<Record<Kind, string>> = {
  number: '#',
  key: 'bitcast<u32>(#)',
  word: 'hyper[# >> 2u][# & 3i]',
};

/** The text with each of its loose numbers exchanged. */
function exchange(text: string, by: (kind: Kind, number: number, literal: string) => string): string {
  return text.replace(looseNumber, (literal, ...rest) => {
    const { index, added, key, row, lane } = rest.at(-1) as Readonly<Record<string, string | undefined>>;
    if (row !== undefined) return by('word', Number(row) * 4 + Number(lane), literal);
    return key === undefined
      ? by('number', Number(index ?? added), literal)
      : by('key', Number(key), literal);
  });
}

/** A text with its loose numbers cut out: equal skeletons are the same kernel up to those numbers. */
export interface Skeleton {
  readonly key: string;
  readonly numbers: readonly number[];
}

export function skeletonOf(text: string): Skeleton {
  const numbers: number[] = [];
  const key = exchange(text, (kind, number) => {
    numbers.push(number);
    return `#${kind}`;
  });
  return { key, numbers };
}

/**
 * The text with some of its loose numbers read from a uniform at `binding` of group 0.
 *
 * @param argumentOf for each loose number, which argument it is; null where it stays as it is
 * @param count how many arguments there are
 */
export function withArguments(
  text: string,
  argumentOf: ReadonlyArray<number | null>,
  { binding, count }: { readonly binding: number; readonly count: number },
): string {
  let at = 0;
  const body = exchange(text, (kind, _, literal) => {
    const argument = argumentOf[at++];
    if (argument === null || argument === undefined) return literal;
    return asArgument[kind].replaceAll('#', `args[${argument >> 2}][${argument & 3}]`);
  });
  return declared(body, binding, count);
}

/** The text with its arguments declared, after its directives. */
function declared(text: string, binding: number, count: number): string {
  const line = `@group(0) @binding(${binding}) var<uniform> args: array<vec4<i32>, ${Math.ceil(count / 4)}>;\n`;
  const start = directivesOf(text).length;
  return text.slice(0, start) + line + text.slice(start);
}

const declaration = /^@group\(0\) @binding\(\d+\) var<uniform> args: .*\n/m;
const groupNumber = new RegExp(`^(  let ${groupVariable} = )(.*);$`, 'm');

/** The text of a kernel whose workgroups are numbered from an argument on, which comes after those that it has. */
export function withFirstGroup(
  text: string,
  { binding, argument }: { readonly binding: number; readonly argument: number },
): string {
  const first = `args[${argument >> 2}][${argument & 3}]`;
  const body = text.replace(declaration, '').replace(groupNumber, `$1($2 + ${first});`);
  return declared(body, binding, argument + 1);
}

/** Arguments that a dispatch may have: a uniform of 256 bytes, the distance at which uniforms may be bound, holds so many. */
export const mostArguments = 64;
