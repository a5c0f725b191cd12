/** The front door of the engine: what the app and the command line may use, by name. One line per file that gives. */
export { shippedDatasets } from './data/catalogue.ts';
export { generators } from './data/generators/index.ts';
export { type CsvPreview, previewCsv } from './data/load.ts';
export { type ColumnProfile, retypeColumn } from './data/profile.ts';
export { type ColumnRecipe, missingRules, type TableRecipe, tableRecipe } from './data/recipe.ts';
export { type DataOrigin, type DataSpec, dataSpec } from './data/spec.ts';
export { EngineError, type UserMessage } from './errors.ts';
export { formatShape, type Shape } from './ir/shape.ts';
export type { LayerSpec, PortKind, PortSpec } from './layers/define.ts';
export {
  type DocNode,
  type DocNote,
  type DocWire,
  documentSchema,
  documentVersion,
  type GraphDocument,
  type Json,
  nodeName,
  type TrainingSettings,
} from './model/schema.ts';
