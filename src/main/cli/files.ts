// What commands read: documents, weights, and the data that a document asks for.
import { readFile, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import {
  checkDocument,
  type DataIo,
  type DataSpec,
  type GraphDocument,
  type LoadedData,
  loadDataset,
  parseDocument,
  readSafetensors,
  type Safetensors,
} from '../../engine/index.ts';
import { fileError } from '../errors.ts';
import { about, CliError } from './failure.ts';

const assetsFolder = join(import.meta.dirname, '../../../assets/data');

/** A larger file is no document, and would only fill the memory. */
const largestDocument = 64 * 1024 * 1024;

async function readBytes(path: string): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return new Uint8Array(await readFile(path));
  } catch (error) {
    throw fileError(error, path);
  }
}

/** Reads a document. @throws CliError that names the file and what is wrong with it */
export async function readDocumentFile(path: string): Promise<GraphDocument> {
  try {
    const { size } = await stat(path);
    if (size > largestDocument)
      throw new CliError(`${path} is too large to be a document (${Math.round(size / 2 ** 20)} MiB).`, 2);
  } catch (error) {
    throw fileError(error, path);
  }
  const bytes = await readBytes(path);
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw new CliError(`${path} is not a Gradloom document: it is not UTF-8 text.`, 2, { cause: error });
  }
  const parsed = parseDocument(text);
  if (!parsed.ok) throw new CliError(`${path}: ${parsed.problem.title}. ${parsed.problem.advice}`, 2);
  return parsed.document;
}

/** Reads a file of tensors. @throws EngineError or ShellError that names the file */
export async function readTensors(path: string): Promise<Safetensors> {
  return readSafetensors(await readBytes(path), path);
}

/** Files that documents ask for: shipped sets from the program's folder, tables relative to the document. */
export function dataIoFor(documentPath: string): DataIo {
  const read = async (path: string): Promise<ArrayBuffer> => (await readBytes(path)).buffer;
  return {
    readShipped: async (id) => {
      const path = join(assetsFolder, `${id}.bin`);
      try {
        return await read(path);
      } catch (error) {
        throw new CliError(`The data set ${id} is not packed yet: run npm run build once.`, 1, {
          cause: error,
        });
      }
    },
    readFile: (path) => read(resolve(dirname(resolve(documentPath)), path)),
  };
}

/** The data of a document, loaded. @throws CliError where it has none; what the loader throws */
export async function loadData(
  path: string,
  document: GraphDocument,
): Promise<{ spec: DataSpec; data: LoadedData }> {
  const { data: spec, model } = checkDocument(document);
  if (!spec) {
    const problem = model.problems.find((p) => p.severity === 'error');
    throw new CliError(
      `${path}: ${problem ? `${problem.title}. ${problem.advice}` : 'The document has no data node.'}`,
      1,
    );
  }
  return { spec, data: await about(path, () => loadDataset(spec, dataIoFor(path))) };
}

/** Stops on the first error of a document. @throws CliError that names file, node and cause */
export function assertTrainable(path: string, document: GraphDocument): void {
  const { model } = checkDocument(document);
  const problem = model.problems.find((p) => p.severity === 'error');
  if (problem) throw new CliError(`${path}: ${problem.title}. ${problem.advice}`, 1);
  if (!model.trainable)
    throw new CliError(`${path}: There is nothing to train. Add a loss and a layer with weights.`, 1);
}
