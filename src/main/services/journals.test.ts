import { spawnSync } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createJournals } from './journals.ts';
import { temporaryFolder, testClient } from './testing.ts';

const unsaved = { id: 'new-1', path: null, name: 'Untitled', base: null, text: 'never saved' };

async function setUp() {
  const dataFolder = await temporaryFolder();
  const alive = new Set<string>();
  const journals = createJournals({ dataFolder, isClientAlive: (id) => alive.has(id) });
  return { dataFolder, journals, alive, one: testClient('one'), two: testClient('two') };
}

test('a document that was never saved is kept in the app’s folder', async () => {
  const { dataFolder, journals, one } = await setUp();
  expect(await journals.write(unsaved, one)).toMatchObject({ beside: false });
  expect(await readdir(join(dataFolder, 'journals'))).toEqual(['new-1.json']);
  expect(await journals.list()).toMatchObject([{ id: 'new-1', name: 'Untitled', path: null }]);
});

test('a journal follows its document to the place where it is saved', async () => {
  const { dataFolder, journals, one } = await setUp();
  await mkdir(join(dataFolder, 'a'));
  await mkdir(join(dataFolder, 'b'));
  await journals.write(unsaved, one);
  await journals.write({ ...unsaved, path: join(dataFolder, 'a/net.gradloom') }, one);
  await journals.write({ ...unsaved, path: join(dataFolder, 'b/net.gradloom') }, one);
  expect(await readdir(join(dataFolder, 'a'))).toEqual([]);
  expect(await readdir(join(dataFolder, 'b'))).toEqual(['.net.gradloom.new-1.autosave']);
  expect(await journals.list()).toHaveLength(1);
});

test('where the document’s folder cannot be written, the app’s folder takes the journal', async () => {
  const { dataFolder, journals, one } = await setUp();
  const path = join(dataFolder, 'gone/net.gradloom');
  expect(await journals.write({ ...unsaved, path }, one)).toMatchObject({ beside: false });
  expect(await journals.list()).toMatchObject([{ path }]);
});

test('a journal of a living window or process cannot be taken; of a dead process it can', async () => {
  const { dataFolder, journals, alive, one, two } = await setUp();
  alive.add('one');
  await journals.write(unsaved, one);
  await expect(journals.take('new-1', two)).rejects.toMatchObject({ code: 'recovery/missing' });

  const at = join(dataFolder, 'journals/new-1.json');
  const journal = JSON.parse(await readFile(at, 'utf8'));
  const ownedBy = (pid: number) =>
    writeFile(at, JSON.stringify({ ...journal, owner: { ...journal.owner, pid } }));
  await ownedBy(process.ppid); // alive, and not us
  expect(await journals.list()).toEqual([]);
  await ownedBy(spawnSync(process.execPath, ['--version']).pid); // has ended
  expect(await journals.take('new-1', two)).toMatchObject({ text: 'never saved' });
});

test('a process number used again after a restart of the machine owns nothing', async () => {
  const { dataFolder, journals, one } = await setUp();
  await journals.write(unsaved, one);
  const at = join(dataFolder, 'journals/new-1.json');
  const journal = JSON.parse(await readFile(at, 'utf8'));
  const owner = { ...journal.owner, pid: process.ppid, bootedAt: journal.owner.bootedAt - 86_400 };
  await writeFile(at, JSON.stringify({ ...journal, owner }));
  expect(await journals.list()).toHaveLength(1);
});

test('what cannot be understood is not offered, and hides nothing else', async () => {
  const { dataFolder, journals, one } = await setUp();
  await journals.write(unsaved, one);
  await writeFile(join(dataFolder, 'journals/broken.json'), '{"format":1,');
  await writeFile(join(dataFolder, 'journals/dangling.json'), '{"format":1,"at":"/nowhere/x.autosave"}');
  expect(await journals.list()).toMatchObject([{ id: 'new-1' }]);
});
