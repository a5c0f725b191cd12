/** How the numbers that a net answers are read: a class with its certainty, or numbers. As the loss reads them. */
import { type Inside, type Part, readable } from '../../../engine/index.ts';

export interface Read {
  /** The class that is answered; null where numbers are. */
  readonly label: number | null;
  /** 0 (no better than chance) to 1; of numbers always 1. */
  readonly certainty: number;
  /** The answer in words. */
  readonly text: string;
}

/** Answers that are asked for at once at most, and their numbers: a text net's answer has a number for each character at each place. */
const MOST_ANSWERS = 4000;
const MOST_NUMBERS = 2 ** 20;

/** How many samples of a part are answered. */
export function answeredOf({ parts, answerSize }: Pick<Inside, 'parts' | 'answerSize'>, part: Part): number {
  return Math.min(parts[part], MOST_ANSWERS, Math.max(1, Math.floor(MOST_NUMBERS / answerSize)));
}

/** `the first 4000 of 8000 samples of the train part`; all of them: `all 300 samples of the train part`. */
export function answeredWords(inside: Pick<Inside, 'parts' | 'answerSize'>, part: Part): string {
  const count = answeredOf(inside, part);
  const all = inside.parts[part];
  const which = count < all ? `the first ${count} of ${all}` : `all ${all}`;
  return `${which} samples of the ${part} part`;
}

/** Whether answers are classes. */
export function isClassifier({ target }: Pick<Inside, 'target'>): boolean {
  return target.names.length > 0 && target.size === 1;
}

/** The share that each class gets. */
export function classShares(
  { decision, target }: Pick<Inside, 'decision' | 'target'>,
  row: ArrayLike<number>,
): number[] {
  if (decision === 'largest' && row.length > 1) {
    const most = Math.max(...Array.from(row));
    const powers = Array.from(row, (v) => Math.exp(v - most));
    const sum = powers.reduce((a, b) => a + b, 0);
    return powers.map((v) => v / sum);
  }
  if (row.length > 1) {
    const positive = Array.from(row, (v) => Math.max(0, v));
    const sum = positive.reduce((a, b) => a + b, 0) || 1;
    return positive.map((v) => v / sum);
  }
  const [first = 0] = Array.from(row);
  const yes = decision === 'aboveZero' ? 1 / (1 + Math.exp(-first)) : Math.min(1, Math.max(0, first));
  return target.names.length === 2 ? [1 - yes, yes] : [yes];
}

export function readAnswer(inside: Pick<Inside, 'decision' | 'target'>, row: ArrayLike<number>): Read {
  if (isSequence(inside)) return { label: null, certainty: 1, text: likeliestTokens(inside, row) };
  if (!isClassifier(inside)) {
    return {
      label: null,
      certainty: 1,
      text: Array.from(row, (v) => readable(v))
        .slice(0, 4)
        .join(', '),
    };
  }
  const { label, certainty, share } = mostLikely(inside, row);
  const name = inside.target.names[label] ?? `class ${label}`;
  return { label, certainty, text: `${name} (${Math.round(100 * share)} %)` };
}

/** What a picture needs of an answer, without its words: pictures have many points. */
export function readCertainty(
  inside: Pick<Inside, 'decision' | 'target'>,
  row: ArrayLike<number>,
): Pick<Read, 'label' | 'certainty'> {
  return isClassifier(inside) ? mostLikely(inside, row) : { label: null, certainty: 1 };
}

function mostLikely(inside: Pick<Inside, 'decision' | 'target'>, row: ArrayLike<number>) {
  const shares = classShares(inside, row);
  const share = Math.max(...shares);
  const chance = 1 / Math.max(2, shares.length);
  const certainty = Math.max(0, (share - chance) / (1 - chance));
  return { label: Math.max(0, shares.indexOf(share)), certainty, share };
}

/** Whether an answer is a class at each of several places, such as the character that comes next. */
function isSequence({ target }: Pick<Inside, 'target'>): boolean {
  return target.names.length > 0 && target.size > 1;
}

/** The likeliest class at each place: an answer holds a number for each class at each of them. */
function likeliestTokens({ target }: Pick<Inside, 'target'>, row: ArrayLike<number>): string {
  const all = Array.from(row);
  const classes = Math.max(1, Math.floor(all.length / target.size));
  const likeliest = Array.from({ length: target.size }, (_, place) => {
    const shares = all.slice(place * classes, (place + 1) * classes);
    return shares.indexOf(Math.max(...shares));
  });
  return tokenWords(target.names, likeliest);
}

/** Characters make a text, with a mark for a space; words and labels stand apart. */
function tokenWords(names: readonly string[], tokens: ArrayLike<number>): string {
  const isText = names.every((name) => name.length === 1);
  const words = Array.from(tokens, (i) => names[i] ?? `class ${i}`);
  return isText ? words.join('').replaceAll(/\s/g, '␣') : words.join(' ');
}

/** What a sample should have been answered with. */
export function readTarget({ target }: Pick<Inside, 'target'>, row: ArrayLike<number>): string {
  return target.names.length > 0
    ? tokenWords(target.names, row)
    : Array.from(row, (v) => readable(v))
        .slice(0, 4)
        .join(', ');
}

/** One sample's numbers out of many's. */
export function rowOf(data: Float32Array | undefined, index: number, size: number): Float32Array {
  return (data ?? new Float32Array()).subarray(index * size, (index + 1) * size);
}
