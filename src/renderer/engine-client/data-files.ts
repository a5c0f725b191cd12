/** Fetches through the host the files that a document's data nodes are read from, under the names that the loader uses. */
import {
  type DataFile,
  type DataFiles,
  dataFileOf,
  dataSpec,
  type GraphDocument,
} from '../../engine/index.ts';
import type { Host } from '../host.ts';

/** @throws Error whose message says which file could not be read, and what to do */
export async function readDataFiles(
  document: GraphDocument,
  host: Pick<Host, 'invoke' | 'readData'>,
): Promise<DataFiles> {
  const files = await Promise.all(dataFiles(document).map((file) => readDataFile(file, host)));
  return Object.fromEntries(files);
}

/** The files of all data nodes: of every node with a parameter that says where data is from. */
function dataFiles(document: GraphDocument): readonly DataFile[] {
  const files = Object.values(document.nodes).flatMap(({ params }) =>
    [params, ...Object.values(params)].flatMap((value) => {
      const spec = dataSpec.safeParse(value);
      return spec.success ? (dataFileOf(spec.data) ?? []) : [];
    }),
  );
  return [...new Map(files.map((file) => [file.name, file])).values()];
}

async function readDataFile(
  file: DataFile,
  { invoke, readData }: Pick<Host, 'invoke' | 'readData'>,
): Promise<[string, ArrayBuffer]> {
  if (file.place === 'user') {
    const reply = await readData(file.path);
    if (!reply.ok) throw new Error(`${reply.title} ${reply.fix}`);
    return [file.name, ownBuffer(reply.value.bytes)];
  }
  const reply = await invoke('data:builtin', { name: file.id });
  if (!reply.ok) throw new Error(`${reply.title} ${reply.fix}`);
  const found = reply.value.files.find(({ name }) => name === file.name);
  if (!found)
    throw new Error(`${file.name} is missing among the data that ships. Build it again with npm start.`);
  return [file.name, ownBuffer(found.bytes)];
}

/** The bytes in a buffer of their own, which can be handed to the worker without a copy. */
function ownBuffer(bytes: Uint8Array): ArrayBuffer {
  return bytes.slice().buffer;
}
