// For tests of training: small nets on two spirals, on the test's adapter.
import { ioOfFiles, type LoadedData, loadDataset } from '../data/load.ts';
import { dataSpec } from '../data/spec.ts';
import type { GraphDocument, Json } from '../model/schema.ts';
import { documentOf } from '../model/testing.ts';
import { testDevice } from '../runtime/testing.ts';
import { Trainer, type TrainerOptions } from './trainer.ts';

const origin = dataSpec.parse({ origin: { source: 'generated', kind: 'spirals', params: {} } });

/** data → Linear → activation → … → Linear → cross-entropy. */
export function mlp(
  widths: readonly number[],
  activation: string,
  training: Record<string, Json> = {},
): GraphDocument {
  const nodes: Record<string, string | readonly [string, Record<string, Json>]> = { data: 'data' };
  const wires: string[] = [];
  let last = 'data.x';
  widths.forEach((units, i) => {
    nodes[`linear_${i + 1}`] = ['linear', { units }];
    wires.push(`${last} -> linear_${i + 1}.x`);
    last = `linear_${i + 1}.y`;
    if (i === widths.length - 1) return;
    nodes[`${activation}_${i + 1}`] = activation;
    wires.push(`${last} -> ${activation}_${i + 1}.x`);
    last = `${activation}_${i + 1}.y`;
  });
  nodes.loss = 'crossEntropy';
  wires.push(`${last} -> loss.prediction`, 'data.y -> loss.target');
  const document = documentOf(nodes, wires);
  const optimizer = { kind: 'adam', params: { learningRate: 0.01 } };
  return { ...document, training: { ...document.training, batchSize: 32, optimizer, ...training } };
}

/** 1000 points in the plane, on two spirals. */
export const spirals: Promise<LoadedData> = loadDataset(origin, ioOfFiles({}));

/** A trainer of the document on the spirals. */
export async function trainerOf(
  document: GraphDocument,
  probes = true,
  { software = true, ...options }: { software?: boolean } & Omit<TrainerOptions, 'probes'> = {},
): Promise<Trainer> {
  const device = await testDevice();
  return Trainer.create({ device, name: 'test', software }, document, await spirals, { ...options, probes });
}

/** Losses of the first steps, made in submissions of the given sizes. */
export async function losses(
  t: Trainer,
  sizes: readonly number[],
  lookAt?: (step: number) => boolean,
): Promise<number[]> {
  const all: number[] = [];
  for (const size of sizes) all.push(...(await t.run(size, lookAt)).rows.loss);
  return all;
}
