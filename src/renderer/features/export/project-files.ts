/** The files of an exported project: the net as it is drawn, with the weights of the shown run where they fit. */
import {
  checkDocument,
  type DataFiles,
  dataFileOf,
  exportTypeScript,
  type GraphDocument,
  ioOfFiles,
  loadDataset,
  type StoredTensor,
} from '../../../engine/index.ts';
import { readDataFiles } from '../../engine-client/data-files.ts';
import { isSameGraph } from '../../engine-client/same-graph.ts';
import { shownRun } from '../../engine-client/store.ts';
import type { Training } from '../../engine-client/training.ts';
import type { Host } from '../../host.ts';

export interface ProjectFile {
  /** Within the folder. */
  readonly path: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Where the build puts the engine as one module, beside the page. */
const engineAddress = 'engine/gradloom.js';

/** @throws EngineError or Error with words for what is missing */
export async function projectFiles(
  training: Training,
  document: GraphDocument,
  host: Host,
): Promise<{ readonly files: ProjectFile[]; readonly trained: boolean }> {
  const weights = await trainedWeights(training, document);
  const data = await dataParts(document, await readDataFiles(document, host));
  const project = exportTypeScript(document, {
    ...data,
    ...(weights && { weights }),
    engine: await readEngine(),
  });
  const encoder = new TextEncoder();
  const files = [...project].map(([path, content]) => ({
    path,
    bytes: typeof content === 'string' ? encoder.encode(content) : content,
  }));
  return { files, trained: weights !== null };
}

/** The weights of the shown run; null where there is none, or where it trained another graph. */
async function trainedWeights(
  { store, client }: Training,
  document: GraphDocument,
): Promise<ReadonlyMap<string, StoredTensor> | null> {
  const run = shownRun(store.getState());
  if (!run?.facts || run.status === 'stopped' || !isSameGraph(run.document, document)) return null;
  const tensors = await client.saveWeights(run.id);
  return new Map(tensors.map(({ name, shape, data }) => [name, { shape, data }]));
}

/** How raw rows become what the net takes, and the data set's file for further training. */
async function dataParts(document: GraphDocument, files: DataFiles) {
  const { data: spec } = checkDocument(document);
  if (!spec) return {};
  const { preprocessing, dataset } = await loadDataset(spec, ioOfFiles(files));
  const file = dataFileOf(spec);
  const bytes = file && files[file.name];
  return { preprocessing, targets: dataset.targets, ...(bytes && { data: bytes }) };
}

async function readEngine(): Promise<string> {
  const answer = await fetch(engineAddress);
  if (!answer.ok)
    throw new Error(
      'The engine that goes with an export is missing beside the app. Build it again with npm start.',
    );
  return answer.text();
}
