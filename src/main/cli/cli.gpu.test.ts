// Commands that need the GPU, as processes: they end by themselves, the same seed gives the same lines, the weights go round.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const program = join(import.meta.dirname, '../cli.ts');
let folder = '';
const gradloom = (...args: string[]) =>
  spawnSync(process.execPath, [program, ...args], { cwd: folder, encoding: 'utf8' });

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'gradloom-cli-gpu-'));
  writeFileSync(join(folder, 'net.gradloom'), gradloom('templates', 'mlp-spirals').stdout);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('gradloom train', () => {
  it('prints a line for each step and one at the end, the same for the same seed', () => {
    const linesOf = (...args: string[]) => {
      const { stdout, status } = gradloom('train', 'net.gradloom', '--steps', '12', '--json', ...args);
      expect(status).toBe(0);
      return stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line));
    };
    const lines = linesOf('--weights-out', 'w.safetensors');
    expect(lines.map((l) => l.step ?? 'done')).toEqual([...Array.from({ length: 12 }, (_, i) => i), 'done']);
    expect(lines.at(-1)).toMatchObject({ done: true, steps: 12, parameters: 1218 });
    expect(linesOf().slice(0, 12)).toEqual(lines.slice(0, 12));
    expect(linesOf('--seed', '9')[0].loss).not.toBe(lines[0].loss);
    expect(readdirSync(folder).sort()).toEqual(['net.gradloom', 'w.safetensors']);
  });
});

describe('gradloom step', () => {
  it('names the tensor that is missing, and writes nothing', () => {
    const { stderr, status } = gradloom(
      'step',
      'net.gradloom',
      '--weights',
      'w.safetensors',
      '--batch',
      'w.safetensors',
      '--dump',
      'd',
    );
    expect(status).toBe(2);
    expect(stderr).toMatch(/no tensor called x/);
    expect(readdirSync(folder)).not.toContain('d');
  });
});
