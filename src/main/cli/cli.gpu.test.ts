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
  it('prints a line for each step and one at the end, the same for the same seed; takes the memory that check plans', () => {
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
    const planned = JSON.parse(gradloom('check', 'net.gradloom', '--json').stdout).planned.bytes;
    expect(lines.at(-1).memoryBytes).toBe(planned);
  });
});

describe('gradloom check', () => {
  it('knows of a buffer that the GPU will refuse, as training does', () => {
    const origin = { source: 'generated', kind: 'xor', params: { samples: 20_000 } };
    const document = {
      format: 'gradloom',
      version: 1,
      nodes: {
        data: { kind: 'data', name: 'data', params: { origin }, position: [0, 0] },
        wide: { kind: 'linear', name: 'wide', params: { units: 65_536 }, position: [1, 0] },
        act: { kind: 'relu', name: 'act', position: [2, 0] },
        out: { kind: 'linear', name: 'out', params: { units: 2 }, position: [3, 0] },
        loss: { kind: 'crossEntropy', name: 'loss', position: [4, 0] },
      },
      wires: {
        a: { from: ['data', 'x'], to: ['wide', 'x'] },
        b: { from: ['wide', 'y'], to: ['act', 'x'] },
        c: { from: ['act', 'y'], to: ['out', 'x'] },
        d: { from: ['out', 'y'], to: ['loss', 'prediction'] },
        e: { from: ['data', 'y'], to: ['loss', 'target'] },
      },
      training: { batchSize: 8192 },
    };
    writeFileSync(join(folder, 'wide.gradloom'), JSON.stringify(document));
    const { stdout, status } = gradloom('check', 'wide.gradloom', '--json');
    const { trainable, problems } = JSON.parse(stdout);
    const trained = gradloom('train', 'wide.gradloom', '--steps', '1');
    expect({ status, trainable }).toEqual({ status: trained.status, trainable: trained.status === 0 });
    if (trainable) return;
    expect(trained.stderr).toContain(problems[0].title);
    expect(['wide', 'act']).toContain(problems[0].node);
  });
});

describe('gradloom generate', () => {
  const text = 'the cat sat on the mat. '.repeat(20);
  const alphabet = [...new Set(text)].join('');
  const origin = { source: 'text', path: 'cats.txt', alphabet, windows: { length: 8, stride: 2 } };
  const document = {
    format: 'gradloom',
    version: 1,
    nodes: {
      data: { kind: 'data', name: 'data', params: { origin }, position: [0, 0] },
      embed: { kind: 'embedding', name: 'embed', params: { vocabulary: 12, features: 8 }, position: [1, 0] },
      out: { kind: 'linear', name: 'out', params: { units: alphabet.length }, position: [2, 0] },
      loss: { kind: 'crossEntropy', name: 'loss', position: [3, 0] },
    },
    wires: {
      a: { from: ['data', 'x'], to: ['embed', 'x'] },
      b: { from: ['embed', 'y'], to: ['out', 'x'] },
      c: { from: ['out', 'y'], to: ['loss', 'prediction'] },
      d: { from: ['data', 'y'], to: ['loss', 'target'] },
    },
  };
  const write = (...args: string[]) =>
    gradloom('generate', 'cats.gradloom', '--weights', 'cats.safetensors', ...args);

  it('writes what a trained net continues a prompt with, the same for the same seed', () => {
    writeFileSync(join(folder, 'cats.txt'), text);
    writeFileSync(join(folder, 'cats.gradloom'), JSON.stringify(document));
    const { status } = gradloom(
      'train',
      'cats.gradloom',
      '--steps',
      '200',
      '--weights-out',
      'cats.safetensors',
    );
    expect(status).toBe(0);
    const drawn = write('--prompt', 'the ', '--length', '30', '--seed', '4');
    expect([drawn.status, drawn.stdout.length]).toEqual([0, 35]);
    expect(drawn.stdout).toMatch(/^the [a-z. ]{30}\n$/);
    expect(write('--prompt', 'the ', '--length', '30', '--seed', '4').stdout).toBe(drawn.stdout);
    // In the text an h is always followed by an e; a t by different characters, equally often.
    expect(write('--prompt', 'h', '--length', '1', '--temperature', '0').stdout).toBe('he\n');
  });

  it('says which character of the prompt the net does not know', () => {
    const { status, stderr } = write('--prompt', 'Zoë');
    expect(status).toBe(2);
    expect(stderr).toMatch(/gradloom: .*"Z" is not among the 11 characters/);
  });

  it('refuses a temperature below 0', () => {
    expect(write('--temperature', '-1').stderr).toMatch(/0 or greater/);
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
