import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, lstat, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { writeAtomically } from './atomic-write.ts';
import { temporaryFolder } from './testing.ts';

describe('writeAtomically', () => {
  test('what was written last is there, and nothing else is', async () => {
    const folder = await temporaryFolder();
    const path = join(folder, 'a.gradloom');
    const contents = fc.oneof(fc.string({ unit: 'grapheme' }), fc.uint8Array({ maxLength: 5000 }));
    await fc.assert(
      fc.asyncProperty(contents, async (content) => {
        await writeAtomically(path, content);
        expect(new Uint8Array(await readFile(path))).toEqual(new Uint8Array(Buffer.from(content)));
        expect(await readdir(folder)).toEqual(['a.gradloom']);
      }),
      { numRuns: 30 },
    );
  });

  test('a writer killed at any moment leaves the old or the new version, whole, and no litter after the next write', async () => {
    const folder = await temporaryFolder();
    const path = join(folder, 'a.gradloom');
    const versionOf = (n: number): string => `${n} `.repeat(200_000);
    await writeAtomically(path, versionOf(0));
    for (let round = 0; round < 12; round++) {
      const child = spawn(process.execPath, [join(import.meta.dirname, 'atomic-write.crasher.ts'), path], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      await once(child.stdout, 'data'); // it has begun
      await new Promise((resolve) => setTimeout(resolve, round * 3)); // a different moment each time
      child.kill('SIGKILL');
      await once(child, 'exit');
      const text = await readFile(path, 'utf8');
      expect(text === versionOf(Number.parseInt(text, 10))).toBe(true);
    }
    await writeAtomically(path, 'after');
    expect(await readdir(folder)).toEqual(['a.gradloom']);
  });

  test('a link stays a link, and the mode of the file stays', async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, 'real'));
    await writeFile(join(folder, 'real/a'), 'old');
    await chmod(join(folder, 'real/a'), 0o640);
    await symlink(join(folder, 'real/a'), join(folder, 'link'));
    await writeAtomically(join(folder, 'link'), 'new');
    expect(await readFile(join(folder, 'real/a'), 'utf8')).toBe('new');
    expect((await lstat(join(folder, 'link'))).isSymbolicLink()).toBe(true);
    expect((await stat(join(folder, 'real/a'))).mode & 0o777).toBe(0o640);
  });

  test('a name as long as the system allows can be written', async () => {
    const path = join(await temporaryFolder(), `${'ü'.repeat(123)}.gradloom`);
    await writeAtomically(path, 'x');
    expect(await readFile(path, 'utf8')).toBe('x');
  });

  test('a folder that is not there is said in words that name the path', async () => {
    const path = join(await temporaryFolder(), 'none/a');
    await expect(writeAtomically(path, 'x')).rejects.toMatchObject({
      code: 'file/missing',
      user: { title: `There is no file at ${path}.` },
    });
  });

  test('a target that cannot be replaced leaves no temporary file', async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, 'a/inside'), { recursive: true });
    await expect(writeAtomically(join(folder, 'a'), 'x')).rejects.toMatchObject({ code: 'file/is-folder' });
    expect(await readdir(folder)).toEqual(['a']);
  });
});
