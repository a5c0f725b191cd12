// Plants a violation of every architecture rule, each in a file of its own, and expects each to be found there; and a
// tree that keeps the rules, type-only cycles and tests included, and expects silence.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { root, tool } from './command.ts';

type Tree = Readonly<Record<string, string>>;

const reportSchema = z.object({
  summary: z.object({
    violations: z.array(z.object({ from: z.string(), to: z.string(), rule: z.object({ name: z.string() }) })),
  }),
});

/** `rule: from → to` for everything that dependency-cruiser finds in the tree. */
function violationsIn(tree: Tree): string[] {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'gradloom-architecture-')));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [path, text] of Object.entries(tree)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  // Packages are resolved as in the project; its own manifest says which of them are shipped.
  symlinkSync(realpathSync(join(root, 'node_modules')), join(folder, 'node_modules'));
  for (const file of ['package.json', 'tsconfig.base.json', '.dependency-cruiser.mjs']) {
    symlinkSync(join(root, file), join(folder, file));
  }
  const args = ['--config', '.dependency-cruiser.mjs', '--output-type', 'json', 'src', 'e2e', 'scripts'];
  const output = execFileSync(tool('depcruise'), args, { cwd: folder, encoding: 'utf8', maxBuffer: 1 << 28 });
  const { violations } = reportSchema.parse(JSON.parse(output)).summary;
  return violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`).sort();
}

/** A clean tree with one file of each place; violations are laid over it. */
const clean: Tree = {
  'src/engine/errors.ts': 'export const code = 1;',
  'src/engine/ir/value.ts': "import type { Graph } from './graph.ts';\nexport interface Value { in: Graph }",
  'src/engine/ir/graph.ts': "import type { Value } from './value.ts';\nexport interface Graph { of: Value }",
  'src/engine/ops/add.ts':
    "import type { Value } from '../ir/value.ts';\nexport const add = (a: Value) => a;",
  'src/engine/ops/add.test.ts':
    "import { readFileSync } from 'node:fs';\nimport { test } from 'vitest';\nimport { add } from './add.ts';\ntest(String(add), () => readFileSync);",
  'src/engine/train/worker.ts': "import { add } from '../ops/add.ts';\nexport const loop = add;",
  'src/engine/index.ts': "export { add } from './ops/add.ts';",
  'src/main/ipc/contract.ts': "import { z } from 'zod';\nexport const contract = z.string();",
  'src/main/services/runs.ts': "import { join } from 'node:path';\nexport const runs = join;",
  'src/main/electron.ts':
    "import { app } from 'electron';\nimport { runs } from './services/runs.ts';\napp.on('quit', runs);",
  'src/main/cli.ts': "import { add } from '../engine/index.ts';\nexport const cli = add;",
  'src/renderer/document/store.ts': 'export const store = 1;',
  'src/renderer/ui/Button.tsx': "import { memo } from 'react';\nexport const Button = memo(() => null);",
  'src/renderer/features/canvas/Canvas.tsx':
    "import { Button } from '../../ui/Button.tsx';\nimport { store } from '../../document/store.ts';\nimport type { contract } from '../../../main/ipc/contract.ts';\nimport { add } from '../../../engine/index.ts';\nexport const Canvas = [Button, store, add]; export type C = typeof contract;",
  'src/renderer/features/palette/Palette.tsx': 'export const Palette = 1;',
  'scripts/start.ts': "import { cli } from '../src/main/cli.ts';\ncli;",
  'e2e/app.spec.ts': "import { test } from '@playwright/test';\ntest('x', () => {});",
};

const planted: readonly (readonly [rule: string, file: string, text: string])[] = [
  ['no-cycles', 'src/engine/ir/egg.ts', "import { hen } from './hen.ts';\nexport const egg = hen;"],
  ['imports-exist', 'src/main/services/lost.ts', "import './nowhere.ts';"],
  [
    'engine-is-an-island',
    'src/engine/train/files.ts',
    "import { runs } from '../../main/services/runs.ts';\nruns;",
  ],
  [
    'engine-takes-few-libraries',
    'src/engine/ops/ui.ts',
    "import type { FC } from 'react';\nexport type Ui = FC;",
  ],
  ['engine-has-no-node', 'src/engine/ops/path.ts', "import { join } from 'node:path';\njoin;"],
  ['engine-folders-are-known', 'src/engine/misc/a.ts', "import { code } from '../errors.ts';\ncode;"],
  ['engine-has-one-front-door', 'src/engine/train/door.ts', "import { add } from '../index.ts';\nadd;"],
  [
    'engine-errors-look-down',
    'src/engine/errors.ts',
    "import type { Value } from './ir/value.ts';\nexport const code: Value | 1 = 1;",
  ],
  [
    'renderer-sees-one-file-of-main',
    'src/renderer/app/runs.ts',
    "import type { runs } from '../../main/services/runs.ts';\nexport type R = typeof runs;",
  ],
  [
    'renderer-uses-the-front-door',
    'src/renderer/app/code.ts',
    "import { code } from '../../engine/errors.ts';\ncode;",
  ],
  ['renderer-has-no-node', 'src/renderer/app/path.ts', "import { join } from 'node:path';\njoin;"],
  ['renderer-has-no-electron', 'src/renderer/app/quit.ts', "import { app } from 'electron';\napp;"],
  [
    'features-are-strangers',
    'src/renderer/features/data/Data.tsx',
    "import { Canvas } from '../canvas/Canvas.tsx';\nCanvas;",
  ],
  [
    'ui-knows-no-stores',
    'src/renderer/ui/Field.tsx',
    "import { store } from '../document/store.ts';\nstore;",
  ],
  ['document-has-no-react', 'src/renderer/document/view.ts', "import { memo } from 'react';\nmemo;"],
  [
    'main-never-sees-renderer',
    'src/main/services/view.ts',
    "import { store } from '../../renderer/document/store.ts';\nstore;",
  ],
  ['main-uses-the-front-door', 'src/main/cli-train.ts', "import { add } from '../engine/ops/add.ts';\nadd;"],
  ['electron-stays-in-its-shell', 'src/main/services/app.ts', "import { app } from 'electron';\napp;"],
  ['services-know-no-shell', 'src/main/services/cli.ts', "import { cli } from '../cli.ts';\ncli;"],
  [
    'contract-is-for-both-sides',
    'src/main/ipc/contract.ts',
    "import { join } from 'node:path';\nexport const contract = join;",
  ],
  ['shipped-code-uses-no-test-code', 'src/main/services/tested.ts', "import '../../engine/ops/add.test.ts';"],
  ['shipped-code-uses-dependencies', 'src/main/services/check.ts', "import fc from 'fast-check';\nfc;"],
  ['e2e-looks-from-outside', 'e2e/inside.spec.ts', "import { cli } from '../src/main/cli.ts';\ncli;"],
];

const configSchema = z.object({ default: z.object({ forbidden: z.array(z.object({ name: z.string() })) }) });
const config = configSchema.parse(await import(pathToFileURL(join(root, '.dependency-cruiser.mjs')).href));
const rules = config.default.forbidden.map(({ name }) => name);
const ladder = rules.filter((name) => /^engine-(?!errors).*-looks-down$/.test(name));

test('a tree that keeps the rules is left alone', () => {
  expect(violationsIn(clean)).toEqual([]);
});

test('every planted violation is found where it stands', () => {
  const hen = "import { egg } from './egg.ts';\nexport const hen = egg;";
  const files = Object.fromEntries(planted.map(([, file, text]) => [file, text]));
  const found = violationsIn({ ...clean, 'src/engine/ir/hen.ts': hen, ...files });
  const missed = planted.filter(
    ([rule, file]) => !found.some((line) => line.startsWith(`${rule}: ${file} `)),
  );
  expect(missed).toEqual([]);
});

test('every step of the engine’s ladder is kept, type imports included', () => {
  const folders = ladder.map((name) => name.slice('engine-'.length, -'-looks-down'.length));
  const upwards = folders.map((folder, i): readonly [string, string] => {
    const above = folders[i + 1] ?? 'export';
    return [
      `src/engine/${folder}/low.ts`,
      `import type { High } from '../${above}/high.ts';\nexport type Low = High;`,
    ];
  });
  const highs = [...folders, 'export'].map(
    (folder) => [`src/engine/${folder}/high.ts`, 'export interface High { a: 1 }'] as const,
  );
  const found = violationsIn({
    ...Object.fromEntries(upwards),
    ...Object.fromEntries(highs),
    'e2e/a.ts': '',
    'scripts/a.ts': '',
  });
  expect(found.map((line) => line.split(':')[0])).toEqual([...ladder].sort());
});

test('every rule has a planted violation', () => {
  expect([...planted.map(([rule]) => rule), ...ladder].sort()).toEqual([...rules].sort());
});
