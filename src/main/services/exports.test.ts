import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { contract } from '../ipc/contract.ts';
import { writeExport } from './exports.ts';
import { temporaryFolder } from './testing.ts';

const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const files = [
  { path: 'model.ts', bytes: text('export {}') },
  { path: 'engine/index.js', bytes: text('1') },
];

test('an export is a whole new folder, with nothing beside it', async () => {
  const folder = await temporaryFolder();
  const path = join(folder, 'projects/net');
  expect(await writeExport({ path, files, onConflict: 'refuse' })).toEqual({
    path,
    files: 2,
    keptAside: null,
  });
  expect(await readFile(join(path, 'engine/index.js'), 'utf8')).toBe('1');
  expect(await readdir(dirname(path))).toEqual(['net']);
});

test('an empty folder is used; an untouched earlier export is replaced, with files that are no longer made', async () => {
  const path = join(await temporaryFolder(), 'net');
  await mkdir(path);
  await writeExport({ path, files, onConflict: 'refuse' });
  const next = [{ path: 'other.ts', bytes: text('2') }];
  expect(await writeExport({ path, files: next, onConflict: 'refuse' })).toMatchObject({ keptAside: null });
  expect((await readdir(path)).sort()).toEqual(['.gradloom-export.json', 'other.ts']);
  expect(await readdir(dirname(path))).toEqual(['net']);
});

test.each([
  ['a foreign folder', async (path: string) => writeFile(join(path, 'thesis.tex'), 'years of work')],
  [
    'an earlier export that was edited',
    async (path: string) => {
      await writeExport({ path, files, onConflict: 'refuse' });
      await writeFile(join(path, 'model.ts'), 'years of work');
    },
  ],
  [
    'an earlier export with a file added',
    async (path: string) => {
      await writeExport({ path, files, onConflict: 'refuse' });
      await writeFile(join(path, 'notes.md'), 'years of work');
    },
  ],
  ['a folder of empty folders', async (path: string) => void (await mkdir(join(path, 'src')))],
])('%s is refused, and on the user’s word kept aside whole', async (_, fill) => {
  const path = join(await temporaryFolder(), 'net');
  await mkdir(path);
  await fill(path);
  const before = await readdir(path);
  await expect(writeExport({ path, files, onConflict: 'refuse' })).rejects.toMatchObject({
    code: 'export/folder-in-use',
  });
  expect(await readdir(path)).toEqual(before);

  const { keptAside } = await writeExport({ path, files, onConflict: 'keep-aside' });
  expect(await readdir(keptAside!)).toEqual(before);
  expect((await readdir(path)).sort()).toEqual(['.gradloom-export.json', 'engine', 'model.ts']);
});

test('home folders, what contains them, and files are never replaced', async () => {
  for (const path of [homedir(), dirname(homedir()), '/']) {
    await expect(writeExport({ path, files, onConflict: 'keep-aside' })).rejects.toMatchObject({
      code: 'export/unsafe-folder',
    });
  }
  const file = join(await temporaryFolder(), 'a.txt');
  await writeFile(file, 'x');
  await expect(writeExport({ path: file, files, onConflict: 'keep-aside' })).rejects.toMatchObject({
    code: 'file/not-folder',
  });
});

test('names that some system cannot have are refused before anything is written', async () => {
  const folder = await temporaryFolder();
  for (const names of [['con.ts'], ['a/NUL'], ['a.'], ['A.ts', 'a.ts'], ['.gradloom-export.json']]) {
    const bad = names.map((path) => ({ path, bytes: text('') }));
    await expect(
      writeExport({ path: join(folder, 'net'), files: bad, onConflict: 'refuse' }),
    ).rejects.toMatchObject({ code: 'export/bad-name' });
  }
  expect(await readdir(folder)).toEqual([]);
});

test('a name that leaves the folder does not pass the contract', () => {
  const accepts = (path: string): boolean =>
    contract['export:folder'].input.safeParse({
      path: '/x',
      files: [{ path, bytes: text('') }],
      onConflict: 'refuse',
    }).success;
  for (const path of ['../a', 'a/../../b', '/etc/passwd', 'a//b', '.', 'a/.', 'C:/x', 'a\\b', '', 'a/']) {
    expect([path, accepts(path)]).toEqual([path, false]);
  }
  for (const path of ['a', 'a/b.ts', '.gitignore', 'src/..a/b'])
    expect([path, accepts(path)]).toEqual([path, true]);
});
