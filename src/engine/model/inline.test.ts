import { describe, expect, test } from 'vitest';
import { buildModel } from './build.ts';
import { applyEdits } from './edits.ts';
import { inline } from './inline.ts';
import type { DocWire, GraphDocument } from './schema.ts';
import { summarise } from './summary.ts';
import { blockOf, documentOf, planar } from './testing.ts';

const build = (document: GraphDocument) => buildModel(document, planar(2), { batch: 4, training: true });
const names = (document: GraphDocument) => build(document).parameters.map((p) => p.name);
const said = (document: GraphDocument) => build(document).problems.map((p) => `${p.node}: ${p.title}`);

/** A linear layer with its activation, as wide as asked. */
const dense = blockOf(
  { x: 'blockInput', fc: ['linear', { units: { '=': 'width' } }], act: 'relu', y: 'blockOutput' },
  ['x -> fc', 'fc -> act', 'act -> y'],
  { width: 8 },
);
const residual = blockOf({ x: 'blockInput', fc: ['linear', { units: 8 }], sum: 'add', y: 'blockOutput' }, [
  'x -> fc',
  'x -> sum',
  'fc -> sum',
  'sum -> y',
]);

const netWith = (
  instance: { of: string; repeat?: number | { '=': string }; shared?: boolean },
  blocks: GraphDocument['blocks'],
  params = {},
) =>
  documentOf(
    {
      data: 'data',
      first: ['linear', { units: 8 }],
      stage: ['block', params, instance],
      out: ['linear', { units: 2 }],
      loss: 'crossEntropy',
    },
    ['data -> first', 'first -> stage', 'stage -> out', 'out -> loss.prediction', 'data.y -> loss.target'],
    { blocks },
  );

describe('a document with blocks', () => {
  test('has the layers inside where the instance stands, called by the way to them', () => {
    const document = netWith({ of: 'dense' }, { dense });
    const model = build(document);
    expect(model.problems).toEqual([]);
    expect([...model.nodes.values()].map((n) => [n.id, n.name, n.outputs.y?.shape])).toEqual([
      ['data', 'data', [4]],
      ['first', 'first', [4, 8]],
      ['stage/fc', 'stage.fc', [4, 8]],
      ['stage/act', 'stage.act', [4, 8]],
      ['out', 'out', [4, 2]],
      ['loss', 'loss', undefined],
    ]);
    expect(names(document)).toContain('stage.fc.weight');
    expect(model.trainable).toBe(true);
  });

  test('repeats a block in series, with numbers in the names as in a Sequential of PyTorch', () => {
    const document = netWith({ of: 'dense', repeat: 3 }, { dense });
    expect(names(document).filter((n) => n.endsWith('weight'))).toEqual([
      'first.weight',
      'stage.0.fc.weight',
      'stage.1.fc.weight',
      'stage.2.fc.weight',
      'out.weight',
    ]);
    expect(inline(document).wires).toMatchObject({
      'stage#0/w1': { from: ['first', 'y'], to: ['stage#0/fc', 'x'] },
      'stage#1/w1': { from: ['stage#0/act', 'y'], to: ['stage#1/fc', 'x'] },
      w3: { from: ['stage#2/act', 'y'], to: ['out', 'x'] },
    });
  });

  test('repeated no times, lets through what comes in', () => {
    const model = build(netWith({ of: 'dense', repeat: 0 }, { dense }));
    expect(model.problems).toEqual([]);
    expect(inline(model.document).wires.w3?.from).toEqual(['first', 'y']);
  });

  test('may share one set of weights among all repetitions', () => {
    const document = netWith({ of: 'residual', repeat: 4, shared: true }, { residual });
    expect(names(document).filter((n) => n.startsWith('stage'))).toEqual([
      'stage.fc.weight',
      'stage.fc.bias',
    ]);
    expect(build(document).trainable).toBe(true);
  });

  test('whose repetitions share weights of different shapes is told so', () => {
    const widening = blockOf({ x: 'blockInput', fc: ['linear', { units: 5 }], y: 'blockOutput' }, [
      'x -> fc',
      'fc -> y',
    ]);
    expect(said(netWith({ of: 'widening', repeat: 2, shared: true }, { widening }))).toEqual([
      'stage#1/fc: stage.1.fc shares its weight with the first repetition, which has 5 × 8, and needs 5 × 5',
    ]);
  });

  test('sets inner parameters by formulas of what the instance is set to', () => {
    const model = build(netWith({ of: 'dense' }, { dense }, { width: 32 }));
    expect(model.parameters.find((p) => p.name === 'stage.fc.weight')?.shape).toEqual([32, 8]);
  });

  test('has parameters of its own, and an instance may repeat by a formula of them', () => {
    const document = {
      ...netWith({ of: 'dense', repeat: { '=': '(depth - 2) / 6' } }, { dense }),
      params: { depth: { title: 'Depth', description: '', value: 20, min: 8, max: 56, step: 6 } },
    };
    expect(build(document).blocks.get('stage')?.repeat).toBe(3);
    expect(build(document).nodes.has('stage#2/fc')).toBe(true);
  });

  test('nests blocks, whose parameters follow those around them', () => {
    const outer = blockOf(
      {
        x: 'blockInput',
        inner: ['block', { width: { '=': 'w * 2' } }, { of: 'dense', repeat: 2 }],
        y: 'blockOutput',
      },
      ['x -> inner', 'inner -> y'],
      { w: 3 },
    );
    const document = netWith({ of: 'outer', repeat: 1 }, { dense, outer });
    expect(said(document)).toEqual([]);
    expect(build(document).parameters.find((p) => p.name === 'stage.0.inner.1.fc.weight')?.shape).toEqual([
      6, 6,
    ]);
    expect([...build(document).blocks.keys()]).toEqual(['stage', 'stage#0/inner']);
  });

  test('feeds a second input to every repetition', () => {
    const conditioned = blockOf({ x: 'blockInput', c: 'blockInput', sum: 'add', y: 'blockOutput' }, [
      'x -> sum',
      'c -> sum',
      'sum -> y',
    ]);
    const document = netWith({ of: 'conditioned', repeat: 2 }, { conditioned });
    const c: DocWire = { from: ['first', 'y'], to: ['stage', 'c'] };
    const wired = { ...document, wires: { ...document.wires, c } };
    expect(inline(wired).wires).toMatchObject({
      'stage#0/w2': { from: ['first', 'y'] },
      'stage#1/w1': { from: ['stage#0/sum', 'y'] },
      'stage#1/w2': { from: ['first', 'y'] },
    });
  });

  test('counts parameters and work of an instance as the sum of its layers', () => {
    const model = build(netWith({ of: 'dense', repeat: 2 }, { dense }));
    const summary = summarise(model);
    expect(summary.blocks.get('stage')?.parameters).toBe(2 * (8 * 8 + 8));
    expect(summary.blocks.get('stage')?.flops).toBe(
      ['stage#0/fc', 'stage#0/act', 'stage#1/fc', 'stage#1/act'].reduce(
        (n, id) => n + (summary.nodes.get(id)?.flops ?? 0),
        0,
      ),
    );
  });

  test('says of an instance what arrives, what leaves and which layer is its last', () => {
    const stage = build(netWith({ of: 'dense', repeat: 2 }, { dense }, { width: 3 })).blocks.get('stage');
    expect(stage).toMatchObject({ last: ['stage#1/act', 'y'], state: 'built', problem: null });
    expect(stage?.inputs.x?.shape).toEqual([4, 8]);
    expect(stage?.outputs.y?.shape).toEqual([4, 3]);
  });
});

describe('mistakes with blocks', () => {
  test('a block that holds itself is refused with the circle', () => {
    const a = blockOf({ x: 'blockInput', in: ['block', {}, { of: 'b' }], y: 'blockOutput' }, [
      'x -> in',
      'in -> y',
    ]);
    const b = blockOf({ x: 'blockInput', in: ['block', {}, { of: 'a' }], y: 'blockOutput' }, [
      'x -> in',
      'in -> y',
    ]);
    const titled = { a: { ...a, title: 'A' }, b: { ...b, title: 'B' } };
    expect(said(netWith({ of: 'a' }, titled))).toEqual([
      'stage/in/in: A block cannot hold itself: A → B → A',
    ]);
  });

  test('a block that is not there, is said at the instance', () => {
    expect(said(netWith({ of: 'gone' }, {}))).toContain(
      'stage: stage stands for a block that is not there: gone',
    );
  });

  test('an instance without its input is named, not the layers inside', () => {
    const document = netWith({ of: 'residual' }, { residual });
    const { w2: _, ...wires } = document.wires;
    expect(said({ ...document, wires })).toContain('stage: stage has nothing at its input x');
    expect(said({ ...document, wires }).join()).not.toContain('stage.fc');
  });

  test('what is wrong inside is said once, with the way to it, and at the instance', () => {
    const wrong = blockOf({ x: 'blockInput', fc: ['linear', { units: 0 }], y: 'blockOutput' }, [
      'x -> fc',
      'fc -> y',
    ]);
    const model = build(netWith({ of: 'wrong', repeat: 3 }, { wrong }));
    expect(model.problems.map((p) => p.node)).toEqual(['stage#0/fc']);
    expect(model.blocks.get('stage')).toMatchObject({ state: 'problem', problem: { code: 'param/invalid' } });
    expect(model.problems[0]?.title).toMatch(/^stage\.0\.fc: Units/);
  });

  test('a repair of what lies inside changes the block', () => {
    const wrong = blockOf({ x: 'blockInput', fc: ['linear', { units: 0 }], y: 'blockOutput' }, [
      'x -> fc',
      'fc -> y',
    ]);
    const document = netWith({ of: 'wrong', repeat: 3 }, { wrong });
    const fixed = applyEdits(document, build(document).problems[0]?.fix?.edits ?? []);
    expect(build(fixed).problems).toEqual([]);
    expect(fixed.nodes).toBe(document.nodes);
  });

  test.each([
    ['a formula that reads what is not there', { '=': 'widht' }, /stage: width reads widht/],
    ['a formula that is no number', { '=': '2 +' }, /stage: width is no number: 2 \+/],
  ])('%s is said with the name', (_, width, words) => {
    expect(said(netWith({ of: 'dense' }, { dense }, { width })).join()).toMatch(words);
  });

  test('a number of repetitions that is no whole number is said', () => {
    expect(said(netWith({ of: 'dense', repeat: { '=': '5 / 2' } }, { dense }))).toEqual([
      'stage: stage: the number of repetitions must be a whole number from 0 to 1000, and is 2.5',
    ]);
  });

  test('repetitions of repetitions do not take all memory', () => {
    const many = (of: string) =>
      blockOf({ x: 'blockInput', in: ['block', {}, { of, repeat: 1000 }], y: 'blockOutput' }, [
        'x -> in',
        'in -> y',
      ]);
    const document = netWith({ of: 'b', repeat: 1000 }, { dense, a: many('dense'), b: many('a') });
    expect(inline(document).problems.map((p) => p.code)).toContain('block/too-many');
  });

  test('a parameter that the block does not have can be removed', () => {
    const document = netWith({ of: 'dense' }, { dense }, { depth: 3 });
    const [problem] = build(document).problems;
    expect(problem).toMatchObject({ code: 'param/unknown', node: 'stage', param: 'depth' });
    expect(build(applyEdits(document, problem?.fix?.edits ?? [])).problems).toEqual([]);
  });
});

test('a bypassed node lets through what comes in', () => {
  const document = netWith({ of: 'dense' }, { dense });
  const first = document.nodes.first;
  const bypassed = { ...document, nodes: { ...document.nodes, first: { ...first, bypassed: true } } };
  const model = build(bypassed as GraphDocument);
  expect(model.problems).toEqual([]);
  expect(model.parameters[0]).toMatchObject({ name: 'stage.fc.weight', shape: [8, 2] });
});
