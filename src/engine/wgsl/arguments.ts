/**
 * Kernel texts that differ in added whole numbers alone (which slice of a tensor, which step of time) can be one text that
 * reads those numbers from a uniform: one pipeline to compile instead of many. Factors, divisors and bounds stay in the
 * text, where the shader compiler makes use of them.
 */
import { groupVariable } from '../ir/kernel.ts';
import { enableSubgroups } from './module.ts';

/** A whole number that is added to something, or is an index by itself. */
const addedNumber = /(?<=\+ |\[)\d+(?=i\b)|\b\d+(?=i \+)/g;

/** A text with its added numbers cut out: equal skeletons are the same kernel up to those numbers. */
export interface Skeleton {
  readonly key: string;
  readonly numbers: readonly number[];
}

export function skeletonOf(text: string): Skeleton {
  const numbers: number[] = [];
  const key = text.replace(addedNumber, (number) => {
    numbers.push(Number(number));
    return '#';
  });
  return { key, numbers };
}

/**
 * The text with some of its added numbers read from a uniform at `binding` of group 0.
 *
 * @param argumentOf for each added number, which argument it is; null where it stays as it is
 * @param count how many arguments there are
 */
export function withArguments(
  text: string,
  argumentOf: ReadonlyArray<number | null>,
  { binding, count }: { readonly binding: number; readonly count: number },
): string {
  let at = 0;
  // The suffix goes with the number.
  const body = text.replace(new RegExp(`(?:${addedNumber.source})i`, 'g'), (literal) => {
    const argument = argumentOf[at++];
    return argument === null || argument === undefined ? literal : `args[${argument >> 2}][${argument & 3}]`;
  });
  return declared(body, binding, count);
}

/** The text with its arguments declared, after its directives. */
function declared(text: string, binding: number, count: number): string {
  const line = `@group(0) @binding(${binding}) var<uniform> args: array<vec4<i32>, ${Math.ceil(count / 4)}>;\n`;
  const start = text.startsWith(enableSubgroups) ? enableSubgroups.length + 1 : 0;
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
