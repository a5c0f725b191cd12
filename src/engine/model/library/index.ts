/** The block library: composites that people drop on the canvas, and open to see the boxes inside. */
import { convolutionalBlocks } from './convolutional.ts';
import type { LibraryBlock } from './define.ts';
import { denseBlocks } from './dense.ts';

/** In the order of the palette. */
export const libraryBlocks: readonly LibraryBlock[] = [...convolutionalBlocks, ...denseBlocks];

export function libraryBlockOf(id: string): LibraryBlock | undefined {
  return libraryBlocks.find((block) => block.id === id);
}
