import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

// The tokens are read from the style sheet itself, so a colour that is changed there is measured here.
const css = readFileSync(join(import.meta.dirname, 'theme.css'), 'utf8');

type Tokens = ReadonlyMap<string, readonly [number, number, number]>;

function tokensOf(selector: string): [string, readonly [number, number, number]][] {
  const start = css.indexOf(`${selector} {`);
  const block = css.slice(start, css.indexOf('}', start));
  return [...block.matchAll(/--([\w-]+): oklch\(([\d.]+) ([\d.]+) ([\d.]+)\);/g)].map(
    ([, name = '', l, c, h]) => [name, [Number(l), Number(c), Number(h)]],
  );
}

/** Relative luminance (WCAG 2.2) of a colour in OKLCH, by way of linear sRGB, clipped to what a screen shows. */
function luminance([l, c, h]: readonly [number, number, number]): number {
  const [a, b] = [c * Math.cos((h * Math.PI) / 180), c * Math.sin((h * Math.PI) / 180)];
  const long = (l + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const medium = (l - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const short = (l - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const clip = (v: number): number => Math.min(1, Math.max(0, v));
  const red = clip(4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short);
  const green = clip(-1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short);
  const blue = clip(-0.0041960863 * long - 0.7034186147 * medium + 1.707614701 * short);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(tokens: Tokens, text: string, ground: string): number {
  const [one, other] = [text, ground].map((name) => {
    const color = tokens.get(name);
    if (!color) throw new Error(`There is no colour --${name}.`);
    return luminance(color);
  });
  const [dark, light] = [one ?? 0, other ?? 0].sort((x, y) => x - y);
  return ((light ?? 0) + 0.05) / ((dark ?? 0) + 0.05);
}

const light = tokensOf(':root');
const themes: [string, Tokens][] = [
  ['light', new Map(light)],
  ['dark', new Map([...light, ...tokensOf(":root[data-theme='dark']")])],
];
const grounds = ['bg', 'canvas', 'panel', 'raised', 'sunken'];
const texts: [string, string[]][] = [
  ['text', [...grounds, 'hover', 'pressed', 'accent-soft', 'warning-soft', 'bad-soft']],
  ['text-2', [...grounds, 'hover', 'warning-soft', 'bad-soft']],
  ['text-3', grounds],
  ['accent-text', ['panel', 'raised', 'canvas', 'accent-soft']],
  ['good', ['panel', 'raised']],
  ['warning', ['panel', 'raised']],
  ['bad', ['panel', 'raised', 'bad-soft']],
  ['on-accent', ['accent', 'accent-hover']],
];

describe.each(themes)('in the %s theme', (_, tokens) => {
  test.each(texts.flatMap(([text, all]) => all.map((ground) => [text, ground] as const)))(
    '%s is readable on %s (AA, 4.5 : 1)',
    (text, ground) => {
      expect(contrast(tokens, text, ground)).toBeGreaterThanOrEqual(4.5);
    },
  );

  const signs = [...tokens.keys()].filter((name) => name.startsWith('cat-') || name.startsWith('port-'));
  test.each(signs)('%s is seen on a node and on a panel (3 : 1)', (sign) => {
    expect(contrast(tokens, sign, 'raised')).toBeGreaterThanOrEqual(3);
    expect(contrast(tokens, sign, 'panel')).toBeGreaterThanOrEqual(3);
  });

  test('the focus ring is seen on every ground', () => {
    for (const ground of grounds) expect(contrast(tokens, 'accent', ground)).toBeGreaterThanOrEqual(3);
  });
});
