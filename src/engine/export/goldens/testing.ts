// Cases of one step that PyTorch computed, as scripts/golden/step_parity.py and mixed_parity.py write them.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { topological } from '../../ir/graph.ts';
import type { Shape } from '../../ir/shape.ts';
import { sameShape } from '../../ir/shape.ts';
import type { Value } from '../../ir/value.ts';
import { readDocument } from '../../model/migrate.ts';
import type { GraphDocument } from '../../model/schema.ts';
import { evaluate } from '../../ops/evaluate.ts';
import { prepareStep, type StepInputs, wantedValues } from '../one-step.ts';
import { readSafetensors, type Safetensors } from '../safetensors.ts';

interface StoredGolden {
  readonly name: string;
  readonly document: unknown;
  /** Files of safetensors in base64. */
  readonly weights: string;
  readonly batch: string;
  readonly expected: string;
}

export interface StepGolden {
  readonly name: string;
  readonly document: GraphDocument;
  readonly inputs: StepInputs;
  readonly expected: Safetensors;
}

const tensorsOf = (text: string): Safetensors =>
  readSafetensors(Uint8Array.from(Buffer.from(text, 'base64')), 'golden');

/** The cases of a file in this folder. */
export function goldensOf(file: string): StepGolden[] {
  const stored: readonly StoredGolden[] = JSON.parse(readFileSync(join(import.meta.dirname, file), 'utf8'));
  return stored.map(({ name, document, weights, batch, expected }) => {
    const parsed = readDocument(document);
    if (!parsed.ok) throw new Error(parsed.problem.title);
    const inputs = {
      weights: tensorsOf(weights),
      batch: tensorsOf(batch),
      names: { weights: 'weights', batch: 'batch' },
    };
    return { name, document: parsed.document, inputs, expected: tensorsOf(expected) };
  });
}

interface Found {
  readonly shape: Shape;
  readonly data: ArrayLike<number | bigint>;
}

/** What `runOneStep` gives, by the references of the ops. */
export function stepInFloat64(
  document: GraphDocument,
  inputs: StepInputs,
): Map<string, { shape: Shape; data: Float64Array }> {
  const { model, feeds } = prepareStep(document, inputs);
  const wanted = wantedValues(model);
  const roots = wanted.map((w) => w.value);
  // Dropout at 0 draws all the same.
  const hypers = topological(roots).flatMap((v): [Value, number[]][] => {
    if (v.op.id !== 'hyper') return [];
    const { name } = v.attrs as { name: string };
    return [[v, [model.hypers.find((h) => h.name === name)?.value ?? 0]]];
  });
  const results = evaluate(roots, new Map<Value, ArrayLike<number>>([...feeds, ...hypers]));
  return new Map(wanted.map(({ name, value }, i) => [name, { shape: value.shape, data: results[i]! }]));
}

/**
 * The largest difference from what is expected, relative to the largest number of its tensor (a floor stands for tensors
 * that cancel to almost nothing), and which tensor it is. A tensor that no gradient reaches may be left out where it is 0.
 */
export function worstDifference(
  found: ReadonlyMap<string, Found>,
  expected: { readonly tensors: ReadonlyMap<string, Found> },
  floor = 1e-3,
): { error: number; where: string } {
  let worst = { error: 0, where: '' };
  for (const [name, { shape, data }] of expected.tensors) {
    const wanted = Array.from(data as ArrayLike<number | bigint>, Number);
    const got = found.get(name);
    const largest = wanted.reduce((most, v) => Math.max(most, Math.abs(v)), floor);
    const fits = got ? sameShape(got.shape, shape) : wanted.every((v) => v === 0);
    const apart = wanted.map((v, i) => (got ? Math.abs(v - Number(got.data[i])) : 0));
    const error = fits ? apart.reduce((a, b) => (b > a || Number.isNaN(b) ? b : a), 0) / largest : Number.NaN;
    if (!(error <= worst.error)) worst = { error, where: name };
    if (Number.isNaN(error)) break;
  }
  return worst;
}
