// Every parameter of every layer, set to what it cannot be: one sentence on the node that names it, and nothing is built.
import { describe, expect, test } from 'vitest';
import { type ParamField, paramFields } from '../layers/fields.ts';
import { layerList } from '../layers/index.ts';
import { buildModel } from './build.ts';
import type { Json } from './schema.ts';
import { documentOf } from './testing.ts';

/** Values that a field refuses: of another kind, outside its bounds, of no known name. */
function refused(field: ParamField): Json[] {
  const { type: kind, min, max } = field;
  switch (kind) {
    case 'boolean':
      return ['yes', 1, null, []];
    case 'choice':
      return ['no such choice', 3, null, true];
    case 'integer':
    case 'number':
      return [
        'many',
        null,
        [],
        {},
        true,
        ...(kind === 'integer' ? [1.5] : []),
        ...(min === undefined ? [] : [min - 1]),
        ...(max === undefined ? [] : [max + 1]),
      ];
    case 'sizes':
      return [
        'many',
        null,
        {},
        [1.5],
        ['1'],
        ...(min === undefined ? [] : [[min - 1]]),
        ...(max === undefined ? [] : [[max + 1]]),
      ];
    case 'text':
      return [3, null];
    case 'json':
      return [null, 'many', ['a']];
    default:
      kind satisfies never;
      return [];
  }
}

const cases = layerList
  .filter((spec) => spec.kind !== 'data')
  .flatMap((spec) => {
    const fields = paramFields(spec.params);
    return fields.length === 0 ? [] : [[spec.kind, spec, fields] as const];
  });

describe('a parameter that cannot be', () => {
  test.each(cases)('of %s gets one sentence that names it', (kind, spec, fields) => {
    const wires = spec.inputs.flatMap(({ name, kind: port, optional }) =>
      optional ? [] : [`data.${port === 'labels' ? 'y' : 'x'} -> it.${name}`],
    );
    for (const field of fields)
      for (const value of refused(field)) {
        const model = buildModel(
          documentOf({ data: 'data', it: [kind, { [field.name]: value }] }, wires),
          {
            inputs: [{ name: 'x', dtype: 'f32', shape: [4] }],
            targets: [{ kind: 'regression', shape: [4] }],
          },
          { batch: 2, training: true },
        );
        const own = model.problems.filter((p) => p.node === 'it' && p.param === field.name);
        const what = `${field.name} = ${JSON.stringify(value)}`;
        expect(
          own.map((p) => p.severity),
          what,
        ).toEqual(['error']);
        expect(own[0]?.title, what).toMatch(/^it: .+ (must|is|holds|cannot|may|has)/);
        expect(own[0]?.title.includes(`(${field.name})`), what).toBe(true);
        expect(own[0]?.advice, what).toBeTruthy();
        expect(model.nodes.get('it')?.state, what).toBe('problem');
      }
  });

  test('also one that the layer does not have', () => {
    const model = buildModel(
      documentOf({ data: 'data', it: ['linear', { unit: 3 }] }, ['data.x -> it.x']),
      null,
      { batch: 2, training: true },
    );
    expect(model.problems.filter((p) => p.node === 'it').map((p) => p.severity)).toContain('error');
  });
});
