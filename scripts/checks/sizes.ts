// How big the house is: the ten largest source files and the lines of each tree, so that growth is seen in every run.
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { root } from './command.ts';

const trees = ['src/engine', 'src/main', 'src/renderer', 'scripts', 'e2e', 'bench'];

interface SourceFile {
  readonly path: string;
  readonly lines: number;
  readonly isTest: boolean;
}

function sourceFiles(tree: string): SourceFile[] {
  let entries: string[];
  try {
    entries = readdirSync(join(root, tree), { recursive: true, encoding: 'utf8' });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
  return entries
    .filter((name) => /\.(ts|tsx|mjs|css|html)$/.test(name) && !name.includes('node_modules'))
    .map((name) => {
      const path = join(root, tree, name);
      const isTest = /\.(test|spec)\.tsx?$/.test(name) || name.endsWith('testing.ts') || tree === 'e2e';
      return { path: relative(root, path), lines: readFileSync(path, 'utf8').split('\n').length - 1, isTest };
    });
}

const linesOf = (files: readonly SourceFile[]): number =>
  files.reduce((total, { lines }) => total + lines, 0);

/** One line per tree, then the ten largest files. */
export function describeSizes(): string {
  const rows = trees.map((tree) => {
    const files = sourceFiles(tree);
    const tests = files.filter(({ isTest }) => isTest);
    const sources = files.filter(({ isTest }) => !isTest);
    return `${tree.padEnd(14)}${String(linesOf(sources)).padStart(7)} lines in ${sources.length} files, tests ${linesOf(tests)} in ${tests.length}`;
  });
  const largest = trees
    .flatMap(sourceFiles)
    .sort((a, b) => b.lines - a.lines)
    .slice(0, 10)
    .map(({ path, lines }) => `${String(lines).padStart(7)}  ${path}`);
  return [...rows, 'Ten largest files:', ...largest].join('\n');
}
