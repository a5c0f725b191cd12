/** Small maps in a grid as a picture, with the value under the pointer and a cursor for the keyboard. */
import { type ReactNode, useState } from 'react';
import { readable } from '../../../engine/index.ts';
import { useSavePicture } from '../../session/save-picture.ts';
import { scaleGradient } from '../../ui/color-scale.ts';
import { Drawing } from '../../ui/Drawing.tsx';
import type { Topic } from '../../ui/explanations.ts';
import picture from '../../ui/Picture.module.css';
import { useTheme } from '../../ui/theme.ts';
import { drawHeatMaps, type HeatMap, heatAt, heatTable, type Range, rangeWords } from './heat-maps.ts';

interface HeatMapsProps {
  readonly title: string;
  readonly topic: Topic;
  readonly words: string;
  readonly maps: readonly HeatMap[];
  readonly range: Range;
  /** Said after the scale. */
  readonly note?: string;
  /** What an element is called: `row 3, column 4`. */
  name?(map: number, row: number, column: number): string;
  readonly children?: ReactNode;
}

export function HeatMaps({ title, topic, words, maps, range, note, name, children }: HeatMapsProps) {
  const [chosen, setChosen] = useState<number | null>(null);
  const onSave = useSavePicture();
  const theme = useTheme();
  const nameOf = name ?? ((_, row, column) => `row ${row}, column ${column}`);
  return (
    <Drawing
      title={title}
      topic={topic}
      words={words}
      version={{ maps, chosen }}
      draw={(brush, size, theme) => drawHeatMaps(brush, maps, size, { range, theme, chosen })}
      hover={(x, y, size) => {
        const found = heatAt(maps, size, x, y);
        const map = found && maps[found.map];
        if (!found || !map) return null;
        const value = map.data[found.row * map.width + found.column] ?? Number.NaN;
        return {
          title: map.title,
          lines: [`${nameOf(found.map, found.row, found.column)}: ${readable(value)}`],
        };
      }}
      move={(dx, dy) => {
        const next = Math.min(maps.length - 1, Math.max(0, (chosen ?? -1) + dx + dy));
        setChosen(next);
        const map = maps[next];
        return map
          ? `${map.title}: ${readable(Math.min(...map.data))} to ${readable(Math.max(...map.data))}`
          : '';
      }}
      table={() => heatTable(maps)}
      onSave={onSave}
      legend={
        <>
          <span>
            {rangeWords(range)} <span className={picture.ramp} style={{ background: scaleGradient(theme) }} />
          </span>
          {note === undefined ? null : <span>{note}</span>}
        </>
      }
    >
      {children}
    </Drawing>
  );
}
