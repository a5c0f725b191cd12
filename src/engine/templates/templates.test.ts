import { describe, expect, test } from 'vitest';
import { checkDocument } from '../data/document.ts';
import { parseDocument, stringifyDocument } from '../model/migrate.ts';
import { templates } from './index.ts';

describe.each(templates.map((t) => [t.id, t] as const))('%s', (_, template) => {
  test('can be trained as it is, without a problem', () => {
    const { model } = checkDocument(template.document);
    expect(model.problems).toEqual([]);
    expect(model.trainable).toBe(true);
  });

  test('survives writing and reading', () => {
    expect(parseDocument(stringifyDocument(template.document))).toEqual({
      ok: true,
      document: template.document,
    });
  });

  test('lies on the canvas without one box covering another', () => {
    const places = Object.values(template.document.nodes).map((n) => n.position);
    const near = places.flatMap(([x, y], i) =>
      places.slice(i + 1).filter(([u, v]) => Math.abs(x - u) < 240 && Math.abs(y - v) < 190),
    );
    expect(near).toEqual([]);
  });

  test('says what to look at, what to try, and what it reaches', () => {
    expect(template.text).toMatch(/\*\*Look at\*\*[\s\S]*\*\*Try\*\*/);
    expect(template.text.trimEnd()).toMatch(/(Reaches|verdict comes)[^\n]*\.$/);
  });
});

test('ids are unique', () => {
  expect(new Set(templates.map((t) => t.id)).size).toBe(templates.length);
});

test('the five of the optimiser race differ in their optimiser alone', () => {
  const race = templates.filter((t) => t.family?.title === 'Optimiser race');
  const documents = race.map(({ document: { name: _, description: __, training, ...net } }) => {
    const { optimizer, ...rest } = training;
    return { optimizer, shared: { net, training: rest } };
  });
  expect(documents).toHaveLength(5);
  for (const { shared } of documents) expect(shared).toEqual(documents[0]?.shared);
  expect(new Set(documents.map(({ optimizer }) => JSON.stringify(optimizer))).size).toBe(5);
});

test('the two of a family with one remedy differ in that alone', () => {
  const documentOf = (id: string) => templates.find((t) => t.id === id)?.document;
  const plain = documentOf('few-images');
  const augmented = documentOf('few-images-augmented');
  expect(augmented?.training).toEqual(plain?.training);
  const kinds = (document: typeof plain) => Object.values(document?.nodes ?? {}).map(({ kind }) => kind);
  expect(kinds(augmented).filter((kind) => kind !== 'randomAffine')).toEqual(kinds(plain));
});
