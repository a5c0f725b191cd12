/**
 * All strips of the shown run, painted into one hidden canvas (an atlas with a place per strip): a capture costs one column per
 * strip, and showing them is one drawImage each. Lives outside React; fed from the run's history.
 */
import type { ProbeCapture, ProbeSegment } from '../../../engine/index.ts';
import type { RunView } from '../../engine-client/run.ts';
import { addToRows } from '../../pictures/magnitude-rows.ts';
import { COLUMNS, StripColumns } from '../../pictures/strip-columns.ts';
import { paintColumns, STRIP_PIXELS, type StripPalette, stripPalette } from '../../pictures/strip-paint.ts';
import type { Theme } from '../../ui/color-scale.ts';

export type StripKind = 'activation' | 'gradient';

export interface Strip {
  readonly node: string;
  readonly name: string;
  readonly kind: StripKind;
  readonly segment: number;
  readonly columns: StripColumns;
  /** Where its picture lies in the atlas. */
  readonly x: number;
  readonly y: number;
}

/** Strips beside each other in the atlas: 20 × 96 pixels stay well inside every canvas limit. */
const PER_ROW = 20;
const { width, height } = STRIP_PIXELS;

export class StripBoard {
  readonly atlas = document.createElement('canvas');
  readonly #context = this.atlas.getContext('2d');
  readonly #image = new ImageData(width, height);
  #layerOf: (node: string) => string | null = (node) => node;
  #palette: StripPalette = stripPalette('dark');
  #strips = new Map<string, Strip>();
  #run: { readonly id: number; readonly generation: number } | null = null;
  #segments: readonly ProbeSegment[] = [];
  /** The last step that is painted. */
  #seen = -1;

  /** @param node an id on the canvas that is open */
  find(node: string, kind: StripKind): Strip | undefined {
    const layer = this.#layerOf(node);
    return layer === null ? undefined : this.#strips.get(keyOf(layer, kind));
  }

  /** Which layer's strips stand on each node of the open canvas. */
  showLayers(layerOf: (node: string) => string | null): void {
    this.#layerOf = layerOf;
  }

  get isEmpty(): boolean {
    return this.#strips.size === 0;
  }

  setTheme(theme: Theme): void {
    this.#palette = stripPalette(theme);
    for (const strip of this.#strips.values()) this.#paint(strip, 0);
  }

  /** Takes over what is new in a run; starts anew for another run, or for one that was reset. Tells whether anything changed. */
  follow(run: RunView | null): boolean {
    const isSame = run?.id === this.#run?.id && run?.generation === this.#run?.generation;
    if (!isSame || (run?.log && this.#strips.size === 0)) this.#begin(run);
    const history = run?.log?.history;
    if (!history || history.length === 0) return !isSame;
    if (history.lastStep <= this.#seen) return !isSame;
    let position = this.#seen < 0 ? 0 : history.positionOf(this.#seen);
    if (history.stepAt(position) <= this.#seen) position++;
    const dirty = new Map<Strip, number>();
    for (; position < history.length; position++) this.#add(history.captureAt(position), dirty);
    // Once a frame, however many captures came: handing pixels over is what takes time.
    for (const [strip, from] of dirty) this.#paint(strip, from);
    return true;
  }

  #begin(run: RunView | null): void {
    this.#run = run && { id: run.id, generation: run.generation };
    this.#segments = run?.facts?.segments ?? [];
    this.#seen = -1;
    this.#strips = new Map();
    this.#segments.forEach(({ node, name, what }, segment) => {
      if (what !== 'activation' && what !== 'gradient') return;
      const key = keyOf(node, what);
      if (this.#strips.has(key)) return; // a node's first output stands for it
      const place = this.#strips.size;
      const x = (place % PER_ROW) * width;
      const y = Math.floor(place / PER_ROW) * height;
      this.#strips.set(key, { node, name, kind: what, segment, columns: new StripColumns(), x, y });
    });
    this.atlas.width = PER_ROW * width;
    this.atlas.height = Math.max(1, Math.ceil(this.#strips.size / PER_ROW)) * height;
    for (const strip of this.#strips.values()) this.#paint(strip, 0);
  }

  /** Counts a capture, and notes the first column of each strip that is to be painted again. */
  #add(capture: ProbeCapture, dirty: Map<Strip, number>): void {
    this.#seen = capture.step;
    for (const strip of this.#strips.values()) {
      const { rows, dirtyFrom } = strip.columns.next(capture.step);
      addToRows(rows, capture, strip.segment);
      dirty.set(strip, Math.max(0, Math.min(dirty.get(strip) ?? dirtyFrom, dirtyFrom)));
    }
  }

  #paint({ columns, x, y }: Strip, from: number): void {
    const until = from === 0 ? COLUMNS : columns.length; // after joining, the right half is empty again
    paintColumns(this.#image.data, columns, this.#palette, { from, until });
    this.#context?.putImageData(this.#image, x, y, from, 0, until - from, height);
  }
}

function keyOf(node: string, kind: StripKind): string {
  return `${kind} ${node}`;
}
