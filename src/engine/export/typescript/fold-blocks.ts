/**
 * Blocks as functions: the lines of what a block holds become a function, written once for all instances and repetitions that
 * read the same, and a call in their place. It works on lines, whose variables are known by name. A block that gives several
 * values, or whose parts cannot stand together, stays written out.
 */
import type { Value } from '../../ir/value.ts';
import type { Net, NetBlock } from '../../model/inline.ts';
import { arrayType, indent } from './lower.ts';
import { commentText, Identifiers } from './text.ts';

/** A line of the model's function. */
export interface Line {
  /** The layers that it stands for, and the instance where it is a call. */
  readonly nodes: readonly string[];
  readonly text: string;
  /** The variable that it makes, and its value; null for a comment. */
  readonly makes: { readonly name: string; readonly value: Value } | null;
}

export interface FoldOptions {
  readonly net: Net;
  /** The variable that the function gives back. */
  readonly returned: string | null;
  /** The type of what is no line's variable: the sample. */
  readonly sampleType: string;
  /** A free name for a variable. */
  claim(wanted: string): string;
  /** The name of a helper function with this source; equal sources are one. */
  helper(wanted: string, source: (name: string) => string): string;
  /** The helpers that lines call: no variable may hide them. */
  helpers(): readonly string[];
}

export interface Folded {
  readonly lines: readonly Line[];
  readonly returned: string | null;
}

/** Folds all blocks, inner ones first. */
export function foldBlocks(lines: readonly Line[], options: FoldOptions): Folded {
  const depth = ({ id }: NetBlock): number => id.split('/').length;
  const parts = [...options.net.blocks.values()]
    .sort((a, b) => depth(b) - depth(a))
    .flatMap((block) => block.parts.map((part) => ({ block, part })));
  return parts.reduce<Folded>((folded, { block, part }) => foldPart(folded, block, part, options), {
    lines,
    returned: options.returned,
  });
}

function foldPart(
  { lines, returned }: Folded,
  block: NetBlock,
  part: NetBlock['parts'][number],
  options: FoldOptions,
): Folded {
  const isInside = ({ nodes, makes }: Line): boolean =>
    makes !== null && nodes.every((node) => node.startsWith(part.path));
  const inside = lines.filter(isInside);
  const at = lines.findLastIndex(isInside);
  const made = new Map(inside.flatMap(({ makes }) => (makes ? [[makes.name, makes.value]] : [])));
  const outside = lines.filter((line) => !isInside(line));
  const isTaken = (name: string): boolean =>
    name === returned || outside.some(({ text }) => reads(text, name));
  const given = [...made.keys()].filter(isTaken);
  const [output] = given;
  const value = output === undefined ? undefined : made.get(output);
  // Nothing before the call may need what the call gives.
  const isEarly = lines
    .slice(0, at)
    .some((line) => !isInside(line) && given.some((n) => reads(line.text, n)));
  if (inside.length < 2 || given.length !== 1 || output === undefined || !value || isEarly)
    return { lines, returned };

  const values = new Map(lines.flatMap(({ makes }) => (makes ? [[makes.name, makes.value] as const] : [])));
  const inputs = [...values.keys(), 'x'].filter(
    (name) => !made.has(name) && inside.some(({ text }) => reads(text, name)),
  );
  const own = ownNames([...made.keys()], part.name, options.helpers());
  const parameters = inputs.map((name, i) => ({
    name,
    inner: i === 0 ? 'x' : `x${i + 1}`,
    type: values.has(name) ? arrayType(values.get(name) as Value) : options.sampleType,
  }));
  const renamed = new Map([...own, ...parameters.map(({ name, inner }) => [name, inner] as const)]);
  const body = inside.map(({ text }) => atPlace(rename(text, renamed), part.weights));
  const usesWeights = body.some((line) => line.includes(`\`\${at}.`));
  const signature = [
    ...parameters.map(({ inner, type }) => `${inner}: ${type}`),
    ...(usesWeights ? ['w: Weights', 'at: string'] : []),
  ].join(', ');
  const name = options.helper(functionName(block.title), (helper) =>
    [
      `/** ${commentText(block.title, 100)}: a block${usesWeights ? '; at is where its weights are' : ''}. */`,
      `function ${helper}(${signature}): ${arrayType(value)} {`,
      ...indent([...body, `return ${own.get(output) ?? output};`]),
      '}',
    ].join('\n'),
  );
  const variable = options.claim(part.name.replaceAll('.', '_'));
  const call = [...inputs, ...(usesWeights ? ['w', `'${part.weights}'`] : [])].join(', ');
  const shape = / \/\/ .*$/.exec(inside.at(-1)?.text ?? '')?.[0] ?? '';
  const line: Line = {
    nodes: [block.id, ...inside.flatMap(({ nodes }) => nodes)],
    text: `const ${variable} = ${name}(${call});${shape}`,
    makes: { name: variable, value },
  };
  const after = new Map([[output, variable]]);
  const next = lines.flatMap((old, i): Line[] => {
    if (i === at) return [line];
    if (isInside(old)) return [];
    return [{ ...old, text: rename(old.text, after) }];
  });
  return { lines: next, returned: returned === output ? variable : returned };
}

/** Names inside are those of the nodes, without the way to them. */
function ownNames(names: readonly string[], part: string, helpers: readonly string[]): Map<string, string> {
  const prefix = `${part.replaceAll('.', '_')}_`;
  const taken = new Identifiers();
  for (const name of ['at', 'x2', 'x3', 'x4', ...helpers]) taken.claim(name);
  return new Map(
    names.map((name) => {
      const plain = name.startsWith(prefix) ? name.slice(prefix.length) : name;
      return [name, taken.claim(/^\d/.test(plain) ? `_${plain}` : plain)];
    }),
  );
}

/** Words in quotes are names of weights; only what is outside of them is code. */
const quoted = /('[^']*'|`[^`]*`)/;

function code(text: string): readonly string[] {
  const comment = text.indexOf(' // ');
  return (comment < 0 ? text : text.slice(0, comment)).split(quoted);
}

/** Whether a line reads a variable: it stands in the code after the one that is made. */
function reads(text: string, name: string): boolean {
  const word = new RegExp(`(?<![\\w.])${name}(?!\\w)`);
  const made = /^const (\w+) = /.exec(text);
  return code(made ? text.slice(made[0].length) : text).some((piece, i) => i % 2 === 0 && word.test(piece));
}

function rename(text: string, names: ReadonlyMap<string, string>): string {
  const comment = text.indexOf(' // ');
  const rest = comment < 0 ? '' : text.slice(comment);
  const pieces = code(text).map((piece, i) =>
    i % 2 === 1
      ? piece
      : piece.replaceAll(/(?<![\w.])[A-Za-z_]\w*(?!\w)/g, (word) => names.get(word) ?? word),
  );
  return pieces.join('') + rest;
}

/** Names of weights, said from where the block is. */
function atPlace(text: string, weights: string): string {
  const start = `${weights}.`;
  return text
    .replaceAll(/w\['([^']*)'\]/g, (whole, name: string) =>
      name.startsWith(start) ? `w[\`\${at}.${name.slice(start.length)}\` as WeightName]` : whole,
    )
    .replaceAll(/'([^']*)'(?=\))/g, (whole, name: string) =>
      name.startsWith(start) ? `\`\${at}.${name.slice(start.length)}\`` : whole,
    );
}

/** `Residual block, narrowing` as `residualBlockNarrowing`. */
function functionName(title: string): string {
  const words = title.match(/[A-Za-z0-9]+/g) ?? ['block'];
  const name = words
    .map((w, i) => (i === 0 ? w.toLowerCase() : w.charAt(0).toUpperCase() + w.slice(1)))
    .join('');
  return /^\d/.test(name) ? `block${name}` : name;
}
