/** The front door of the engine: what the app and the command line may use, by name. One line per file that gives. */
export { anyTarget, type Target } from './compile/compile.ts';
export { shippedDatasets } from './data/catalogue.ts';
export { type DataDescription, type Dataset, sampleOf } from './data/dataset.ts';
export { type CheckedDocument, checkDocument, isTextDocument } from './data/document.ts';
export { generators } from './data/generators/index.ts';
export {
  type CsvPreview,
  type DataFile,
  type DataIo,
  dataFileOf,
  ioOfFiles,
  type LoadedData,
  loadDataset,
  previewCsv,
  previewText,
  type TextPreview,
} from './data/load.ts';
export { type ColumnProfile, retypeColumn } from './data/profile.ts';
export { type ColumnRecipe, missingRules, type TableRecipe, tableRecipe } from './data/recipe.ts';
export { type SeriesWindows, seriesWindows } from './data/series.ts';
export { type DataOrigin, type DataSpec, dataSpec, describeData, parseDataSpec } from './data/spec.ts';
export { type TextWindows, textWindows } from './data/text.ts';
export { EngineError, invariant, type UserMessage } from './errors.ts';
export { runOneStep, type StepDump, type StepInputs } from './export/one-step.ts';
export {
  readSafetensors,
  type Safetensors,
  type StoredTensor,
  writeSafetensors,
} from './export/safetensors.ts';
export { type TypeScriptCode, typescriptOf } from './export/typescript/model-code.ts';
export {
  exportTypeScript,
  type ProjectFiles,
  projectDataPath,
  type TypeScriptExport,
} from './export/typescript/project.ts';
export { formatShape, type Shape } from './ir/shape.ts';
export type { Decision, LayerSpec, ParamMeta, PortKind, PortSpec } from './layers/define.ts';
export { categoryTitles, layerPage } from './layers/document.ts';
export {
  type FieldType,
  isFieldShown,
  type ParamField,
  paramDefaults,
  paramFields,
} from './layers/fields.ts';
export { layerList, layerOf } from './layers/index.ts';
export {
  type BlockPorts,
  blockInputKind,
  blockKind,
  blockOutputKind,
  blockPorts,
  graphOf,
  holdsBlock,
  placeOf,
  portsOfNode,
  type Scope,
  withGraph,
} from './model/blocks.ts';
export {
  type BuildOptions,
  type BuiltNode,
  buildModel,
  type DataShapes,
  type Model,
  type ModelHyper,
  type ModelParameter,
  type ModelState,
  parameterCount,
} from './model/build.ts';
export { applyEdits } from './model/edits.ts';
export { evaluateExpression, namesIn } from './model/expression.ts';
export { evaluate, isFormula, takenOut } from './model/formula.ts';
export { inline, type Net, type NetNode } from './model/inline.ts';
export { type LibraryBlock, withLibraryBlock } from './model/library/define.ts';
export { libraryBlockOf, libraryBlocks } from './model/library/index.ts';
export { finishMetric, type Metric, metricsOf } from './model/metrics.ts';
export { type ParsedDocument, parseDocument, readDocument, stringifyDocument } from './model/migrate.ts';
export type { Edit, Problem, QuickFix } from './model/problems.ts';
export {
  type BlockDefinition,
  type DocNode,
  type DocNote,
  type DocWire,
  documentSchema,
  documentVersion,
  type ExposedParam,
  frameColors,
  type GraphDocument,
  type Json,
  nodeName,
  type TrainingSettings,
} from './model/schema.ts';
export { type ClassReport, classReport } from './model/scores.ts';
export {
  formatBytes,
  formatCount,
  formatFlops,
  type MemoryLimits,
  type ModelSummary,
  memoryProblem,
  type NodeSummary,
  summarise,
} from './model/summary.ts';
export type { OptimizerSpec } from './optim/define.ts';
export { clippingParams, penaltyParams } from './optim/gradients.ts';
export { optimizerList, optimizerOf, scheduleChoices } from './optim/index.ts';
export { addEpoch, noPlateau, type Plateau, plateauParams } from './optim/plateau.ts';
export { type ScheduleSpec, scheduleList, scheduleOf } from './optim/schedule.ts';
export { stoppingParams } from './optim/stopping.ts';
export { magnitudeCount, segmentBins } from './probe/bins.ts';
export { type Course, noCourse, normWindow } from './probe/course.ts';
export type { Fix } from './probe/fixes/fix.ts';
export { applicableFixes } from './probe/fixes.ts';
export { CaptureHistory } from './probe/history.ts';
export { measuredBy } from './probe/judge.ts';
export { addLoss, type LossTrend, noLoss } from './probe/loss-trend.ts';
export { describeNet } from './probe/net-facts.ts';
export { depthProfile, type MagnitudeBand, type ProfilePoint } from './probe/profile.ts';
export { normNumbers } from './probe/rules/exploding.ts';
export {
  foldedOf,
  momentOf,
  noiseScale,
  signalToNoise,
  statisticsOf,
  type TensorStatistics,
} from './probe/statistics.ts';
export {
  binCount,
  momentCount,
  type ProbeCapture,
  type ProbeSegment,
  type ProbeTrack,
} from './probe/types.ts';
export type { EvidenceNumber, NetFacts, Verdict } from './probe/verdict.ts';
export { powerOfTen, readable, readablePower } from './probe/words.ts';
export { type Allowed, type OpenDevice, openDevice, targetOf } from './runtime/device.ts';
export { type CutStore, longestDispatch, measuredDevice } from './runtime/tuning.ts';
export type { Quality, Template } from './templates/define.ts';
export { templateOf, templates } from './templates/index.ts';
export { themes } from './templates/themes.ts';
export type { EarlyStop } from './train/best.ts';
export type { StartReport } from './train/examine.ts';
export type { GenerateOptions } from './train/generate.ts';
export type {
  FieldFacts,
  Inside,
  InspectAnswer,
  InspectRequest,
  OutputFacts,
  ParameterFacts,
  Part,
  Samples,
  Tensor,
  Wish,
} from './train/inspect-protocol.ts';
export type { MemoryPlan, MemoryUse } from './train/memory-plan.ts';
export { planRun } from './train/plan.ts';
export {
  type KernelShare,
  kernelShares,
  millisOfStep,
  type Profile,
} from './train/profile.ts';
export type {
  AllowedMessage,
  CutsMessage,
  DataFiles,
  Evaluation,
  FromWorker,
  PruneRequest,
  RunFacts,
  RunStatus,
  SavedTensor,
  ToWorker,
} from './train/protocol.ts';
export { drawTicket } from './train/prune.ts';
export type { Pruning } from './train/pruning.ts';
export type { Takeover } from './train/takeover.ts';
export { openGenerator } from './train/trained.ts';
export { type Chunk, Trainer, type TrainerOptions } from './train/trainer.ts';
export { watchedChunks } from './train/watched.ts';
export { Watcher } from './train/watcher.ts';
