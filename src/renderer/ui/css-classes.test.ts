// A class that is only asked for, or only declared, is a picture that nobody sees as it was meant: no type knows of it.
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';

const renderer = join(import.meta.dirname, '..');
const read = (path: string): string => readFileSync(path, 'utf8');

/** The classes that components ask of each sheet. */
function askedClasses(): Map<string, Set<string>> {
  const asked = new Map<string, Set<string>>();
  for (const path of globSync('**/*.tsx', { cwd: renderer }).map((p) => join(renderer, p))) {
    // Modules are named like the sheets that stand beside them.
    const text = read(path).replaceAll(/\bfrom '[^']+\.tsx?'/g, '');
    for (const [, name = '', from = ''] of text.matchAll(/import (\w+) from '(\.[^']+\.module\.css)'/g)) {
      const sheet = join(dirname(path), from);
      const classes = asked.get(sheet) ?? new Set();
      for (const [, found = ''] of text.matchAll(new RegExp(`(?<![/\\w.])${name}\\.(\\w+)`, 'g')))
        classes.add(found);
      asked.set(sheet, classes);
    }
  }
  return asked;
}

function declaredClasses(sheet: string): Set<string> {
  const selectors = read(sheet)
    .replaceAll(/\/\*[\s\S]*?\*\//g, '')
    .replaceAll(/:global\([^)]*\)/g, '')
    .replaceAll(/\{[^{}]*\}/g, '{}');
  return new Set([...selectors.matchAll(/\.([a-zA-Z]\w*)/g)].map(([, name = '']) => name));
}

describe('each sheet declares the classes that are asked of it, and no others', () => {
  test.each([...askedClasses()].map(([sheet, asked]) => ({ sheet: relative(renderer, sheet), asked })))(
    '$sheet',
    ({ sheet, asked }) => {
      expect([...declaredClasses(join(renderer, sheet))].sort()).toEqual([...asked].sort());
    },
  );
});
