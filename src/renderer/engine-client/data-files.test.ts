import { expect, test } from 'vitest';
import { documentSchema, documentVersion, type GraphDocument, type Json } from '../../engine/index.ts';
import type { Host } from '../host.ts';
import { readDataFiles } from './data-files.ts';

function documentWith(origin: Json): GraphDocument {
  const data = { kind: 'data', name: 'data', params: { origin }, position: [0, 0] };
  return documentSchema.parse({ format: 'gradloom', version: documentVersion, nodes: { data }, wires: {} });
}

/** Answers as the shell does; what it was asked is kept. */
function shell(answer: unknown) {
  const asked: unknown[] = [];
  const invoke = (async (channel: string, input: unknown) => {
    asked.push([channel, input]);
    return answer;
  }) as Host['invoke'];
  const readData = (async (path: string) => {
    asked.push(path);
    return answer;
  }) as Host['readData'];
  return { host: { invoke, readData }, asked };
}

test('generated data needs no file', async () => {
  const { host, asked } = shell(null);
  expect(
    await readDataFiles(documentWith({ source: 'generated', kind: 'spirals', params: {} }), host),
  ).toEqual({});
  expect(asked).toEqual([]);
});

test('a set that ships is asked for by name and handed over under the name that the loader uses', async () => {
  const files = [{ name: 'mnist.bin', bytes: Uint8Array.of(1, 2, 3) }];
  const { host, asked } = shell({ ok: true, value: { files } });
  const read = await readDataFiles(documentWith({ source: 'shipped', id: 'mnist' }), host);
  expect(asked).toEqual([['data:builtin', { name: 'mnist' }]]);
  expect(Object.keys(read)).toEqual(['mnist.bin']);
  expect(read['mnist.bin']?.byteLength).toBe(3);
});

test('a table of the user’s is read from where the document says, and handed over under that name', async () => {
  const { host, asked } = shell({ ok: true, value: { bytes: Uint8Array.of(7) } });
  const columns = [{ name: 'mass', type: 'number', role: 'feature' }];
  const origin = { source: 'csv', path: '/home/me/birds.csv', recipe: { columns } };
  const read = await readDataFiles(documentWith(origin), host);
  expect(asked).toEqual(['/home/me/birds.csv']);
  expect(read['/home/me/birds.csv']?.byteLength).toBe(1);
});

test('what the shell refuses is said in its words', async () => {
  const { host } = shell({ ok: false, code: 'x', title: 'The data is not built.', fix: 'Run npm start.' });
  const reading = readDataFiles(documentWith({ source: 'shipped', id: 'mnist' }), host);
  await expect(reading).rejects.toThrow('The data is not built. Run npm start.');
});
