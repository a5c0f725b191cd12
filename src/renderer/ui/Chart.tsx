/**
 * A chart (ECharts, only the parts that we use) with a title and room for its controls. The option is asked for again when
 * `version` changes, at most five times a second; React draws the frame only.
 */
import { LineChart } from 'echarts/charts';
import { GridComponent, LegendComponent, MarkLineComponent, TooltipComponent } from 'echarts/components';
import { type ECharts, type EChartsCoreOption, init, use } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';
import { Download, Table2 } from 'lucide-react';
import { type ReactNode, useEffect, useRef } from 'react';
import { IconButton } from './Button.tsx';
import styles from './Chart.module.css';
import { useTheme } from './theme.ts';

use([LineChart, GridComponent, LegendComponent, MarkLineComponent, TooltipComponent, CanvasRenderer]);

/** Between two drawings while data streams in. */
const PAUSE_MS = 200;

export interface ChartProps {
  readonly title: string;
  /** What the picture means, for the tooltip of the title and for screen readers. */
  readonly words: string;
  /** Anything that changes when the option would. */
  readonly version: unknown;
  option(): EChartsCoreOption;
  /** The same data as a table: columns, then rows. */
  table(): readonly (readonly (string | number)[])[];
  /** Hands a finished picture or table over to be saved. */
  onSave(file: {
    readonly name: string;
    readonly bytes: Uint8Array<ArrayBuffer>;
    readonly kind: 'image' | 'table';
  }): void;
  readonly children?: ReactNode;
}

export function Chart({ title, words, version, option, table, onSave, children }: ChartProps) {
  const box = useRef<HTMLDivElement>(null);
  const chart = useRef<ECharts | null>(null);
  const latest = useRef(option);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const theme = useTheme();
  latest.current = option;

  useEffect(() => {
    if (!box.current) return;
    const made = init(box.current, null, { renderer: 'canvas' });
    chart.current = made;
    made.setOption(latest.current(), { notMerge: true });
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
      chart.current?.setOption(latest.current(), { notMerge: true });
    }, PAUSE_MS);
  }, [version, theme]);

  const name = title.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
  return (
    <figure className={styles.chart}>
      <figcaption className={styles.caption}>
        <span className={styles.title} title={words}>
          {title}
        </span>
        {children}
        <IconButton
          label="Save the picture (PNG)"
          onClick={() => {
            const url = chart.current?.getDataURL({
              type: 'png',
              pixelRatio: 2,
              backgroundColor: background(box.current),
            });
            if (url !== undefined) onSave({ name: `${name}.png`, bytes: bytesOfUrl(url), kind: 'image' });
          }}
        >
          <Download aria-hidden />
        </IconButton>
        <IconButton
          label="Save the numbers (CSV)"
          onClick={() => onSave({ name: `${name}.csv`, bytes: bytesOfTable(table()), kind: 'table' })}
        >
          <Table2 aria-hidden />
        </IconButton>
      </figcaption>
      <div ref={box} className={styles.plot} role="img" aria-label={`${title}. ${words}`} />
    </figure>
  );
}

function background(element: HTMLElement | null): string {
  return element ? getComputedStyle(element).backgroundColor : 'white';
}

function bytesOfUrl(url: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(url.slice(url.indexOf(',') + 1)), (character) => character.charCodeAt(0));
}

function bytesOfTable(rows: readonly (readonly (string | number)[])[]): Uint8Array<ArrayBuffer> {
  const cell = (value: string | number): string =>
    typeof value === 'number' ? String(value) : `"${value.replaceAll('"', '""')}"`;
  return new TextEncoder().encode(rows.map((row) => `${row.map(cell).join(',')}\r\n`).join(''));
}
