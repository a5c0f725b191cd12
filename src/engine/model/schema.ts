/**
 * The document: what a person wired and set, as plain JSON with stable ids and stable order.
 * Reading goes through `parseDocument` (model/migrate.ts), which brings older versions up to date and refuses newer ones.
 */
import { z } from 'zod';

export const documentVersion = 1;

/** A node's name: unique in its document, and an identifier, since weights and exported code are called after it. */
export const nodeName = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'must start with a letter and hold letters, digits and _ only')
  .max(64);

const finite = z.number().refine(Number.isFinite, 'must be a finite number');

/** JSON values, as parameters may hold them. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
const json: z.ZodType<Json> = z.lazy(() =>
  z.union([z.null(), z.boolean(), finite, z.string(), z.array(json), z.record(z.string(), json)]),
);

/** One box. `params` is what its layer kind declares; unknown kinds keep theirs untouched (a ghost node). */
export const nodeSchema = z.object({
  kind: z.string().min(1),
  name: nodeName,
  params: z.record(z.string(), json).default({}),
  position: z.tuple([finite, finite]),
});

/** One arrow from an output port to an input port. */
export const wireSchema = z.object({
  from: z.tuple([z.string(), z.string()]),
  to: z.tuple([z.string(), z.string()]),
});

/** Text on the canvas, Markdown with LaTeX. */
export const noteSchema = z.object({
  text: z.string(),
  position: z.tuple([finite, finite]),
  size: z.tuple([finite, finite]).default([240, 120]),
});

/** One of the kinds that `optim/` declares, with the parameters that it declares. */
const choice = (kind: string) =>
  z
    .object({ kind: z.string(), params: z.record(z.string(), json).default({}) })
    .default({ kind, params: {} });

/** How the net is trained. */
export const trainingSchema = z.object({
  optimizer: choice('adam'),
  /** What the learning rate is multiplied by as training goes on. */
  schedule: choice('constant'),
  batchSize: z.int().min(1).max(65_536).default(32),
  epochs: z.int().min(1).max(1_000_000).default(100),
  /** Initial weights, data order and dropout all follow from this number. */
  seed: z.int().min(0).max(0xffff_ffff).default(1),
});

export const documentSchema = z.object({
  format: z.literal('gradloom'),
  version: z.literal(documentVersion),
  name: z.string().max(200).default('Untitled'),
  /** Markdown: what to look at, what to try. */
  description: z.string().default(''),
  nodes: z.record(z.string(), nodeSchema),
  wires: z.record(z.string(), wireSchema),
  notes: z.record(z.string(), noteSchema).default({}),
  training: trainingSchema.default(() => trainingSchema.parse({})),
});

export type DocNode = z.infer<typeof nodeSchema>;
export type DocWire = z.infer<typeof wireSchema>;
export type DocNote = z.infer<typeof noteSchema>;
export type TrainingSettings = z.infer<typeof trainingSchema>;
/** A Gradloom document. Wires join node ids and port names; node ids are opaque and never change. */
export type GraphDocument = z.infer<typeof documentSchema>;
