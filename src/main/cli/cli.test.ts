// The command line as people start it: a process of its own, its streams and its exit code.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const program = join(import.meta.dirname, '../cli.ts');
let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'gradloom-cli-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const gradloom = (...args: string[]) =>
  spawnSync(process.execPath, [program, ...args], { cwd: folder, encoding: 'utf8', maxBuffer: 64 << 20 });

/** A file in the folder of the test. */
function file(name: string, content: string | Uint8Array): string {
  writeFileSync(join(folder, name), content);
  return name;
}

/** Nodes by name, as `kind` with parameters, wired in a chain of `x`. */
function chain(name: string, nodes: Readonly<Record<string, readonly [string, object?]>>): string {
  const names = Object.keys(nodes);
  const wires = names.slice(1).map((to, i) => {
    const port = to === 'loss' ? 'prediction' : 'x';
    return { from: [names[i], names[i] === 'data' ? 'x' : 'y'], to: [to, port] };
  });
  const document = {
    format: 'gradloom',
    version: 1,
    name,
    nodes: Object.fromEntries(
      Object.entries(nodes).map(([node, [kind, params = {}]]) => [
        node,
        { kind, name: node, params, position: [0, 0] },
      ]),
    ),
    wires: Object.fromEntries(
      [...wires, { from: ['data', 'y'], to: ['loss', 'target'] }].map((w, i) => [`w${i}`, w]),
    ),
  };
  return file(`${name}.gradloom`, JSON.stringify(document));
}

const spirals = ['data', { origin: { source: 'generated', kind: 'spirals', params: {}, seed: 1 } }] as const;

describe('gradloom check', () => {
  it('counts 3·256² → 3·256² → 3·256² dense as 77 309 804 544 parameters, and says that it does not fit', () => {
    // 2 features → 64 powers, doubled ten times and joined three times: 196 608 = 3·256² inputs.
    const wide: Record<string, readonly [string, object?]> = {
      data: spirals,
      powers: ['polynomial', { degree: 32 }],
    };
    for (let i = 0; i < 10; i++) wide[`double_${i}`] = ['concat', {}];
    const path = chain('wide', {
      ...wide,
      triple: ['concat'],
      a: ['linear', { units: 196_608 }],
      b: ['linear', { units: 196_608 }],
      loss: ['mse'],
    });
    const document = JSON.parse(readFileSync(join(folder, path), 'utf8'));
    for (const [id, wire] of Object.entries<{ to: string[] }>(document.wires))
      for (let n = 1; n < (wire.to[0] === 'triple' ? 3 : wire.to[0]?.startsWith('double') ? 2 : 1); n++)
        document.wires[`${id}_${n}`] = wire;
    file('wide.gradloom', JSON.stringify(document));
    const { stdout, status } = gradloom('check', 'wide.gradloom', '--json');
    const report = JSON.parse(stdout);
    expect(report.parameters).toBe(77_309_804_544);
    expect(report.problems.map((p: { title: string }) => p.title).join()).toContain(
      'This model does not fit',
    );
    expect(report.trainable).toBe(false);
    expect(status).toBe(1);
    expect(gradloom('check', 'wide.gradloom').stdout).toContain('77\u202f309\u202f804\u202f544 parameters');
  });

  it('names the node, the port and the cause, and exits with 1', () => {
    const path = chain('odd', {
      data: spirals,
      fc: ['linear', { units: 5 }],
      fold: ['reshape', { sizes: [3] }],
      loss: ['mse'],
    });
    const { stdout, status } = gradloom('check', path);
    expect(status).toBe(1);
    expect(stdout).toMatch(/✗ fold: .*cannot be reshaped/);
  });

  it('prints a table and exits with 0 where all is well', () => {
    const path = file('deep.gradloom', gradloom('templates', 'deep-sigmoid').stdout);
    const { stdout, stderr, status } = gradloom('check', path);
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
    expect(stdout).toMatch(/Node +Layer +Output +Parameters +Forward +Memory/);
    expect(stdout).toContain('✓ It can be trained.');
  });
});

describe('whatever goes wrong', () => {
  it.each([
    ['a missing file', ['check', 'nowhere.gradloom'], 2, /nowhere\.gradloom/],
    ['a folder', ['check', '.'], 2, /folder/],
    ['an unknown command', ['dance'], 2, /dance/],
    ['an unknown option', ['check', 'x', '--wings'], 2, /--wings/],
    ['a missing option', ['step', 'x'], 2, /--weights/],
    ['a bad number', ['train', 'x', '--steps', 'many'], 2, /--steps.*whole number/],
    ['an unknown template', ['templates', 'nothing'], 2, /no template called nothing/],
    ['an unknown language', ['export', 'x', '--to', 'cobol', '--out', 'o'], 2, /cobol/],
  ])('%s is one sentence and no stack trace', (_, args, code, words) => {
    const { stdout, stderr, status } = gradloom(...args);
    expect(status).toBe(code);
    expect(stdout).toBe('');
    expect(stderr).toMatch(words);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });

  it.each([
    ['no text', new Uint8Array([0xff, 0xfe, 0, 1]), /not UTF-8/],
    ['nothing', '', /empty/],
    ['no JSON', '{"format": ', /not JSON/],
    ['another JSON', '[1, 2]', /not a Gradloom document/],
    ['a future version', '{"format":"gradloom","version":99,"nodes":{},"wires":{}}', /newer Gradloom/],
    [
      'a damaged node',
      '{"format":"gradloom","version":1,"nodes":{"n1":{"kind":"relu","name":"1st","position":[0,0]}},"wires":{}}',
      /n1/,
    ],
  ])('a document that holds %s is refused by name', (what, content, words) => {
    const path = file(`${what.replaceAll(' ', '-')}.gradloom`, content);
    for (const args of [
      ['check', path],
      ['train', path],
      ['export', path, '--to', 'typescript', '--out', 'never'],
    ]) {
      const { stderr, status } = gradloom(...args);
      expect(status).toBe(2);
      expect(stderr).toContain(path);
      expect(stderr).toMatch(words);
      expect(stderr).not.toMatch(/\n\s+at /);
    }
    expect(existsSync(join(folder, 'never'))).toBe(false);
  });

  it('writes no half export when the weights do not fit, and names tensor and cause', () => {
    const path = chain('small', { data: spirals, fc: ['linear', { units: 2 }], loss: ['crossEntropy'] });
    const header = JSON.stringify({ 'fc.weight': { dtype: 'F32', shape: [1, 1], data_offsets: [0, 4] } });
    const weights = file(
      'w.safetensors',
      Buffer.concat([
        Buffer.from([header.length, 0, 0, 0, 0, 0, 0, 0]),
        Buffer.from(header),
        Buffer.alloc(4),
      ]),
    );
    const { stderr, status } = gradloom(
      'export',
      path,
      '--to',
      'typescript',
      '--out',
      'half',
      '--weights',
      weights,
    );
    expect(status).toBe(2);
    expect(stderr).toMatch(/fc\.weight.*2 × 2/);
    expect(readdirSync(folder).filter((name) => name.includes('half'))).toEqual([]);
  });
});

describe('the catalogue', () => {
  it('lists every layer with its parameters and defaults as JSON', () => {
    const layers = JSON.parse(gradloom('layers', '--json').stdout);
    const linear = layers.find((l: { kind: string }) => l.kind === 'linear');
    expect(linear.params.find((p: { name: string }) => p.name === 'units')).toMatchObject({
      type: 'integer',
      default: 16,
    });
  });

  it('lists templates, and prints each as a document that can be trained', () => {
    const list = JSON.parse(gradloom('templates', '--json').stdout);
    expect(list.length).toBeGreaterThan(5);
    const path = file('template.gradloom', gradloom('templates', list[0].id).stdout);
    expect(gradloom('check', path, '--json').status).toBe(0);
  });
});
