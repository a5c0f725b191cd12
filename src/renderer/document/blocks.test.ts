import { describe, expect, test } from 'vitest';
import {
  blockInputKind,
  checkDocument,
  type DataSpec,
  type GraphDocument,
  stringifyDocument,
  templateOf,
} from '../../engine/index.ts';
import { selectNodes } from '../session/session.ts';
import { clipOf } from './clipboard.ts';
import { group, makeIndependent, removeUnusedBlocks, setRepeat, whyNotGroup } from './commands/blocks.ts';
import { setData } from './commands/data.ts';
import { expose, setExposed } from './commands/exposed.ts';
import { addNode, deleteSelection, renameNode, setParam } from './commands/nodes.ts';
import { paste } from './commands/paste.ts';
import { unpack } from './commands/unpack.ts';
import { connect } from './commands/wires.ts';
import { smallNet, storeOf } from './testing.ts';

/** data → linear_1 → relu_1 → linear_2 → relu_2 → linear_3 → output → loss, and a store of it. */
function netStore() {
  const { store, selection } = storeOf(smallNet());
  const run = (...commands: readonly Parameters<ReturnType<typeof store.getState>['run']>[0][]): void => {
    for (const command of commands) store.getState().run(command);
  };
  const doc = (): GraphDocument => store.getState().doc;
  const parameters = (): string[] => checkDocument(doc()).model.parameters.map((p) => p.name);
  const problems = (): string[] => checkDocument(doc()).model.problems.map((p) => p.title);
  return { store, selection, run, doc, parameters, problems };
}

const hidden = new Set(['linear_2', 'relu_2']);

describe('grouping', () => {
  test('makes a block whose ports are what came in and went out, and the net computes the same', () => {
    const { run, doc, parameters, problems, selection } = netStore();
    const before = checkDocument(doc()).model;
    run(group(hidden, 'b', 'i'));
    expect(selection.current.nodes).toEqual(new Set(['i']));
    expect(Object.keys(doc().nodes)).toEqual([
      'data',
      'linear_1',
      'relu_1',
      'i',
      'linear_3',
      'output',
      'crossEntropy',
    ]);
    expect(Object.values(doc().blocks.b?.nodes ?? {}).map((n) => n.name)).toEqual([
      'linear_2',
      'relu_2',
      'x',
      'y',
    ]);
    expect(problems()).toEqual([]);
    expect(parameters()).toContain('block.linear_2.weight');
    expect(checkDocument(doc()).model.parameters.map((p) => p.shape)).toEqual(
      before.parameters.map((p) => p.shape),
    );
  });

  test('is undone as one step', () => {
    const { store, run, doc } = netStore();
    const before = doc();
    run(group(hidden));
    store.getState().undo();
    expect(doc()).toBe(before);
  });

  test.each([
    [['data', 'linear_1'], /data is the data of the whole net/],
    [['linear_1', 'linear_2'], /relu_1 lies between them/],
    [[], /Select the layers/],
  ])('of %j is refused in words', (ids, words) => {
    expect(whyNotGroup(netStore().doc(), new Set(ids))).toMatch(words);
  });

  test('and unpacking gives the same net back', () => {
    const { run, doc, problems } = netStore();
    const before = checkDocument(doc()).model;
    run(group(hidden, 'b', 'i'), unpack('i', 1), removeUnusedBlocks());
    expect(problems()).toEqual([]);
    expect(doc().blocks).toEqual({});
    const after = checkDocument(doc()).model;
    expect(after.parameters.map((p) => [p.name, p.shape])).toEqual(
      before.parameters.map((p) => [p.name, p.shape]),
    );
  });
});

describe('instances', () => {
  test('that repeat are unpacked as often, in series', () => {
    const { run, doc, problems, parameters } = netStore();
    run(group(hidden, 'b', 'i'), setRepeat('i', 3));
    expect(parameters()).toContain('block.2.linear_2.weight');
    const shapes = checkDocument(doc()).model.parameters.map((p) => p.shape);
    run(unpack('i', 3));
    expect(problems()).toEqual([]);
    expect(checkDocument(doc()).model.parameters.map((p) => p.shape)).toEqual(shapes);
  });

  test('follow an edit inside, which undo takes back where it was made', () => {
    const { store, run, doc, parameters } = netStore();
    run(group(hidden, 'b', 'i'), setRepeat('i', 2));
    store.getState().open('i#0/');
    expect(Object.keys(store.getState().level.nodes)).toContain('linear_2');
    run(setParam('linear_2', 'bias', false));
    expect(parameters().filter((n) => n.endsWith('linear_2.bias'))).toEqual([]);
    store.getState().open('');
    store.getState().undo();
    expect(store.getState().path).toBe('i#0/');
    expect(doc().blocks.b?.nodes.linear_2?.params.bias).toBeUndefined();
  });

  test('keep their wires when a port is renamed inside, and lose them with the port', () => {
    const { store, run, doc, problems } = netStore();
    run(group(hidden, 'b', 'i'));
    store.getState().open('i/');
    const port = Object.keys(doc().blocks.b?.nodes ?? {}).find(
      (id) => doc().blocks.b?.nodes[id]?.kind === blockInputKind,
    );
    run(renameNode(port ?? '', 'signal'));
    expect(Object.values(doc().wires).find((w) => w.to[0] === 'i')?.to).toEqual(['i', 'signal']);
    expect(problems()).toEqual([]);
    run(deleteSelection(selectNodes([port ?? '']), 'cut'));
    expect(Object.values(doc().wires).some((w) => w.to[0] === 'i')).toBe(false);
  });

  test('made independent no longer follow each other', () => {
    const { run, doc } = netStore();
    run(
      addNode({ kind: 'block:mlp', position: [0, 0] }, 'a'),
      addNode({ kind: 'block:mlp', position: [0, 0] }, 'b'),
    );
    expect(Object.keys(doc().blocks)).toEqual(['mlp']);
    run(makeIndependent('b', 'own'));
    expect(doc().nodes.b?.block?.of).toBe('own');
    expect(doc().blocks.own?.title).toBe('MLP block copy');
  });

  test('of the library come with their definition, and their name is free', () => {
    const { run, doc } = netStore();
    run(addNode({ kind: 'block:residualMlp', position: [0, 0] }, 'a'));
    expect(doc().nodes.a).toMatchObject({ kind: 'block', name: 'residualMlp', block: { of: 'residualMlp' } });
    expect(doc().blocks.residualMlp?.title).toBe('Residual MLP block');
  });

  test('cannot be put inside of themselves', () => {
    const { store, run, doc } = netStore();
    run(group(hidden, 'b', 'i'));
    store.getState().open('i/');
    const before = doc();
    run(addNode({ kind: 'block:b', position: [0, 0] }));
    expect(doc()).toBe(before);
  });

  test('unpacked keep the values that the block was set to', () => {
    const { run, doc } = netStore();
    run(
      addNode({ kind: 'block:residualMlp', position: [0, 0], params: { hidden: 48 } }, 'a'),
      unpack('a', 1),
    );
    const units = Object.values(doc().nodes).find((n) => n.name === 'linear1')?.params.units;
    expect(units).toBe(48);
  });
});

describe('parameters of a canvas', () => {
  const units = {
    name: 'units',
    title: 'Units',
    description: 'Width.',
    type: 'integer',
    default: 16,
    min: 1,
    max: 512,
  } as const;

  test('of a block are read by formulas inside and set by each instance', () => {
    const { store, run, doc } = netStore();
    run(group(hidden, 'b', 'i'));
    store.getState().open('i/');
    run(expose('b', 'linear_2', units, 32));
    store.getState().open('');
    run(setParam('i', 'units', 20));
    const model = checkDocument(doc()).model;
    expect(model.problems).toEqual([]);
    expect(model.parameters.find((p) => p.name === 'block.linear_2.weight')?.shape[0]).toBe(20);
  });

  test('of the document reach all that reads them, at once', () => {
    const { run, doc } = netStore();
    run(expose(null, 'linear_1', units, 32), setParam('linear_2', 'units', { '=': 'units * 2' }));
    run(setExposed(null, 'units', { value: 6 }));
    const shapes = checkDocument(doc()).model.parameters.map((p) => p.shape.join());
    expect(shapes.slice(0, 3)).toEqual(['6,2', '6', '12,6']);
  });
});

test('copies carry their blocks into another document, and leave a block of the same name there alone', () => {
  const { run, doc } = netStore();
  run(group(hidden, 'b', 'i'));
  const clip = clipOf(doc(), selectNodes(['i']));
  const other = storeOf(templateOf('mlp-penguins')?.document ?? smallNet()).store;
  other.getState().run(paste(clip, [0, 0]));
  expect(Object.keys(other.getState().doc.blocks)).toEqual(['b']);
  run(setRepeat('i', 2));
  const { store, run: runHere } = netStore();
  runHere(group(new Set(['linear_1', 'relu_1']), 'b', 'j'), paste(clip, [0, 0]));
  expect(Object.keys(store.getState().doc.blocks)).toHaveLength(2);
  expect(JSON.parse(stringifyDocument(store.getState().doc)).blocks.b.nodes).toHaveProperty('linear_1');
});

test('data that is dropped while a block is open becomes the data of the net', () => {
  const { store, run, doc } = netStore();
  run(group(hidden, 'b', 'i'));
  store.getState().open('i/');
  run(
    setData('data', { origin: { source: 'shipped', id: 'penguins' } } as Partial<DataSpec>, 'open penguins'),
  );
  expect(doc().nodes.data?.params.origin).toMatchObject({ id: 'penguins' });
  expect(store.getState().path).toBe('i/');
});

test('a wire to an instance is one to a port of its block', () => {
  const { run, doc } = netStore();
  run(addNode({ kind: 'block:decoder', position: [0, 0] }, 'd'));
  run(connect({ node: 'relu_1', port: 'y' }, { node: 'd', port: 'memory' }));
  expect(Object.values(doc().wires)).toContainEqual({ from: ['relu_1', 'y'], to: ['d', 'memory'] });
});
