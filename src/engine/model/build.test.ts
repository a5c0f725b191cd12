import { describe, expect, test } from 'vitest';
import { buildModel, type DataShapes, parameterCount } from './build.ts';
import { applyEdits } from './edits.ts';
import { documentOf, planar, regression } from './testing.ts';

const training = { batch: 32, training: true };

const classifier = (units: number) =>
  documentOf(
    {
      data: 'data',
      hidden: ['linear', { units: 8 }],
      act: 'relu',
      out: ['linear', { units }],
      loss: 'crossEntropy',
    },
    [
      'data.x -> hidden.x',
      'hidden.y -> act.x',
      'act.y -> out.x',
      'out.y -> loss.prediction',
      'data.y -> loss.target',
    ],
  );

const errors = (model: ReturnType<typeof buildModel>) => model.problems.map((p) => p.title);

describe('building a document', () => {
  test('gives shapes, parameters, loss and prediction', () => {
    const model = buildModel(classifier(3), planar(3), training);
    expect({
      shapes: [...model.nodes.values()].map((n) => [
        n.name,
        n.state,
        Object.values(n.outputs).map((v) => v.shape),
      ]),
      parameters: model.parameters.map((p) => [p.name, p.shape]),
      loss: model.lossPerSample?.shape,
      prediction: [model.prediction?.node, model.prediction?.value.shape],
      labels: [model.judged?.decision, model.judged?.target.dtype, model.judged?.target.shape],
      problems: model.problems,
      trainable: model.trainable,
    }).toEqual({
      shapes: [
        ['data', 'built', [[32, 2], [32]]],
        ['hidden', 'built', [[32, 8]]],
        ['act', 'built', [[32, 8]]],
        ['out', 'built', [[32, 3]]],
        ['loss', 'built', [[32]]],
      ],
      parameters: [
        ['hidden.weight', [8, 2]],
        ['hidden.bias', [8]],
        ['out.weight', [3, 8]],
        ['out.bias', [3]],
      ],
      loss: [32],
      prediction: ['out', [32, 3]],
      labels: ['largest', 'i32', [32]],
      problems: [],
      trainable: true,
    });
  });

  test('counts 3·256² → 3·256² → 3·256² dense without allocating it', () => {
    const side = 3 * 256 * 256;
    const image: DataShapes = {
      inputs: [{ name: 'image', dtype: 'f32', shape: [3, 256, 256] }],
      targets: [{ kind: 'regression', shape: [side] }],
    };
    const document = documentOf(
      {
        data: 'data',
        flat: 'flatten',
        a: ['linear', { units: side }],
        b: ['linear', { units: side }],
        loss: 'mse',
      },
      ['data.x -> flat.x', 'flat.y -> a.x', 'a.y -> b.x', 'b.y -> loss.prediction', 'data.y -> loss.target'],
    );
    const model = buildModel(document, image, training);
    expect(errors(model)).toEqual([]);
    expect(parameterCount(model)).toBe(77_309_804_544);
  });

  test('names the nodes of a cycle and refuses it', () => {
    const model = buildModel(
      documentOf({ data: 'data', a: 'add', b: 'relu', c: 'tanh' }, [
        'data.x -> a.x',
        'a.y -> b.x',
        'b.y -> c.x',
        'c.y -> a.x',
      ]),
      planar(2),
      training,
    );
    const cycle = model.problems.find((p) => p.code === 'wire/cycle');
    expect(cycle).toMatchObject({
      title: 'The wires go round in a circle: a → b → c → a',
      wire: 'w4',
      node: 'a',
    });
    expect(cycle?.fix?.edits).toEqual([{ kind: 'removeWire', wire: 'w4' }]);
    expect(model.trainable).toBe(false);
  });

  test('a loss with the wrong number of outputs offers to set the units', () => {
    const document = classifier(5);
    const model = buildModel(document, planar(3), training);
    expect(errors(model)).toEqual(['loss expects 3 logits per sample, one per class, but receives 5']);
    const [problem] = model.problems;
    expect(problem?.fix?.title).toBe('Set the units of out to 3');
    const mended = applyEdits(document, problem?.fix?.edits ?? []);
    expect(buildModel(mended, planar(3), training).trainable).toBe(true);
  });

  test('a missing wire is told at its port, and what comes after waits without a word', () => {
    const model = buildModel(
      documentOf({ data: 'data', a: 'relu', b: 'tanh', loss: 'mse' }, [
        'a.y -> b.x',
        'b.y -> loss.prediction',
      ]),
      regression(1),
      training,
    );
    expect(model.problems.map((p) => [p.code, p.node, p.port])).toEqual([
      ['wire/missing', 'a', 'x'],
      ['wire/missing', 'loss', 'target'],
      ['net/leads-nowhere', 'data', undefined],
    ]);
    expect(model.nodes.get('b')?.state).toBe('blocked');
    expect(model.problems[1]?.fix?.edits).toEqual([
      { kind: 'connect', from: ['data', 'y'], to: ['loss', 'target'] },
    ]);
  });

  test.each([
    [{ units: 0 }, 'a: Units (units) must be at least 1'],
    [{ units: 1.5 }, 'a: Units (units) must be a whole number'],
    [{ units: 'many' }, 'a: Units (units) must be a whole number'],
    [{ bias: 'yes' }, 'a: Bias (bias) must be true or false'],
    [
      { init: 'magic' },
      'a: Initial weights (init) must be one of pytorch, xavierUniform, xavierNormal, heUniform, heNormal, lecunUniform, lecunNormal, orthogonal, uniform, normal, constant and zeros',
    ],
    [{ unit: 3 }, 'a: Linear has no parameter called unit'],
  ])('says what is wrong with parameters %j', (params, title) => {
    const model = buildModel(
      documentOf({ data: 'data', a: ['linear', params], loss: 'mse' }, [
        'data.x -> a.x',
        'a.y -> loss.prediction',
        'data.y -> loss.target',
      ]),
      regression(1),
      training,
    );
    expect(errors(model)).toEqual([title]);
    expect(model.nodes.get('a')?.state).toBe('problem');
    expect(model.nodes.get('loss')?.state).toBe('blocked');
  });

  test('shapes that do not fit are told at the node, with its name', () => {
    const model = buildModel(
      documentOf(
        { data: 'data', a: ['linear', { units: 3 }], b: ['linear', { units: 4 }], sum: 'add', loss: 'mse' },
        [
          'data.x -> a.x',
          'data.x -> b.x',
          'a.y -> sum.x',
          'b.y -> sum.x',
          'sum.y -> loss.prediction',
          'data.y -> loss.target',
        ],
      ),
      regression(2),
      training,
    );
    expect(model.problems).toMatchObject([
      {
        code: 'shape/broadcast',
        node: 'sum',
        port: 'x',
        title: 'sum: add cannot combine 32 × 3 with 32 × 4',
      },
    ]);
  });

  test('unknown kinds, dangling wires, wrong ports and taken names are told and never thrown', () => {
    const document = documentOf({ data: 'data', ghost: ['hologram', { depth: 3 }], a: 'relu', loss: 'mse' }, [
      'data.x -> ghost.in',
      'ghost.out -> a.x',
      'data.z -> a.x',
      'a.y -> nobody.x',
      'a.y -> loss.prediction',
      'data.y -> loss.target',
    ]);
    const twins = {
      ...document,
      nodes: {
        ...document.nodes,
        twin: { kind: 'tanh', name: 'a', params: {}, position: [0, 0] as [number, number] },
      },
    };
    const model = buildModel(twins, regression(1), training);
    expect(model.problems.map((p) => p.code).sort()).toEqual([
      'kind/unknown',
      'name/taken',
      'wire/dangling',
      'wire/missing',
      'wire/port',
    ]);
    expect(model.trainable).toBe(false);
  });

  test('parameters behind a step cannot learn, and it says so', () => {
    const model = buildModel(
      documentOf(
        { data: 'data', a: 'linear', step: 'heaviside', b: ['linear', { units: 1 }], loss: 'bceWithLogits' },
        [
          'data.x -> a.x',
          'a.y -> step.x',
          'step.y -> b.x',
          'b.y -> loss.prediction',
          'data.y -> loss.target',
        ],
      ),
      planar(2),
      training,
    );
    expect(model.problems).toMatchObject([
      {
        code: 'net/no-gradient',
        severity: 'warning',
        node: 'a',
        title: 'a cannot learn: no gradient passes step',
      },
    ]);
    expect(model.trainable).toBe(true);
  });

  test('without data every shape waits, and the data node says why', () => {
    const model = buildModel(classifier(3), null, training);
    expect(model.problems).toMatchObject([{ code: 'model/no-data', node: 'data' }]);
  });

  test('dropout draws in training only, and keeps its probability hot', () => {
    const document = documentOf(
      { data: 'data', drop: ['dropout', { p: 0.25 }], a: ['linear', { units: 1 }], loss: 'mse' },
      ['data.x -> drop.x', 'drop.y -> a.x', 'a.y -> loss.prediction', 'data.y -> loss.target'],
    );
    const model = buildModel(document, regression(3), training);
    expect(model.hypers).toEqual([{ name: 'drop.p', node: 'drop', param: 'p', value: 0.25 }]);
    const inference = buildModel(document, regression(3), { batch: 4, training: false });
    expect(inference.nodes.get('drop')?.outputs.y).toBe(inference.data?.x);
  });
});
