// The profile of a small document as a process: every kernel of its step with time and cut, and an end.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');
let folder = '';
const start = (script: string, ...args: string[]) =>
  spawnSync(process.execPath, [join(root, script), ...args], { cwd: folder, encoding: 'utf8' });

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'gradloom-profile-'));
  // Of a size that the whole device works on: its products are cut.
  const template = JSON.parse(start('src/main/cli.ts', 'templates', 'mlp-spirals').stdout);
  for (const { params } of Object.values(template.nodes as Record<string, { params?: { units?: number } }>))
    if ((params?.units ?? 0) > 8) Object.assign(params ?? {}, { units: 128 });
  writeFileSync(join(folder, 'net.gradloom'), JSON.stringify(template));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('npm run profile', () => {
  test('prints every kernel of a step with its time, and how its product is cut', () => {
    const { stdout, stderr, status } = start('scripts/profile.ts', 'net.gradloom', '--rounds', '1');
    expect(stderr).not.toContain('profile:');
    expect(status).toBe(0);
    const [ceilings = '', facts = '', heading = '', , ...rows] = stdout.trimEnd().split('\n');
    expect(ceilings).toMatch(/: [\d.]+ GFLOP\/s in a product, [\d.]+ GB\/s in a copy$/);
    expect(heading.split(/\s{2,}/)).toEqual([
      ...['kernel', 'cut', 'groups', 'ms', '% of step', 'MFLOP', 'MB', 'GFLOP/s', 'GB/s', '% of best'],
    ]);
    const kernels = rows.slice(0, -1).map((row) => row.split(/\s{2,}/));
    expect(kernels.length).toBe(Number(/^Kernels of a step: (\d+)/.exec(facts)?.[1]));
    const products = kernels.filter(([label]) => label?.startsWith('matmul'));
    expect(products.length).toBeGreaterThan(3);
    for (const [label, cut] of products) expect(cut, label).toMatch(/^(direct|subgroup|workgroup) \d/);
    const shares = kernels.map((cells) => Number(cells[4]));
    expect(shares.reduce((a, b) => a + b, 0)).toBeCloseTo(100, -1);
    expect(rows.at(-1)).toMatch(/^all\s/);
  });

  test('says in a sentence what it cannot profile', () => {
    const { stderr, status } = start('scripts/profile.ts', 'nothing.gradloom');
    expect(stderr).toMatch(/^profile: .*nothing\.gradloom/m);
    expect(stderr).not.toContain('    at ');
    expect(status).toBe(2);
    expect(start('scripts/profile.ts').stderr).toContain('Usage: npm run profile -- FILE');
  });
});
