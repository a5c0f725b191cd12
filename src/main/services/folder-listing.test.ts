import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { createFolderListing } from './folder-listing.ts';
import { temporaryFolder } from './testing.ts';

async function setUp() {
  const folder = await temporaryFolder();
  const root = join(folder, 'home');
  await mkdir(join(root, 'nets'), { recursive: true });
  await mkdir(join(folder, 'secret'));
  for (const name of ['net10.gradloom', 'net9.gradloom', 'table.csv', '.hidden.gradloom']) {
    await writeFile(join(root, name), 'x');
  }
  await writeFile(join(folder, 'secret/key.gradloom'), 'x');
  await symlink(join(folder, 'secret'), join(root, 'shortcut'));
  await symlink(join(folder, 'secret/key.gradloom'), join(root, 'key.gradloom'));
  return { folder, root, listing: createFolderListing({ root }) };
}

test('folders come first, then the files that fit, in the order that people count; nothing hidden', async () => {
  const { root, listing } = await setUp();
  const { path, parent, entries } = await listing.list({ path: null, purpose: 'document' });
  expect({ path, parent, names: entries.map(({ name }) => name) }).toEqual({
    path: root,
    parent: null,
    names: ['nets', 'shortcut', 'key.gradloom', 'net9.gradloom', 'net10.gradloom'],
  });
});

test('the next dialog opens where the last one was', async () => {
  const { root, listing } = await setUp();
  await listing.list({ path: join(root, 'nets'), purpose: 'document' });
  expect(await listing.list({ path: null, purpose: 'data' })).toMatchObject({
    path: join(root, 'nets'),
    parent: root,
  });
});

test('nothing outside the root is shown or chosen: not by its path, not by dots, not by a link', async () => {
  const { folder, root, listing } = await setUp();
  for (const path of [folder, '/', '/etc', join(root, '..'), join(root, 'shortcut'), `${root}-other`]) {
    const asked = listing.list({ path, purpose: 'document' });
    await expect(asked).rejects.toMatchObject({ code: expect.stringMatching(/outside-root|missing/) });
  }
  for (const path of [
    join(folder, 'secret/key.gradloom'),
    join(root, 'shortcut/key.gradloom'),
    join(root, 'key.gradloom'),
  ]) {
    await expect(listing.choose({ path, purpose: 'document', to: 'open' })).rejects.toMatchObject({
      code: 'file/outside-root',
    });
  }
  const above = { path: join(dirname(folder), 'x.gradloom'), purpose: 'document', to: 'save' } as const;
  await expect(listing.choose(above)).rejects.toMatchObject({ code: 'file/outside-root' });
});

test('a new name gets its ending, an existing one is said to exist, a missing one cannot be opened', async () => {
  const { root, listing } = await setUp();
  const save = (name: string) => listing.choose({ path: join(root, name), purpose: 'document', to: 'save' });
  expect(await save('new net')).toEqual({ path: join(root, 'new net.gradloom'), exists: false });
  expect(await save('net9')).toEqual({ path: join(root, 'net9.gradloom'), exists: true });
  const open = listing.choose({ path: join(root, 'none.gradloom'), purpose: 'document', to: 'open' });
  await expect(open).rejects.toMatchObject({ code: 'file/missing' });
  const folder = listing.choose({ path: join(root, 'nets'), purpose: 'data', to: 'open' });
  await expect(folder).rejects.toMatchObject({ code: 'file/is-folder' });
});

test('a folder is made by a plain name only', async () => {
  const { root, listing } = await setUp();
  expect(await listing.makeFolder({ parent: root, name: 'new' })).toBe(join(root, 'new'));
  await expect(listing.makeFolder({ parent: root, name: 'new' })).rejects.toMatchObject({
    code: 'file/exists',
  });
  for (const name of ['..', 'a/b', 'a\\b', '.']) {
    await expect(listing.makeFolder({ parent: root, name })).rejects.toMatchObject({ code: 'file/other' });
  }
});
