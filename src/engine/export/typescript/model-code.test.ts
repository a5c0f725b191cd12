// Exported models are run by Node in a folder of their own, and say what the float64 interpreter says.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkDocument } from '../../data/document.ts';
import { sizeOf } from '../../ir/shape.ts';
import type { Value } from '../../ir/value.ts';
import { layerList } from '../../layers/index.ts';
import { libraryBlockOf } from '../../model/library/index.ts';
import type { GraphDocument, Json } from '../../model/schema.ts';
import { blockOf, documentOf } from '../../model/testing.ts';
import { evaluate } from '../../ops/evaluate.ts';
import { expectAllClose, randomArray } from '../../testing.ts';
import { storedTensors, typescriptOf } from './model-code.ts';

type Nodes = Parameters<typeof documentOf>[0];

const data: readonly [string, Record<string, Json>] = [
  'data',
  { origin: { source: 'generated', kind: 'spirals', params: {}, seed: 1 } },
];

/** Two dense layers, then one layer of the kind on one or two of them in the shape of its sample, then the output. */
function around(kind: string, params?: Record<string, Json>): GraphDocument {
  const spec = layerList.find((l) => l.kind === kind);
  const many = spec?.inputs[0]?.many;
  const sizes = spec?.sample?.x?.shape.slice(1) ?? [6];
  const units = sizeOf(sizes);
  const nodes: Nodes = {
    data,
    dense: ['linear', { units }],
    shaped: ['reshape', { sizes: [...sizes] }],
    other: ['linear', { units, bias: false }],
    it: [kind, params ?? { ...spec?.sampleParams }],
    out: 'output',
  };
  const second = many ? ['data.x -> other.x', 'other.y -> it.x'] : [];
  return documentOf(many ? nodes : { ...nodes, other: 'identity' }, [
    'data.x -> dense.x',
    'dense.y -> shaped.x',
    'shaped.y -> it.x',
    ...second,
    `it.${spec?.outputs[0]?.name ?? 'y'} -> out.x`,
  ]);
}

/** What a document's model says to samples, by the interpreter, and the numbers for its weights. */
function interpreted(document: GraphDocument, samples: readonly number[][]) {
  const { model } = checkDocument(document, { batch: 1, training: false });
  expect(model.prediction).not.toBeNull();
  const stored = storedTensors(model);
  const weights = stored.map((p, i) => ({
    name: p.name,
    shape: p.shape,
    // Running variances are positive.
    data: Array.from(
      randomArray(sizeOf(p.shape), i + 1, 'next' in p ? [0.5, 1.5] : [-1.5, 1.5]),
      Math.fround,
    ),
  }));
  const root = model.prediction?.value;
  if (!root || !model.data) throw new Error('the document has a prediction');
  const x = model.data.x;
  const expected = samples.map((sample) => {
    const feeds = new Map<Value, ArrayLike<number>>([[x, sample]]);
    stored.forEach((p, i) => {
      feeds.set(p.value, weights[i]?.data ?? []);
    });
    return Array.from(evaluate([root], feeds)[0] ?? []);
  });
  return { weights, expected };
}

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'gradloom-model-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs many model.ts in one process; gives every model's answers to every sample. */
function runAll(
  models: readonly { code: string; weights: ReturnType<typeof interpreted>['weights'] }[],
  samples: unknown,
) {
  for (const [i, { code }] of models.entries()) writeFileSync(join(folder, `model${i}.ts`), code);
  writeFileSync(
    join(folder, 'cases.json'),
    JSON.stringify({ samples, weights: models.map((m) => m.weights) }),
  );
  writeFileSync(
    join(folder, 'run.ts'),
    `import { readFileSync } from 'node:fs';
     const { samples, weights } = JSON.parse(readFileSync(new URL('./cases.json', import.meta.url), 'utf8'));
     const answers = [];
     for (const [i, list] of weights.entries()) {
       const { model } = await import(\`./model\${i}.ts\`);
       const w = Object.fromEntries(list.map((t) => [t.name, { shape: t.shape, data: Float32Array.from(t.data) }]));
       answers.push(samples.map((s) => [...model(Float32Array.from(s), w)]));
     }
     console.log(JSON.stringify(answers));`,
  );
  const { stdout, stderr, status } = spawnSync(process.execPath, [join(folder, 'run.ts')], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as number[][][];
}

const samples = Array.from({ length: 5 }, (_, i) => Array.from(randomArray(2, i + 20, [-3, 3]), Math.fround));

describe('typescriptOf', () => {
  it('writes every layer so that Node computes what the engine computes', () => {
    const kinds = layerList.filter(
      (l) => l.inputs.length === 1 && l.category !== 'output' && !l.inputs[0]?.tokens,
    );
    const documents: GraphDocument[] = [
      ...kinds.map((l) => around(l.kind)),
      around('prelu', { perChannel: true }),
      around('gelu', { approximate: 'tanh' }),
      around('reshape', { sizes: [2, 3] }),
      documentOf(
        {
          data,
          a: ['linear', { units: 3 }],
          r: ['reshape', { sizes: [3, 1] }],
          b: ['linear', { units: 4 }],
          c: ['concat', { axis: 1 }],
          d: ['concat', { axis: 2 }],
          e: 'softmax',
          f: 'flatten',
          out: 'output',
        },
        [
          'data.x -> a.x',
          'a.y -> r.x',
          'r.y -> b.x',
          'b.y -> c.x',
          'b.y -> c.x',
          'c.y -> d.x',
          'c.y -> d.x',
          'd.y -> e.x',
          'e.y -> f.x',
          'f.y -> out.x',
        ],
      ),
      documentOf(
        {
          data,
          wide: ['linear', { units: 3 }],
          one: ['linear', { units: 1 }],
          sum: 'add',
          gate: 'multiply',
          out: 'output',
        },
        [
          'data.x -> wide.x',
          'wide.y -> one.x',
          'wide.y -> sum.x',
          'one.y -> sum.x',
          'sum.y -> gate.x',
          'sum.y -> gate.x',
          'one.y -> gate.x',
          'gate.y -> out.x',
        ],
      ),
    ];
    const cases = documents.map((document) => ({
      ...interpreted(document, samples),
      code: typescriptOf(document).code,
    }));
    const answers = runAll(cases, samples);
    cases.forEach(({ expected }, i) => {
      const kind = kinds[i]?.kind ?? `document ${i}`;
      expected.forEach((numbers, s) => {
        try {
          expectAllClose(answers[i]?.[s] ?? [], numbers, { rtol: 1e-5, atol: 1e-6 });
        } catch (error) {
          throw new Error(`${kind}: ${error instanceof Error ? error.message : error}`);
        }
      });
    });
  });

  it('writes one line for each layer, in the order of the graph, with its shapes', () => {
    const document = documentOf(
      {
        data,
        hidden: ['linear', { units: 16 }],
        bend: 'relu',
        head: ['linear', { units: 2 }],
        out: 'output',
        loss: 'crossEntropy',
      },
      [
        'data.x -> hidden.x',
        'hidden.y -> bend.x',
        'bend.y -> head.x',
        'head.y -> out.x',
        'out.y -> loss.prediction',
        'data.y -> loss.target',
      ],
    );
    const { code, lines } = typescriptOf(document);
    const textOf = (id: string): string =>
      code
        .split('\n')
        .slice((lines.get(id)?.[0] ?? 1) - 1, lines.get(id)?.[1])
        .join('\n');
    expect(textOf('data')).toBe('export function model(x: Float32Array, w: Weights): Float32Array {');
    expect(textOf('hidden')).toBe(
      "  const hidden = linear(x, w['hidden.weight'], w['hidden.bias']); // 2 → 16",
    );
    expect(textOf('bend')).toBe('  const bend = relu(hidden); // 16');
    expect(textOf('head')).toBe("  const head = linear(bend, w['head.weight'], w['head.bias']); // 16 → 2");
    expect(textOf('out')).toBe('  const out = head; // 2');
    expect(textOf('loss')).toBe('// loss: training lowers the softmax cross-entropy.');
  });

  it('says in a comment why a layer cannot be written, and writes the rest', () => {
    const { code, lines } = typescriptOf(
      documentOf({ data, fc: ['linear', { units: 4 }], odd: ['reshape', { sizes: [3] }], after: 'relu' }, [
        'data.x -> fc.x',
        'fc.y -> odd.x',
        'odd.y -> after.x',
      ]),
    );
    expect(code).toContain('const fc = linear(x,');
    expect(code).toContain('// odd: ');
    expect(lines.get('odd')).toBeDefined();
    expect(typescriptOf(documentOf({}, [])).code).toContain('export function model(');
  });

  it('keeps variables apart from helpers, globals and words of the language', () => {
    const names = [
      'relu',
      'class',
      'x',
      'w',
      'Math',
      'await',
      'model',
      'Float32Array',
      'linear',
      'relu_2',
      'eval',
    ];
    const nodes: Record<string, string | readonly [string, Record<string, Json>]> = { data };
    const wires: string[] = [];
    let last = 'data.x';
    names.forEach((name, i) => {
      nodes[name] = i % 2 === 0 ? 'relu' : ['linear', { units: 2 }];
      wires.push(`${last} -> ${name}.x`);
      last = `${name}.y`;
    });
    const document = documentOf({ ...nodes, out: 'output' }, [...wires, `${last} -> out.x`]);
    const one = { ...interpreted(document, samples), code: typescriptOf(document).code };
    const [answers] = runAll([one], samples);
    for (const [s, numbers] of one.expected.entries())
      expectAllClose(answers?.[s] ?? [], numbers, { rtol: 1e-5, atol: 1e-6 });
  });

  it('lets no text of a document become code', () => {
    const document = documentOf({ data, fc: ['linear', { units: 1 }], out: 'output' }, [
      'data.x -> fc.x',
      'fc.y -> out.x',
    ]);
    const plain = typescriptOf({ ...document, name: 'x' }).code.split('\n');
    const hostile = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(
        '*/ process.exit(1) /*',
        '\u2028process.exit(1)',
        '\r\nprocess.exit(1)',
        `\${process.exit(1)}`,
        '\u202e`',
      ),
    );
    fc.assert(
      fc.property(hostile, (name) => {
        const lines = typescriptOf({ ...document, name }).code.split(/\r\n|[\n\r\u2028\u2029]/);
        expect(lines[0]).toMatch(/^\/\/ /);
        expect(lines.slice(1)).toEqual(plain.slice(1));
      }),
    );
  });
});

describe('blocks', () => {
  const outer = blockOf(
    {
      x: 'blockInput',
      inner: ['block', { features: 6 }, { of: 'residualMlp', repeat: 2 }],
      act: 'relu',
      y: 'blockOutput',
    },
    ['x -> inner', 'inner -> act', 'act -> y'],
  );
  const relu = blockOf(
    { x: 'blockInput', relu: 'relu', linear: ['linear', { units: 6 }], y: 'blockOutput' },
    ['x -> relu', 'relu -> linear', 'linear -> y'],
  );
  const document = documentOf(
    {
      data,
      first: ['linear', { units: 6 }],
      stage: ['block', { features: 6, hidden: 5 }, { of: 'residualMlp', repeat: 3 }],
      tied: ['block', {}, { of: 'relu', repeat: 2, shared: true }],
      deep: ['block', {}, { of: 'outer' }],
      out: 'output',
    },
    ['data -> first', 'first -> stage', 'stage -> tied', 'tied -> deep', 'deep -> out'],
    {
      blocks: {
        outer: { ...outer, title: 'Outer' },
        relu: { ...relu, title: 'ReLU' },
        residualMlp: libraryBlockOf('residualMlp')?.definition ?? outer,
      },
    },
  );

  it('become functions, one for all instances that read the same, and compute what the engine computes', () => {
    const { weights, expected } = interpreted(document, samples);
    const { code } = typescriptOf(document);
    expect(code.match(/^function residualMLPBlock\w*/gm)).toHaveLength(2);
    expect(code).toMatch(/const stage_2 = residualMLPBlock_2\(stage_1, w, 'stage\.2'\);/);
    expect(code).toMatch(/const tied_1 = \w+\(tied_0, w, 'tied'\);/);
    expect(code).toMatch(/const deep = outer\(tied_1, w, 'deep'\);/);
    const [answers = []] = runAll([{ code, weights }], samples);
    for (const [i, row] of expected.entries())
      expectAllClose(answers[i] ?? [], row, { rtol: 1e-4, atol: 1e-5 });
  });

  it('are marked where they are called, with all that they hold', () => {
    const { code, lines } = typescriptOf(document);
    const rows = code.split('\n');
    const [from = 0] = lines.get('stage#1/linear1') ?? [];
    expect(rows[from - 1]).toContain('const stage_1 =');
    expect(rows[(lines.get('deep')?.[0] ?? 0) - 1]).toContain('const deep =');
  });
});
