/** Numbers as people read them: 2.9·10⁻⁵, 0.31, 1240. */

const SUPERSCRIPTS = '⁰¹²³⁴⁵⁶⁷⁸⁹';

/** Two significant digits; powers of ten are written out outside 0.001…10 000. */
export function readable(value: number): string {
  if (Number.isNaN(value)) return 'not a number';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞';
  if (value === 0) return '0';
  const [mantissa = '', exponent = ''] = value.toExponential(1).split('e');
  const power = Number(exponent);
  if (power >= -3 && power <= 3) return minus(String(Number(value.toPrecision(power >= 2 ? power + 1 : 2))));
  const factor = Number(mantissa);
  return factor === 1 ? `10${superscript(power)}` : `${minus(String(factor))}·10${superscript(power)}`;
}

/** 10^`log10`, in the same words; also where that leaves the range of numbers. */
export function readablePower(log10: number): string {
  const value = 10 ** log10;
  return value > 0 && Number.isFinite(value) ? readable(value) : `10${superscript(Math.round(log10))}`;
}

/** 10ⁿ: for axes in powers of ten. */
export function powerOfTen(power: number): string {
  return power === 0 ? '1' : `10${superscript(power)}`;
}

function superscript(power: number): string {
  const digits = [...String(Math.abs(power))].map((digit) => SUPERSCRIPTS[Number(digit)] ?? digit).join('');
  return power < 0 ? `⁻${digits}` : digits;
}

function minus(text: string): string {
  return text.replace('-', '−');
}
