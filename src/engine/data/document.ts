// A document and its data together: which data its node asks for, and the model for data of that shape.
import { EngineError } from '../errors.ts';
import { type BuildOptions, buildModel, type DataShapes, type Model } from '../model/build.ts';
import { inline } from '../model/inline.ts';
import type { GraphDocument } from '../model/schema.ts';
import { type DataSpec, describeData, parseDataSpec } from './spec.ts';

export interface CheckedDocument {
  readonly model: Model;
  /** What the data node stores; null where there is no data node, or it is not valid (the model says why). */
  readonly data: DataSpec | null;
}

/** Builds the model for the data that the document itself asks for, without loading anything. Never throws on a user's mistake. */
export function checkDocument(document: GraphDocument, options: Partial<BuildOptions> = {}): CheckedDocument {
  const { spec, shapes } = documentData(document);
  const { batch = document.training.batchSize, training = true } = options;
  return { model: buildModel(document, shapes, { batch, training }), data: spec };
}

interface DocumentData {
  readonly spec: DataSpec | null;
  readonly shapes: DataShapes | EngineError | null;
}

/** What the document's first data node asks for. */
function documentData(document: GraphDocument): DocumentData {
  const node = Object.values(inline(document).nodes).find((n) => n.kind === 'data');
  if (!node) return { spec: null, shapes: null };
  try {
    const spec = parseDataSpec(node.params);
    return { spec, shapes: describeData(spec) };
  } catch (error) {
    if (error instanceof EngineError) return { spec: null, shapes: error };
    throw error;
  }
}

/** Whether a document's data is a text, so that its net may write. */
export function isTextDocument(document: GraphDocument): boolean {
  const origin = documentData(document).spec?.origin;
  return origin?.source === 'text' || (origin?.source === 'shipped' && origin.id === 'sonnets');
}

/** The data that a document's data node asks for; null where there is none or it is not valid. */
export function dataSpecOf(document: GraphDocument): DataSpec | null {
  return documentData(document).spec;
}
