/**
 * The document: what a person wired and set, as plain JSON with stable ids and stable order.
 * Reading goes through `parseDocument` (model/migrate.ts), which brings older versions up to date and refuses newer ones.
 */
import { z } from 'zod';
import { clippingParams, penaltyParams } from '../optim/gradients.ts';
import { stoppingParams } from '../optim/stopping.ts';

export const documentVersion = 2;

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

/** A value that follows from the parameters around it: `{ "=": "channels / 4" }`. */
export const formulaSchema = z.strictObject({ '=': z.string().max(200) });

/** Where a node stands for a block: which one, how often in series, and whether all repetitions have one set of weights. */
export const instanceSchema = z.object({
  of: z.string(),
  /** Absent: once, and names of weights carry no number. */
  repeat: z.union([z.int().min(0).max(1000), formulaSchema]).optional(),
  shared: z.boolean().default(false),
});

/**
 * One box. `params` is what its layer kind declares; unknown kinds keep theirs untouched (a ghost node). A node of the kind
 * `block` says in `block` what it stands for. Inside of blocks, `blockInput` and `blockOutput` are the block's ports: a port
 * is called as its node.
 */
export const nodeSchema = z.object({
  kind: z.string().min(1),
  name: nodeName,
  params: z.record(z.string(), json).default({}),
  position: z.tuple([finite, finite]),
  block: instanceSchema.optional(),
  /** Left out of the net: what comes in goes out, port by port. */
  bypassed: z.boolean().optional(),
  /** Stays where it is, and is not deleted. */
  locked: z.boolean().optional(),
});

/** One arrow from an output port to an input port. */
export const wireSchema = z.object({
  from: z.tuple([z.string(), z.string()]),
  to: z.tuple([z.string(), z.string()]),
});

/** Colours of frames, by the name of a category's colour. */
export const frameColors = [
  'basic',
  'data',
  'activation',
  'normalisation',
  'attention',
  'loss',
  'shape',
] as const;

/** Text on the canvas, Markdown with LaTeX. */
export const noteSchema = z.object({
  text: z.string(),
  position: z.tuple([finite, finite]),
  size: z.tuple([finite, finite]).default([240, 120]),
  /** A frame around nodes, in this colour: the text is its title, and what lies in it moves with it. */
  frame: z.enum(frameColors).optional(),
});

/** Ids stand in paths such as `n3#0/n7` (model/inline.ts), so they hold neither of the two signs. */
const id = z.string().regex(/^[^/#]*$/, 'must not hold / or #');

/** What is wired on one canvas: the document's own, or that of a block. */
const graphShape = {
  nodes: z.record(id, nodeSchema),
  wires: z.record(id, wireSchema),
  notes: z.record(id, noteSchema).default({}),
};

/** A parameter of a block or of the document, by name: `value` is what it is unless an instance says otherwise. */
export const exposedSchema = z.object({
  title: z.string().max(200).default(''),
  description: z.string().default(''),
  value: z.union([finite, z.boolean(), z.string()]),
  min: finite.optional(),
  max: finite.optional(),
  /** Whole numbers where it is whole. */
  step: finite.optional(),
  choices: z.array(z.string()).optional(),
});
const exposedRecord = z.record(nodeName, exposedSchema).default({});

/** A block: boxes and wires that are used as one box, as often as one likes. All instances follow its edits. */
export const blockSchema = z.object({
  title: z.string().max(200).default('Block'),
  /** Markdown. */
  description: z.string().default(''),
  /** The block of the library that it was made from. */
  library: z.string().optional(),
  ...graphShape,
  params: exposedRecord,
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
  clipping: clippingParams.default(() => clippingParams.parse({})),
  penalty: penaltyParams.default(() => penaltyParams.parse({})),
  stopping: stoppingParams.default(() => stoppingParams.parse({})),
  batchSize: z.int().min(1).max(65_536).default(32),
  /** Micro-batches of `batchSize` samples that make one step, that of a batch of them all: a large batch in little memory. */
  accumulation: z.int().min(1).max(1024).default(1),
  epochs: z.int().min(1).max(1_000_000).default(100),
  /** Thresholds of verdict rules that differ from their defaults: by rule, then by name. */
  thresholds: z.record(z.string(), z.record(z.string(), finite)).default({}),
  /** Initial weights, data order and dropout all follow from this number. */
  seed: z.int().min(0).max(0xffff_ffff).default(1),
});

export const documentSchema = z.object({
  format: z.literal('gradloom'),
  version: z.literal(documentVersion),
  name: z.string().max(200).default('Untitled'),
  /** Markdown: what to look at, what to try. */
  description: z.string().default(''),
  ...graphShape,
  /** What the whole document can be set by: the depth of a net, for one. Nodes read them in formulas. */
  params: exposedRecord,
  /** By id. */
  blocks: z.record(id, blockSchema).default({}),
  training: trainingSchema.default(() => trainingSchema.parse({})),
});

export type Formula = z.infer<typeof formulaSchema>;
export type BlockInstance = z.infer<typeof instanceSchema>;
export type ExposedParam = z.infer<typeof exposedSchema>;
export type BlockDefinition = z.infer<typeof blockSchema>;
export type DocNode = z.infer<typeof nodeSchema>;
export type DocWire = z.infer<typeof wireSchema>;
export type DocNote = z.infer<typeof noteSchema>;
export type TrainingSettings = z.infer<typeof trainingSchema>;
/** A Gradloom document. Wires join node ids and port names; node ids are opaque and never change. */
export type GraphDocument = z.infer<typeof documentSchema>;
