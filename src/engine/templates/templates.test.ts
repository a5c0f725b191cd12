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
