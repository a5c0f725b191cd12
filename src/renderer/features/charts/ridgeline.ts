/**
 * The ridgeline of one tensor: a histogram per captured step, the newest in front, over the axis that all pictures of
 * magnitudes share. Which captures, how high a ridge is, and how it is drawn; no React.
 */
import { type CaptureHistory, powerOfTen, readable } from '../../../engine/index.ts';
import { addToRows, POWER_ROWS, ROWS } from '../../pictures/magnitude-rows.ts';
import type { Brush } from '../../ui/brush.ts';
import { chartLook } from '../../ui/chart-look.ts';
import { cssColor, scaleColor, type Theme } from '../../ui/color-scale.ts';
import { AXIS, densityOf, type LayerDensity, middleOf, percent } from './overlay-option.ts';

export interface Ridge extends Pick<LayerDensity, 'shares' | 'zeros' | 'notFinite'> {
  readonly step: number;
}

/** More ridges than these are not told apart. */
const MOST_RIDGES = 36;
const LEFT = 70;
const RIGHT = 54;
const TOP = 12;
const BOTTOM = 34;
/** Pixels that a label of the axis takes. */
const LABEL_WIDTH = 38;
/** Pixels between two ridges at least. */
const LEAST_ROW = 6;
/** How many rows the highest ridge rises over its own. */
const RISE = 3.2;

/** Positions in the history, the first and the last among them, evenly spaced in between. */
export function ridgePositions(count: number): readonly number[] {
  const wanted = Math.min(count, MOST_RIDGES);
  if (wanted < 2) return count === 0 ? [] : [0];
  return Array.from({ length: wanted }, (_, i) => Math.round((i * (count - 1)) / (wanted - 1)));
}

/** Unpacks captures once each: `known` keeps ridges by step, for one tensor of one history. */
export function ridgesOf(
  history: CaptureHistory,
  segment: number,
  known: Map<number, Ridge> = new Map(),
): readonly Ridge[] {
  return ridgePositions(history.length).map((position) => {
    const step = history.stepAt(position);
    const found = known.get(step);
    if (found) return found;
    const rows = new Float32Array(ROWS);
    addToRows(rows, history.captureAt(position), segment);
    const ridge = { step, ...densityOf(rows) };
    known.set(step, ridge);
    return ridge;
  });
}

/** Those that have room, the first and the newest among them. */
export function fitting(ridges: readonly Ridge[], { height }: Pick<Area, 'height'>): readonly Ridge[] {
  const most = Math.max(2, Math.floor((height - TOP - BOTTOM) / LEAST_ROW));
  if (ridges.length <= most) return ridges;
  return Array.from({ length: most }, (_, i) => ridges[Math.round((i * (ridges.length - 1)) / (most - 1))]!);
}

interface Area {
  readonly width: number;
  readonly height: number;
}

function xOf(power: number, { width }: Area): number {
  return LEFT + ((power - AXIS.min) / (AXIS.max - AXIS.min)) * (width - LEFT - RIGHT);
}

function rowHeight(count: number, { height }: Area): number {
  return (height - TOP - BOTTOM) / (count - 1 + RISE);
}

function baseOf(place: number, count: number, area: Area): number {
  return TOP + (RISE + place) * rowHeight(count, area);
}

/** The ridge at a height of the picture; null above and below all. */
export function ridgeAt(y: number, count: number, area: Area): number | null {
  if (count === 0) return null;
  const place = Math.ceil((y - baseOf(0, count, area)) / rowHeight(count, area) - 1e-6);
  return y < TOP || place > count - 1 ? null : Math.max(0, place);
}

/** @param at the step that is looked at: its ridge is drawn bold */
export function drawRidges(
  brush: Brush,
  ridges: readonly Ridge[],
  area: Area,
  { theme, at }: { readonly theme: Theme; readonly at: number | null },
): void {
  const look = chartLook(theme);
  const highest = Math.max(1e-6, ...ridges.flatMap(({ shares }) => [...shares]));
  const ground = area.height - BOTTOM;
  const decade = (area.width - LEFT - RIGHT) / (AXIS.max - AXIS.min);
  const labelEvery = AXIS.interval * Math.ceil(LABEL_WIDTH / (decade * AXIS.interval));
  for (let power = AXIS.min; power <= AXIS.max; power += AXIS.interval) {
    const x = xOf(power, area);
    brush.line([x, TOP, x, ground], { stroke: look.line });
    if ((power - AXIS.max) % labelEvery === 0)
      brush.text(x, ground + 12, powerOfTen(power), { color: look.faint, align: 'center' });
  }
  const middle = (LEFT + area.width - RIGHT) / 2;
  brush.text(middle, area.height - 7, '|value|, one point per power of two', {
    color: look.faint,
    align: 'center',
  });
  const rise = RISE * rowHeight(ridges.length, area);
  const seen = at === null ? -1 : ridges.findLastIndex(({ step }) => step <= at);
  let lastLabel = Number.NEGATIVE_INFINITY;
  ridges.forEach(({ step, shares, zeros, notFinite }, place) => {
    const base = baseOf(place, ridges.length, area);
    const points = [xOf(middleOf(0), area), base];
    shares.forEach((share, k) => {
      points.push(xOf(middleOf(k), area), base - (share / highest) * rise);
    });
    points.push(xOf(middleOf(POWER_ROWS - 1), area), base);
    const isSeen = place === seen;
    brush.line(points, {
      fill: look.panel,
      stroke: isSeen
        ? look.text
        : cssColor(scaleColor(0.3 + (0.7 * place) / Math.max(1, ridges.length - 1), theme)),
      width: isSeen ? 2.5 : 1.25,
    });
    if (base - lastLabel < 13 && !isSeen) return;
    lastLabel = base;
    const color = isSeen ? look.text : look.faint;
    brush.text(LEFT - 8, base, `step ${step}`, { color, align: 'right' });
    const aside = notFinite > 0 ? `NaN ${percent(notFinite)}` : zeros > 0 ? `0: ${percent(zeros)}` : '';
    brush.text(area.width - RIGHT + 6, base, aside, { color: notFinite > 0 ? look.alarm : color, size: 10 });
  });
}

/** A point of the picture, in words. */
export function ridgeWords(ridges: readonly Ridge[], x: number, y: number, area: Area) {
  const place = ridgeAt(y, ridges.length, area);
  const ridge = place === null ? undefined : ridges[place];
  if (!ridge) return null;
  const power = AXIS.min + ((x - LEFT) / (area.width - LEFT - RIGHT)) * (AXIS.max - AXIS.min);
  const k = Math.round((power - middleOf(0)) / Math.log10(2));
  const share = ridge.shares[k];
  const edge = 10 ** (middleOf(k) - 0.5 * Math.log10(2));
  return {
    title: `step ${ridge.step}`,
    lines: [
      ...(share === undefined
        ? []
        : [`${readable(edge)} … ${readable(2 * edge)}: ${percent(share)} of elements`]),
      `exact zeros: ${percent(ridge.zeros)}`,
      ...(ridge.notFinite > 0 ? [`NaN or ±∞: ${percent(ridge.notFinite)}`] : []),
    ],
  };
}

export function ridgeTable(ridges: readonly Ridge[]): (string | number)[][] {
  const rows = ridges.flatMap(({ step, shares, zeros, notFinite }) =>
    Array.from(shares, (share, k) => [step, middleOf(k), share, zeros, notFinite]),
  );
  return [['step', 'log10 |value|, middle of the bin', 'share', 'zeros', 'not finite'], ...rows];
}
