import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readBuiltinData, readDataFile } from './data-files.ts';
import { createGrants } from './grants.ts';
import { createRecent } from './recent.ts';
import { createSettings } from './settings.ts';
import { temporaryFolder } from './testing.ts';

test('settings are kept key by key, and two windows’ changes add up', async () => {
  const dataFolder = await temporaryFolder();
  const one = createSettings({ dataFolder });
  const two = createSettings({ dataFolder });
  await Promise.all([one.set({ theme: 'dark' }), one.set({ layout: { palette: 240 } })]);
  await two.set({ layout: { code: [1, 2] } });
  expect(await createSettings({ dataFolder }).get()).toMatchObject({
    theme: 'dark',
    motion: 'system',
    layout: { palette: 240, code: [1, 2] },
  });
});

test('settings that cannot be understood, or come from a newer Gradloom, are moved aside, not lost', async () => {
  const dataFolder = await temporaryFolder();
  for (const text of ['{ broken', '{"version":2,"theme":"octarine"}']) {
    await writeFile(join(dataFolder, 'settings.json'), text);
    expect(await createSettings({ dataFolder }).get()).toMatchObject({ version: 1, theme: 'system' });
    const [aside] = (await readdir(dataFolder))
      .filter((name) => name.includes('not-understood'))
      .sort()
      .slice(-1);
    expect(await readFile(join(dataFolder, aside!), 'utf8')).toBe(text);
  }
});

test('recent documents: newest first, each once, thirty at most, missing ones marked', async () => {
  const dataFolder = await temporaryFolder();
  const recent = createRecent({ dataFolder });
  await writeFile(join(dataFolder, 'here.gradloom'), '');
  for (let n = 0; n < 35; n++) await recent.add(join(dataFolder, `${n}.gradloom`));
  await recent.add(join(dataFolder, 'here.gradloom'));
  await recent.add(join(dataFolder, '34.gradloom'));
  const listed = await recent.list();
  expect(listed).toHaveLength(30);
  expect(listed.slice(0, 3)).toMatchObject([
    { name: '34.gradloom', exists: false },
    { name: 'here.gradloom', exists: true },
    { name: '33.gradloom', exists: false },
  ]);
});

test('only what was granted may be named; data files stay granted after a restart, documents do not', async () => {
  const dataFolder = await temporaryFolder();
  const grants = await createGrants({ dataFolder });
  await grants.grant('/home/a/data.csv', 'data');
  await grants.grant('/home/a/net.gradloom', 'document');
  expect(grants.require('/home/a/../a/net.gradloom')).toBe('/home/a/net.gradloom');
  expect(() => grants.require('/home/a')).toThrow('file/not-granted');
  expect(() => grants.require('/home/a/net.gradloom/../other')).toThrow('file/not-granted');

  const later = await createGrants({ dataFolder });
  expect(later.require('/home/a/data.csv')).toBe('/home/a/data.csv');
  expect(() => later.require('/home/a/net.gradloom')).toThrow('file/not-granted');
});

test('a data file is read as its bytes; a folder and a missing file are refused in words', async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'a.csv'), 'x,y\n1,2\n');
  const { name, bytes } = await readDataFile(join(folder, 'a.csv'));
  expect([name, new TextDecoder().decode(bytes)]).toEqual(['a.csv', 'x,y\n1,2\n']);
  await expect(readDataFile(folder)).rejects.toMatchObject({ code: 'file/is-folder' });
  await expect(readDataFile(join(folder, 'b.csv'))).rejects.toMatchObject({ code: 'file/missing' });
});

test('a set that ships comes with all its files, and says when it is not packed', async () => {
  const assetsFolder = await temporaryFolder();
  await expect(readBuiltinData({ assetsFolder, name: 'mnist' })).rejects.toMatchObject({
    code: 'data/not-built',
  });
  await mkdir(join(assetsFolder, 'data'));
  await writeFile(join(assetsFolder, 'data/mnist.json'), '{}');
  await writeFile(join(assetsFolder, 'data/mnist.bin'), new Uint8Array([1, 2]));
  await writeFile(join(assetsFolder, 'data/cars.bin'), '');
  const { files } = await readBuiltinData({ assetsFolder, name: 'mnist' });
  expect(files).toEqual([
    { name: 'mnist.bin', bytes: new Uint8Array([1, 2]) },
    { name: 'mnist.json', bytes: new TextEncoder().encode('{}') },
  ]);
});
