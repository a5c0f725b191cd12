import { describe, expect, test } from 'vitest';
import { buildModel } from '../build.ts';
import type { Json } from '../schema.ts';
import { documentOf } from '../testing.ts';
import { withLibraryBlock } from './define.ts';
import { libraryBlockOf, libraryBlocks } from './index.ts';

const images = { inputs: [{ name: 'x', dtype: 'f32', shape: [64, 8, 8] }] } as const;
const sequences = { inputs: [{ name: 'x', dtype: 'f32', shape: [6, 16] }] } as const;
const classes = { targets: [{ kind: 'class', names: ['a', 'b'] }] } as const;

describe('blocks of the library', () => {
  test.each(libraryBlocks)('$title has no problem as it comes', ({ id, definition }) => {
    const isSpatial = Object.values(definition.nodes).some(({ kind }) => kind === 'conv2d');
    const isDecoder = id.startsWith('decoder');
    // A block that adds what comes in to what it makes is set to what comes in.
    const params: Record<string, Json> = id === 'residual' ? { channels: 64 } : {};
    const document = documentOf(
      {
        data: 'data',
        block: ['block', params, { of: id }],
        flat: 'flatten',
        head: ['linear', { units: 2 }],
        loss: 'crossEntropy',
      },
      [
        'data -> block',
        ...(isDecoder ? ['data -> block.memory'] : []),
        'block -> flat',
        'flat -> head',
        'head -> loss.prediction',
        'data.y -> loss.target',
      ],
      { blocks: { [id]: definition } },
    );
    const data = { ...(isSpatial ? images : sequences), ...classes };
    expect(buildModel(document, data, { batch: 2, training: true }).problems).toEqual([]);
  });

  test('have ids and titles of their own', () => {
    for (const of of ['id', 'title'] as const)
      expect(new Set(libraryBlocks.map((b) => b[of])).size).toBe(libraryBlocks.length);
  });

  test('come into a document once, and leave what was changed there', () => {
    const residual = libraryBlockOf('residual');
    if (!residual) throw new Error('there is a residual block');
    const once = withLibraryBlock(documentOf({}, []), residual);
    expect(once.blocks.residual?.title).toBe('Residual block');
    expect(withLibraryBlock(once, residual)).toBe(once);
  });
});
