// Text as data: every character is a token, a sample is a window of them, and what is to be predicted is the character that
// comes next, after each character of the window or after the last one only.
import { z } from 'zod';
import { EngineError } from '../errors.ts';
import { decodeText } from './csv.ts';
import type { DataDescription, Dataset, Described, IndexField, Provenance } from './dataset.ts';
import type { Split, SplitSpec } from './split.ts';
import { type Cut, splitWindows, windowCount, windowNotes } from './windows.ts';

/** More different characters than this are no alphabet, and a net for them would not be small. */
const mostCharacters = 4096;

/** How a text becomes samples. Saved in documents. */
export const textWindows = z.strictObject({
  length: z.int().min(1).max(4096).default(64).meta({
    title: 'Window',
    description: 'How many characters the net sees at once.',
  }),
  stride: z.int().min(1).max(65_536).default(8).meta({
    title: 'Stride',
    description: 'Characters from the start of one window to the start of the next: 1 gives all windows.',
  }),
  predict: z
    .enum(['every', 'last'])
    .default('every')
    .meta({
      title: 'Predict',
      description:
        'The next character after each one of the window (the net must not look ahead), or after the last one only.',
      choices: { every: 'After every character', last: 'After the last character' },
    }),
  lowercase: z.boolean().default(false).meta({
    title: 'Lower case',
    description: 'Takes capitals as small letters: fewer tokens, easier to learn.',
  }),
});

export type TextWindows = z.infer<typeof textWindows>;

/** The different characters (code points) of a text, by code point. */
export function alphabetOf(text: string): string[] {
  return [...new Set(text)].sort((a, b) => (a.codePointAt(0) ?? 0) - (b.codePointAt(0) ?? 0));
}

/** The tokens of a text whose characters are these. */
export function tokensOf(alphabet: string, { lowercase }: Pick<TextWindows, 'lowercase'>): string[] {
  return alphabetOf(lowercase ? alphabet.toLowerCase() : alphabet);
}

/**
 * A text file as it is read: composed letters, `\n` at the ends of lines, no byte order mark.
 *
 * @throws EngineError `data/not-text`, `data/no-text`
 */
export function readText(bytes: ArrayBuffer, name: string): string {
  const text = decodeText(bytes, name)
    .replace(/^\uFEFF/, '')
    .replace(/\r\n?/g, '\n')
    .normalize('NFC');
  if (text.trim() === '') throw new EngineError('data/no-text', { file: name });
  return text;
}

/**
 * The indices of a text's characters. A capital that is no token is taken as its small letter.
 *
 * @throws EngineError `data/character` for the first character that is no token
 */
export function encodeText(text: string, tokens: readonly string[], name: string): Uint32Array<ArrayBuffer> {
  const indices = new Map(tokens.map((token, i) => [token, i]));
  const codes: number[] = [];
  let line = 1;
  for (const character of text) {
    const index = indices.get(character) ?? indices.get(character.toLowerCase());
    if (index === undefined)
      throw new EngineError('data/character', { file: name, line, character, known: tokens.length });
    codes.push(index);
    if (character === '\n') line += 1;
  }
  return Uint32Array.from(codes);
}

/** Fields of a text, without reading it. @throws EngineError `data/alphabet` */
export function describeText(alphabet: string, windows: TextWindows): DataDescription {
  const names = checkAlphabet(tokensOf(alphabet, windows));
  const { length, predict } = windows;
  const input: Described<IndexField> = { name: 'characters', dtype: 'u32', shape: [length], names };
  const shape = predict === 'every' ? [length] : [];
  return {
    inputs: [input],
    targets: [{ kind: 'class', name: 'next character', dtype: 'u32', shape, names }],
  };
}

/**
 * Windows over a text.
 *
 * @param data the text's characters as indices of `names`
 * @throws EngineError `data/windows` where no window fits, `data/alphabet`
 */
export function prepareText(
  { data, names: all, name, provenance }: TextSeries,
  windows: TextWindows,
  spec: SplitSpec,
): { dataset: Dataset; split: Split } {
  const names = checkAlphabet(all);
  const { length, stride, predict } = windows;
  // Where every place is predicted, windows that overlap would count characters of the measured parts twice.
  const measuredStride = predict === 'every' ? Math.max(length, stride) : stride;
  const cut: Cut = { rows: data.length, span: length + 1, stride, measuredStride, unit: 'characters', name };
  const split = splitWindows(cut, spec);
  const next = predict === 'every' ? { offset: 1, length } : { offset: length, length: 1 };
  const field = { dtype: 'u32', data, names } as const;
  const dataset: Dataset = {
    name,
    count: windowCount(cut),
    inputs: [{ ...field, name: 'characters', shape: [length], windows: { stride, offset: 0, length } }],
    targets: [
      {
        ...field,
        kind: 'class',
        name: 'next character',
        shape: predict === 'every' ? [length] : [],
        windows: { stride, ...next },
      },
    ],
    provenance,
    notes: [`${names.length} different characters.`, ...windowNotes(cut, split, spec)],
  };
  return { dataset, split };
}

/** A text as token indices. */
export interface TextSeries {
  readonly name: string;
  readonly data: Uint32Array<ArrayBuffer>;
  readonly names: readonly string[];
  readonly provenance: Provenance;
}

function checkAlphabet(tokens: readonly string[]): readonly string[] {
  if (tokens.length < 2 || tokens.length > mostCharacters)
    throw new EngineError('data/alphabet', { count: tokens.length, most: mostCharacters });
  return tokens;
}
