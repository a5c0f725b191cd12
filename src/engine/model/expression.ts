/** Arithmetic as people type it: `28*28`, `2^10`, `channels / 4`. A recursive-descent parser; nothing is evaluated as code. */

/**
 * The value of an expression of numbers, names, + − * / ^ % and brackets; null for anything else, and where the result is not
 * finite. `×`, `·`, `÷` and `−` are read as what they mean.
 *
 * @param names what names in the expression stand for
 */
export function evaluateExpression(
  text: string,
  names: Readonly<Record<string, unknown>> = {},
): number | null {
  const source = text
    .replaceAll(/[×·]/g, '*')
    .replaceAll('÷', '/')
    .replaceAll('−', '-')
    .replaceAll(/(?<=\d)[_\u2009\u202f ](?=\d{3})/g, '');
  const tokens = source.match(/\d+\.?\d*(?:e[+-]?\d+)?|\.\d+(?:e[+-]?\d+)?|[a-z_]\w*|\S/gi) ?? [];
  let at = 0;
  const take = (...wanted: string[]): string | null => {
    const token = tokens[at];
    if (token === undefined || !wanted.includes(token)) return null;
    at++;
    return token;
  };

  // Each level gives NaN for what it cannot read; NaN then runs through all arithmetic to the end.
  function sum(): number {
    let value = product();
    for (let op = take('+', '-'); op !== null; op = take('+', '-')) {
      const right = product();
      value = op === '+' ? value + right : value - right;
    }
    return value;
  }
  function product(): number {
    let value = signed();
    for (let op = take('*', '/', '%'); op !== null; op = take('*', '/', '%')) {
      const right = signed();
      value = op === '*' ? value * right : op === '/' ? value / right : value % right;
    }
    return value;
  }
  function signed(): number {
    if (take('-') !== null) return -signed();
    if (take('+') !== null) return signed();
    return power();
  }
  function power(): number {
    const base = atom();
    return take('^') !== null ? base ** signed() : base;
  }
  function atom(): number {
    if (take('(') !== null) {
      const value = sum();
      return take(')') !== null ? value : Number.NaN;
    }
    const token = tokens[at++];
    if (token === undefined) return Number.NaN;
    if (/^[\d.]/.test(token)) return Number(token);
    const named = Object.hasOwn(names, token) ? names[token] : undefined;
    return typeof named === 'number' ? named : Number.NaN;
  }

  const value = sum();
  return at === tokens.length && Number.isFinite(value) ? value : null;
}

/** The names that an expression reads. */
export function namesIn(text: string): readonly string[] {
  return (text.match(/[a-z_]\w*/gi) ?? []).filter((name, i, all) => all.indexOf(name) === i);
}
