/**
 * One sequential colour scale for everything that has a size: cividis, which reads the same with and without colour-blindness
 * (Nuñez, Anderton & Renslow 2018), interpolated from its published control points. On dark ground more is lighter, on
 * light ground more is darker, so "nothing" always melts into the ground.
 */

/** sRGB, each from 0 to 255. */
export type Rgb = readonly [number, number, number];
export type Theme = 'light' | 'dark';

const CIVIDIS: readonly Rgb[] = [
  [0, 34, 78],
  [18, 53, 112],
  [59, 73, 108],
  [87, 93, 109],
  [112, 113, 115],
  [138, 134, 120],
  [165, 156, 116],
  [195, 179, 105],
  [225, 204, 85],
  [254, 232, 56],
];

/** The colour at a share from 0 (least) to 1 (most). */
export function scaleColor(share: number, theme: Theme): Rgb {
  const t = Math.min(1, Math.max(0, share));
  return cividis(theme === 'dark' ? 0.12 + 0.88 * t : 0.9 * (1 - t));
}

export function cssColor([r, g, b]: Rgb): string {
  return `rgb(${r} ${g} ${b})`;
}

/** The scale as a CSS gradient, least first: for legends. */
export function scaleGradient(theme: Theme): string {
  const stops = Array.from({ length: 9 }, (_, i) => cssColor(scaleColor(i / 8, theme)));
  return `linear-gradient(to right, ${stops.join(', ')})`;
}

function cividis(t: number): Rgb {
  const at = t * (CIVIDIS.length - 1);
  const low = Math.min(Math.floor(at), CIVIDIS.length - 2);
  const [a, b] = [CIVIDIS[low]!, CIVIDIS[low + 1]!];
  const mix = (i: 0 | 1 | 2): number => Math.round(a[i] + (at - low) * (b[i] - a[i]));
  return [mix(0), mix(1), mix(2)];
}
