/**
 * A layer's formula with its numbers put in: symbols that stand for whole tensors (x, y, W, b) become matrices where these
 * are small. A symbol with an index speaks of one element and stays a letter.
 */
import { type LayerSpec, readable, type Tensor } from '../../../engine/index.ts';

/** More numbers than these make no formula that one can read. */
const MOST_ROWS = 8;
const MOST_NUMBERS = 48;

/** Which letters stand for which tensors. */
export type Numbers = ReadonlyMap<string, Tensor>;

/** The letters that formulas use for parameters, by the tensors' names. */
export const letterOf: Readonly<Record<string, string>> = { weight: 'W', bias: 'b' };

/** Two axes, with leading ones taken away; null where the tensor is too large to be written out. */
function matrixOf({ shape, data }: Tensor): { rows: number; columns: number; data: Float32Array } | null {
  const axes = shape.filter((n, i) => n !== 1 || i === shape.length - 1);
  const columns = axes.at(-1) ?? 1;
  const rows = data.length / columns;
  if (axes.length > 2 || data.length > MOST_NUMBERS || rows > MOST_ROWS || columns > MOST_ROWS) return null;
  return { rows, columns, data };
}

/** A tensor as LaTeX; null where it is too large. */
export function matrixLatex(tensor: Tensor): string | null {
  const matrix = matrixOf(tensor);
  if (!matrix) return null;
  const { rows, columns, data } = matrix;
  if (data.length === 1) return numberLatex(data[0]!);
  const lines = Array.from({ length: rows }, (_, r) =>
    Array.from({ length: columns }, (_, c) => numberLatex(data[r * columns + c]!)).join(' & '),
  );
  return `\\begin{bmatrix} ${lines.join(' \\\\ ')} \\end{bmatrix}`;
}

function numberLatex(value: number): string {
  if (Number.isNaN(value)) return '\\mathrm{NaN}';
  if (!Number.isFinite(value)) return value > 0 ? '\\infty' : '-\\infty';
  if (value === 0) return '0';
  const [digits = '', power = ''] = value.toExponential(1).split('e');
  if (Number(power) >= -2 && Number(power) < 4) return String(Number(value.toPrecision(3)));
  return `${Number(digits)} \\cdot 10^{${Number(power)}}`;
}

/** The formula with small tensors in place of their letters; null where no letter could be replaced. */
export function withNumbers({ formula }: Pick<LayerSpec, 'formula'>, numbers: Numbers): string | null {
  // Commands, letters and everything else; what follows tells whether a letter carries an index.
  const tokens = formula.match(/\\[a-zA-Z]+|\\.|[a-zA-Z]+|./gs) ?? [];
  const replaced = new Set<string>();
  const parts = tokens.map((token, i) => {
    const tensor = numbers.get(token);
    const latex = tensor && tokens[i + 1] !== '_' ? matrixLatex(tensor) : null;
    if (latex === null) return token;
    replaced.add(token);
    return latex;
  });
  return replaced.size >= 2 ? parts.join('') : null;
}

/** What is said of a tensor that is too large to be written out. */
export function tensorWords({ data }: Pick<Tensor, 'data'>): string {
  let square = 0;
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of data) {
    square += value * value;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return `${readable(low)} … ${readable(high)}, RMS ${readable(Math.sqrt(square / data.length))}`;
}
