// House rules that no compiler or linter knows, each with the places where it holds and an example that it must find.
// Which file may import which is dependency-cruiser's; this file is about what stands in them.
import { globSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { describe, expect, test } from 'vitest';
import { root } from './command.ts';

interface Rule {
  readonly rule: string;
  /** Which files it is about. */
  readonly holdsIn: (path: string) => boolean;
  readonly forbids: RegExp;
  /** Comments count too, for rules about comments. */
  readonly inComments?: true;
  readonly example: string;
}

const isTest = (path: string): boolean => /\.(test|spec)\.tsx?$|\/testing\.ts$/.test(path);
const inEngine = (path: string): boolean => path.startsWith('src/engine/') && !isTest(path);
const everywhere = (): boolean => true;
/** Where a library's type cannot say what is true, and a comment says why. */
const seams = ['src/engine/ops/define.ts'];
// This file says all the forbidden words.
const elsewhere = (path: string): boolean => path !== 'scripts/checks/conventions.test.ts';

const rules: readonly Rule[] = [
  {
    rule: 'WGSL is written in engine/wgsl alone',
    holdsIn: (path) => inEngine(path) && !path.startsWith('src/engine/wgsl/'),
    forbids: /@compute\b|@workgroup_size|\bvar<(storage|workgroup|uniform|private)/,
    example: 'const text = `@compute @workgroup_size(64)`;',
  },
  {
    rule: 'WebGPU is spoken in engine/runtime alone, and comes in through the worker',
    holdsIn: (path) =>
      inEngine(path) && !path.startsWith('src/engine/runtime/') && path !== 'src/engine/train/worker.ts',
    forbids: /\bGPU[A-Z]\w+|\bnavigator\.gpu\b/,
    example: 'function run(device: GPUDevice) {}',
  },
  {
    rule: 'chance and clocks enter the engine through its worker alone',
    holdsIn: (path) => inEngine(path) && path !== 'src/engine/train/worker.ts',
    forbids: /\bMath\.random\b|\bDate\.now\b|\bnew Date\(\)/,
    example: 'const seed = Math.random();',
  },
  {
    rule: 'types are given up at named seams alone',
    holdsIn: (path) => !seams.includes(path),
    forbids: /\bas unknown as\b|@ts-(ignore|expect-error|nocheck)\b|\bas any\b/,
    inComments: true,
    example: 'const x = y as unknown as string;',
  },
  {
    rule: 'no error is swallowed',
    holdsIn: everywhere,
    forbids: /catch\s*(\(\w*\)\s*)?\{\s*\}/,
    example: 'try { a(); } catch {}',
  },
  {
    rule: 'exports are named',
    holdsIn: (path) => path.startsWith('src/'),
    forbids: /^\s*export (default\b|\*)/m,
    example: 'export * from "./a.ts";',
  },
  {
    rule: 'what is not done is an issue, not a comment',
    holdsIn: everywhere,
    forbids: /\b(TODO|FIXME|XXX|HACK)\b/,
    inComments: true,
    example: '// TODO: later',
  },
  {
    rule: 'no test is left out, or runs alone, in silence',
    holdsIn: isTest,
    forbids: /\b(describe|test|it)\.(only|todo|skip)\(\s*['"`]/,
    example: "test.skip('later', () => {});",
  },
];

const files = globSync('{src,scripts,e2e,bench}/**/*.{ts,tsx,mjs}', { cwd: root })
  .map((path) => path.replaceAll('\\', '/'))
  .filter((path) => !path.endsWith('.d.ts') && !path.includes('node_modules/'))
  .sort();
const texts = new Map(files.map((path) => [path, readFileSync(`${root}/${path}`, 'utf8')]));

/** The text with its comments blanked out; a `//` that follows a colon is part of an address. */
function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\/|(?<![:'"`])\/\/.*/g, (comment) => comment.replace(/[^\n]/g, ' '));
}

function breaks({ forbids, inComments }: Rule, text: string): number | null {
  const at = (inComments ? text : withoutComments(text)).search(forbids);
  return at < 0 ? null : text.slice(0, at).split('\n').length;
}

describe('house rules', () => {
  test.each(rules)('$rule', (rule) => {
    expect(breaks(rule, rule.example), 'the example must be found').not.toBeNull();
    const broken = files.filter(elsewhere).flatMap((path) => {
      const line = rule.holdsIn(path) ? breaks(rule, texts.get(path) ?? '') : null;
      return line === null ? [] : [`${path}:${line}`];
    });
    expect(broken).toEqual([]);
  });

  test('a file opens with its idea', () => {
    const silent = files.filter((path) => !isTest(path) && !/^(\/\/|\/\*|#!)/.test(texts.get(path) ?? ''));
    expect(silent).toEqual([]);
  });

  test('a file is named for its subject: kebab-case.ts, useThing.ts, PascalCase.tsx', () => {
    const odd = files.filter((path) => {
      const name = basename(path).replace(/(\.[a-z]+)*\.(ts|tsx|mjs)$/, '');
      if (/^(utils?|helpers?|misc|common|manager)$/.test(name)) return true;
      if (path.endsWith('.tsx') && !isTest(path)) return !/^([A-Z][A-Za-z0-9]*|main)$/.test(name);
      return !/^([a-z0-9]+(-[a-z0-9]+)*|use[A-Z][A-Za-z0-9]*|[A-Z][A-Za-z0-9]*)$/.test(name);
    });
    expect(odd).toEqual([]);
  });
});
