/**
 * A chart (ECharts, only the parts that we use) in a picture's frame. The option is asked for again when `version` changes,
 * at most five times a second; React draws the frame only. With the keyboard on it, arrows move a cursor over the points.
 */
import { LineChart, ScatterChart } from 'echarts/charts';
import {
  GridComponent,
  LegendComponent,
  MarkAreaComponent,
  MarkLineComponent,
  TooltipComponent,
} from 'echarts/components';
import { type ECharts, type EChartsCoreOption, init, use } from 'echarts/core';
import { CanvasRenderer, SVGRenderer } from 'echarts/renderers';
import { type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from 'react';
import { blobOf, PNG_SCALE } from './brush.ts';
import { tipClass } from './chart-look.ts';
import type { Topic } from './explanations.ts';
import styles from './Picture.module.css';
import { PictureFrame } from './PictureFrame.tsx';
import { fileNameOf, type PictureFile, type Table } from './picture.ts';
import { useTheme } from './theme.ts';

use([LineChart, ScatterChart, GridComponent, LegendComponent]);
use([MarkAreaComponent, MarkLineComponent, TooltipComponent, CanvasRenderer, SVGRenderer]);

/** Between two drawings while data streams in. */
const PAUSE_MS = 200;
/** After it is asked for, a tooltip takes a moment to say its words. */
const TIP_MS = 60;

export interface ChartProps {
  readonly title: string;
  readonly topic: Topic;
  /** What the picture shows, for those who do not see it. */
  readonly words: string;
  /** Anything that changes when the option would. */
  readonly version: unknown;
  option(): EChartsCoreOption;
  /** The same data as a table: columns, then rows. */
  table(): Table;
  /** Hands a finished picture or table over to be saved. */
  onSave(file: PictureFile): void;
  readonly legend?: ReactNode;
  readonly children?: ReactNode;
}

export function Chart(props: ChartProps) {
  const { title, topic, words, version, option, table, onSave, legend, children } = props;
  const box = useRef<HTMLDivElement>(null);
  const chart = useRef<ECharts | null>(null);
  const latest = useRef(option);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const cursor = useRef(-1);
  const [spoken, setSpoken] = useState('');
  const theme = useTheme();
  latest.current = option;

  useEffect(() => {
    if (!box.current) return;
    const made = init(box.current, null, { renderer: 'canvas' });
    chart.current = made;
    made.setOption(latest.current());
    const observer = new ResizeObserver(() => made.resize());
    observer.observe(box.current);
    return () => {
      clearTimeout(timer.current);
      timer.current = undefined;
      observer.disconnect();
      made.dispose();
      chart.current = null;
    };
  }, []);

  useEffect(() => {
    timer.current ??= setTimeout(() => {
      timer.current = undefined;
      // Lines come and go; axes and the tooltip stay, so what the pointer is on stays in sight while data streams in.
      chart.current?.setOption(latest.current(), { replaceMerge: ['series'] });
    }, PAUSE_MS);
  }, [version, theme]);

  function move(event: KeyboardEvent): void {
    const last = longestSeries(latest.current()) - 1;
    const next = cursorAfter(event.key, cursor.current, last);
    if (next === null || !chart.current) return;
    event.preventDefault();
    event.stopPropagation();
    cursor.current = next;
    const seriesIndex = longestIndex(latest.current());
    chart.current.dispatchAction({ type: 'showTip', seriesIndex, dataIndex: next });
    setTimeout(() => {
      const tip = box.current?.querySelector<HTMLElement>(`.${tipClass}`);
      // biome-ignore lint/performance/useDomNodeTextContent: its lines are said one after the other
      setSpoken(tip?.innerText.replaceAll('\n', ', ') ?? '');
    }, TIP_MS);
  }

  const source = {
    name: fileNameOf(title),
    png: async () => {
      const backgroundColor = box.current ? getComputedStyle(box.current).backgroundColor : 'white';
      // Not by way of a data URL: the page's policy lets it fetch none.
      const canvas = chart.current?.renderToCanvas({ pixelRatio: PNG_SCALE, backgroundColor });
      return blobOf(canvas ?? null);
    },
    svg: () => svgOf(latest.current(), box.current),
    table,
  };
  return (
    <PictureFrame
      title={title}
      topic={topic}
      source={source}
      onSave={onSave}
      spoken={spoken}
      {...(legend === undefined ? {} : { legend })}
      controls={children}
    >
      {/* biome-ignore lint/a11y/useSemanticElements: a group of marks, no fieldset */}
      <div
        ref={box}
        className={styles.plot}
        role="group"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: arrows move its cursor
        tabIndex={0}
        aria-label={`${title}. ${words} Arrow keys move over its points.`}
        onKeyDown={move}
        onBlur={() => chart.current?.dispatchAction({ type: 'hideTip' })}
      />
    </PictureFrame>
  );
}

/** Where the cursor goes; null where the key is not one of the chart's. */
export function cursorAfter(key: string, now: number, last: number): number | null {
  if (last < 0) return null;
  if (key === 'ArrowRight') return Math.min(last, now + 1);
  if (key === 'ArrowLeft') return Math.max(0, (now < 0 ? last + 1 : now) - 1);
  if (key === 'Home') return 0;
  return key === 'End' ? last : null;
}

interface SeriesData {
  readonly data?: readonly unknown[];
}

function lengthsOf(option: EChartsCoreOption): number[] {
  return ((option.series as readonly SeriesData[] | undefined) ?? []).map(({ data }) => data?.length ?? 0);
}

function longestSeries(option: EChartsCoreOption): number {
  return Math.max(0, ...lengthsOf(option));
}

function longestIndex(option: EChartsCoreOption): number {
  const lengths = lengthsOf(option);
  return lengths.indexOf(Math.max(...lengths));
}

/** The same option drawn by ECharts' SVG renderer, off screen. */
function svgOf(option: EChartsCoreOption, box: HTMLElement | null): string {
  const { clientWidth: width = 640, clientHeight: height = 320 } = box ?? {};
  const made = init(null, null, { renderer: 'svg', ssr: true, width, height });
  try {
    made.setOption({
      ...option,
      backgroundColor: box ? getComputedStyle(box).backgroundColor : 'white',
    });
    return made.renderToSVGString();
  } finally {
    made.dispose();
  }
}
