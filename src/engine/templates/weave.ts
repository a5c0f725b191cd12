/**
 * Weaves a template's graph: boxes and wires by code that reads like the net, named by kind and number, and laid out so that
 * no box covers another: what depends on a box stands to its right, side by side where branches part.
 */
import { invariant } from '../errors.ts';
import { layerOf } from '../layers/index.ts';
import { blockKind } from '../model/blocks.ts';
import { libraryBlocks } from '../model/library/index.ts';
import type { BlockDefinition, BlockInstance, DocNode, DocNote, DocWire, Json } from '../model/schema.ts';

/** One layer of a chain: its kind, and its parameters where they differ from the defaults. */
export type ChainLayer = readonly [kind: string, params?: Readonly<Record<string, Json>>];

interface Box {
  readonly kind: string;
  readonly params: Readonly<Record<string, Json>>;
  readonly block?: BlockInstance;
  /** What arrives, in the order of the wires. */
  readonly arriving: readonly { readonly from: Out; readonly port: string }[];
}

/** An output port of a box. */
export interface Out {
  readonly box: Box;
  readonly port: string;
}

/** A note on the canvas: under the net, from left to right. */
export type WovenNote = string;

/** A box is about 200 × 150 on the canvas; the strides leave room for wires between boxes. */
const strideX = 304;
const strideY = 216;
/** Longer nets go on in the next row, from the left like text: a box takes from its left and gives to its right. */
const shortestRow = 4;
const noteSize = { width: 280, height: 132, gap: 24 } as const;

export class Weave {
  readonly #boxes: Box[] = [];

  /** Adds a box; what arrives is one output, or several at a port that takes many. Gives its first output port. */
  box(
    kind: string,
    params: Readonly<Record<string, Json>>,
    arriving: Readonly<Record<string, Out | readonly Out[]>>,
  ): Out {
    const wires = Object.entries(arriving).flatMap(([port, from]) =>
      ('box' in from ? [from] : from).map((out) => ({ from: out, port })),
    );
    const box = { kind, params, arriving: wires };
    this.#boxes.push(box);
    return { box, port: layerOf(kind)?.outputs[0]?.name ?? 'y' };
  }

  /** A block of the library, from its port `x` to its port `y`; `repeat` times one after another where that is given. */
  block(of: string, params: Readonly<Record<string, Json>>, x: Out, repeat?: BlockInstance['repeat']): Out {
    const block = { of, shared: false, ...(repeat !== undefined && { repeat }) };
    const box = { kind: blockKind, params, block, arriving: [{ from: x, port: 'x' }] };
    this.#boxes.push(box);
    return { box, port: 'y' };
  }

  /** One layer after another, each at the first port of the next. */
  chain(from: Out, ...layers: readonly ChainLayer[]): Out {
    return layers.reduce<Out>((out, [kind, params = {}]) => {
      const port = layerOf(kind)?.inputs[0]?.name;
      invariant(port, `a layer of a chain, ${kind}, takes something in`);
      return this.box(kind, params, { [port]: out });
    }, from);
  }

  /** The boxes by name, the wires, and where all of it stands. */
  finish(notes: readonly WovenNote[]): {
    readonly nodes: Record<string, DocNode>;
    readonly wires: Record<string, DocWire>;
    readonly notes: Record<string, DocNote>;
    readonly blocks: Record<string, BlockDefinition>;
  } {
    const names = namesOf(this.#boxes);
    const nameOf = (box: Box): string => names.get(box) ?? '';
    const { places, bottom } = layOut(this.#boxes);
    const wires = this.#boxes.flatMap((box) =>
      box.arriving.map(
        ({ from, port }): DocWire => ({ from: [nameOf(from.box), from.port], to: [nameOf(box), port] }),
      ),
    );
    return {
      nodes: Object.fromEntries(
        this.#boxes.map((box) => [
          nameOf(box),
          {
            kind: box.kind,
            name: nameOf(box),
            params: { ...box.params },
            position: places.get(box) ?? [0, 0],
            ...(box.block && { block: box.block }),
          },
        ]),
      ),
      wires: Object.fromEntries(wires.map((wire, i) => [`w${i + 1}`, wire])),
      blocks: Object.fromEntries(
        libraryBlocks
          .filter(({ id }) => this.#boxes.some(({ block }) => block?.of === id))
          .map(({ id, definition }) => [id, definition]),
      ),
      notes: Object.fromEntries(
        notes.map((text, i) => [
          `note_${i + 1}`,
          {
            text,
            position: [i * (noteSize.width + noteSize.gap), bottom],
            size: [noteSize.width, noteSize.height],
          },
        ]),
      ),
    };
  }
}

/** `sigmoid_1`, `sigmoid_2`, …; a kind, or a block, that occurs once has no number. */
function namesOf(boxes: readonly Box[]): Map<Box, string> {
  const kinds = Map.groupBy(boxes, (box) => box.block?.of ?? box.kind);
  return new Map(
    [...kinds].flatMap(([kind, same]) =>
      same.map((box, i): [Box, string] => [box, same.length > 1 ? `${kind}_${i + 1}` : kind]),
    ),
  );
}

/**
 * Columns by the longest way from the data, lanes by the first wire where its lane is free; then rows of columns, about as many
 * boxes down as across, so that a window shows all of it as large as it can.
 */
function layOut(boxes: readonly Box[]): { places: Map<Box, [number, number]>; bottom: number } {
  const columns = new Map<Box, number>();
  const lanes = new Map<Box, number>();
  const taken = new Set<string>();
  for (const box of boxes) {
    const column = Math.max(-1, ...box.arriving.map(({ from }) => columns.get(from.box) ?? 0)) + 1;
    const main = box.arriving[0]?.from.box;
    let lane = main ? (lanes.get(main) ?? 0) : 0;
    // A box that joins branches comes back to the topmost of them.
    if (box.arriving.length > 1) lane = Math.min(...box.arriving.map(({ from }) => lanes.get(from.box) ?? 0));
    while (taken.has(`${column},${lane}`)) lane++;
    taken.add(`${column},${lane}`);
    columns.set(box, column);
    lanes.set(box, lane);
  }
  const count = Math.max(...columns.values()) + 1;
  const perRow = Math.max(shortestRow, Math.ceil(Math.sqrt(count * (Math.max(...lanes.values()) + 1))));
  const heights = new Array<number>(Math.ceil(count / perRow)).fill(1);
  for (const [box, column] of columns) {
    const row = Math.floor(column / perRow);
    heights[row] = Math.max(heights[row] ?? 1, (lanes.get(box) ?? 0) + 1);
  }
  const above = heights.map((_, row) => heights.slice(0, row).reduce((sum, h) => sum + h, 0));
  const places = new Map(
    [...columns].map(([box, column]): [Box, [number, number]] => {
      const row = Math.floor(column / perRow);
      const y = (above[row] ?? 0) + (lanes.get(box) ?? 0);
      return [box, [(column % perRow) * strideX, y * strideY]];
    }),
  );
  return { places, bottom: heights.reduce((sum, h) => sum + h, 0) * strideY };
}
