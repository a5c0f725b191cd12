// The list of generators: to add one, declare it in its family's file and name it here, in the list and in the schema.
import { z } from 'zod';
import type { Generator } from './define.ts';
import { curve, linear, polynomial } from './functions.ts';
import { checkerboard, circles, gaussians, moons, spirals, xor } from './planar.ts';
import { adding, recall, reversal, temporalOrder } from './sequences.ts';
import { waves } from './signals.ts';

/** Every generator by its kind, in the order in which they are offered. */
export const generators = {
  xor,
  moons,
  circles,
  spirals,
  gaussians,
  checkerboard,
  curve,
  polynomial,
  linear,
  waves,
  recall,
  adding,
  temporalOrder,
  reversal,
} as const;

/** A generated data set as a document stores it: the generator, its parameters and the seed. */
export const generatedSpec = z.discriminatedUnion('kind', [
  spec(xor),
  spec(moons),
  spec(circles),
  spec(spirals),
  spec(gaussians),
  spec(checkerboard),
  spec(curve),
  spec(polynomial),
  spec(linear),
  spec(waves),
  spec(recall),
  spec(adding),
  spec(temporalOrder),
  spec(reversal),
]);

function spec<K extends string, P extends z.ZodObject>({ kind, params }: Generator<K, P>) {
  return z.strictObject({
    source: z.literal('generated'),
    kind: z.literal(kind),
    params,
    seed: z
      .int()
      .min(0)
      .default(0)
      .meta({ title: 'Data seed', description: 'Another seed draws other points.' }),
  });
}
