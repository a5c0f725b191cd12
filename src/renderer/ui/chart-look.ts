/** How charts look: the colours of series (Okabe & Ito 2008, told apart with every kind of colour vision), axes, tooltips. */
import type { Theme } from './color-scale.ts';

export interface ChartLook {
  readonly text: string;
  readonly faint: string;
  readonly line: string;
  readonly panel: string;
  /** NaN and its like. */
  readonly alarm: string;
  /** Series in order: the shown run, the one beside it. */
  readonly series: readonly [string, string];
  readonly second: readonly [string, string];
  /** Series of many runs, five of them. */
  readonly race: readonly string[];
}

export function chartLook(theme: Theme): ChartLook {
  return theme === 'dark'
    ? {
        text: '#d7d9e0',
        faint: '#8d92a0',
        line: '#2d313b',
        panel: '#22252d',
        alarm: '#ff8074',
        series: ['#56b4e9', '#e69f00'],
        second: ['#3ecfa0', '#e08bbd'],
        race: ['#56b4e9', '#e69f00', '#3ecfa0', '#e08bbd', '#d7d9e0'],
      }
    : {
        text: '#2b2f38',
        faint: '#656b78',
        line: '#e3e5ea',
        panel: '#ffffff',
        alarm: '#c01f18',
        series: ['#0072b2', '#c26a00'],
        second: ['#00805c', '#b0507f'],
        race: ['#0072b2', '#c26a00', '#00805c', '#b0507f', '#2b2f38'],
      };
}

/** Classes and groups, told apart with every kind of colour vision (Okabe & Ito 2008). */
export const classColors = [
  '#0072b2',
  '#e69f00',
  '#009e73',
  '#cc79a7',
  '#56b4e9',
  '#d55e00',
  '#f0e442',
  '#888888',
] as const;

/** The class of every chart's tooltip: what stands in it is read out for the keyboard's cursor. */
export const tipClass = 'chart-tip';

export const chartFont = "'Inter Variable', system-ui, sans-serif";

/** A number of a tooltip in words; a dash where a line has no point. */
export function tipNumber(words: (value: number) => string): (value: unknown) => string {
  return (value) => (typeof value === 'number' && Number.isFinite(value) ? words(value) : '–');
}

/** Names are the user's, and tooltips are HTML. */
export function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** What all charts share. */
export function baseOption({ text, faint, panel, line }: ChartLook) {
  return {
    animation: false,
    textStyle: { fontFamily: chartFont, color: text },
    grid: { left: 52, right: 16, top: 26, bottom: 40 },
    legend: {
      top: 0,
      left: 8,
      right: 8,
      itemWidth: 16,
      itemHeight: 8,
      itemGap: 12,
      type: 'scroll',
      textStyle: { color: faint, fontSize: 11 },
    },
    tooltip: {
      trigger: 'axis',
      confine: true,
      className: tipClass,
      transitionDuration: 0,
      backgroundColor: panel,
      borderColor: line,
      textStyle: { color: text, fontSize: 11 },
    },
  };
}

export function axisLook({ faint, line }: ChartLook) {
  return {
    axisLine: { lineStyle: { color: line } },
    axisTick: { show: false },
    axisLabel: { color: faint, fontSize: 11, hideOverlap: true },
    splitLine: { lineStyle: { color: line } },
    nameTextStyle: { color: faint, fontSize: 11 },
  };
}

/** The steps of a run, from its beginning, whatever is drawn of them. */
export function stepAxis(look: ChartLook) {
  return {
    ...axisLook(look),
    type: 'value',
    name: 'step',
    nameLocation: 'middle',
    nameGap: 20,
    min: 0,
    splitLine: { show: false },
    // The head of a tooltip.
    axisPointer: {
      label: {
        show: false,
        formatter: ({ value }: { value: unknown }) => `step ${Math.round(Number(value))}`,
      },
    },
  };
}

/** A line without points that carries the mark of a step. */
export function stepMark(at: number, { text }: ChartLook) {
  return {
    type: 'line',
    name: 'step',
    data: [],
    silent: true,
    markLine: {
      symbol: 'none',
      animation: false,
      label: { formatter: `step ${at}`, color: text, fontSize: 11, position: 'insideEndTop' },
      lineStyle: { color: text, type: 'solid', width: 1 },
      data: [{ xAxis: at }],
    },
  };
}
