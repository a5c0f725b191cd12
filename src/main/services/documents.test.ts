import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createDocuments } from './documents.ts';
import { createJournals } from './journals.ts';
import { createRecent } from './recent.ts';
import { temporaryFolder, testClient } from './testing.ts';

async function setUp() {
  const folder = await temporaryFolder();
  const dataFolder = join(folder, 'data');
  const alive = new Set(['one', 'two']);
  const recent = createRecent({ dataFolder });
  const journals = createJournals({ dataFolder, isClientAlive: (id) => alive.has(id) });
  const documents = createDocuments({ recent, journals, watchIntervalMs: 20 });
  onTestFinished(() => documents.dispose());
  const path = join(folder, 'net.gradloom');
  await writeFile(path, 'original');
  return { folder, path, alive, recent, journals, documents, one: testClient('one'), two: testClient('two') };
}

test('a document comes back as it was saved, and is remembered', async () => {
  const { documents, path, recent, one } = await setUp();
  const { fingerprint } = await documents.open(path, one);
  await documents.save({ path, text: 'näw ✓', base: fingerprint, onConflict: 'refuse' }, one);
  expect((await documents.open(path, one)).text).toBe('näw ✓');
  expect(await recent.list()).toMatchObject([{ path, name: 'net.gradloom', exists: true }]);
});

test('two windows on one file: the second save is refused, the first one’s work stays', async () => {
  const { documents, path, one, two } = await setUp();
  const { fingerprint: base } = await documents.open(path, one);
  await documents.open(path, two);
  const told = two.next('document:changed');
  const saved = await documents.save({ path, text: 'by one', base, onConflict: 'refuse' }, one);
  expect(await told).toEqual({ path, fingerprint: saved.fingerprint });
  await expect(
    documents.save({ path, text: 'by two', base, onConflict: 'refuse' }, two),
  ).rejects.toMatchObject({ code: 'document/changed-on-disk' });
  expect(await readFile(path, 'utf8')).toBe('by one');
  await documents.save({ path, text: 'by two', base, onConflict: 'overwrite' }, two);
  expect(await readFile(path, 'utf8')).toBe('by two');
});

test('of saves at the same moment exactly one wins', async () => {
  const { documents, path, one, two } = await setUp();
  const { fingerprint: base } = await documents.open(path, one);
  await documents.open(path, two);
  const clients = [one, two, one, two];
  const results = await Promise.allSettled(
    clients.map((client, i) =>
      documents.save({ path, text: `version ${i}`, base, onConflict: 'refuse' }, client),
    ),
  );
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
});

test('a change by another program is told once, a deletion too, and the saver is not told of its own', async () => {
  const { documents, path, one } = await setUp();
  const { fingerprint: base } = await documents.open(path, one);
  await documents.save({ path, text: 'mine', base, onConflict: 'refuse' }, one);
  const changed = one.next('document:changed');
  await writeFile(path, 'edited elsewhere');
  await changed;
  const deleted = one.next('document:changed');
  await rm(path);
  expect(await deleted).toEqual({ path, fingerprint: null });
  expect(one.heard).toHaveLength(2);
});

test('saving brings a deleted file back without asking', async () => {
  const { documents, path, one } = await setUp();
  const { fingerprint: base } = await documents.open(path, one);
  await rm(path);
  await documents.save({ path, text: 'again', base, onConflict: 'refuse' }, one);
  expect(await readFile(path, 'utf8')).toBe('again');
});

test('a window that has never seen the file does not replace it unasked', async () => {
  const { documents, path, one } = await setUp();
  await expect(
    documents.save({ path, text: 'new', base: null, onConflict: 'refuse' }, one),
  ).rejects.toMatchObject({ code: 'document/changed-on-disk' });
});

test('what is not text is refused in words, and so is what is not there', async () => {
  const { documents, folder, one } = await setUp();
  await writeFile(join(folder, 'b.gradloom'), new Uint8Array([0xff, 0xfe, 0x00, 0xd8]));
  await expect(documents.open(join(folder, 'b.gradloom'), one)).rejects.toMatchObject({
    code: 'document/not-text',
  });
  await expect(documents.open(join(folder, 'c.gradloom'), one)).rejects.toMatchObject({
    code: 'file/missing',
  });
});

test('an autosave lies beside the document and is offered when its window is gone', async () => {
  const { documents, journals, folder, path, alive, one, two } = await setUp();
  const { fingerprint: base } = await documents.open(path, one);
  const autosave = { id: 'doc-1', path, name: 'net.gradloom', base, text: 'unsaved work' };
  expect(await journals.write(autosave, one)).toMatchObject({ beside: true });
  expect(await readdir(folder)).toContain('.net.gradloom.doc-1.autosave');
  expect((await documents.open(path, two)).recovery).toBeNull(); // its window lives

  alive.delete('one');
  expect((await documents.open(path, two)).recovery).toMatchObject({ id: 'doc-1', path });
  expect(await journals.take('doc-1', two)).toMatchObject({ text: 'unsaved work', base });
  expect(await journals.list()).toEqual([]); // it belongs to window two now
  await journals.discard('doc-1');
  expect(await readdir(folder)).toEqual(['data', 'net.gradloom']);
});
