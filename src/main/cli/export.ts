// `gradloom export`: writes the model as a project that runs by itself, whole or not at all.

import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { dataFileOf, exportTypeScript } from '../../engine/index.ts';
import { writeExport } from '../services/exports.ts';
import { about, CliError } from './failure.ts';
import { dataIoFor, loadData, readDocumentFile, readTensors } from './files.ts';
import { print } from './output.ts';

export interface ExportOptions {
  readonly to: string;
  readonly out: string;
  readonly weights?: string;
}

const root = join(import.meta.dirname, '../../..');
/** The engine as one module: scripts/bundle-engine.ts makes it. */
const bundle = join(root, 'out/engine/gradloom.js');

export async function exportProject(path: string, { to, out, weights }: ExportOptions): Promise<void> {
  if (to !== 'typescript') throw new CliError(`--to ${to} is not known. Gradloom exports to typescript.`, 2);
  const document = await readDocumentFile(path);
  const tensors = weights === undefined ? undefined : (await readTensors(weights)).tensors;
  const { spec, data } = await loadData(path, document);
  const file = dataFileOf(spec);
  const io = dataIoFor(path);
  const bytes =
    file && (file.place === 'shipped' ? await io.readShipped(file.id) : await io.readFile(file.path));
  const engine = await engineBundle();
  const files = await about(path, () =>
    exportTypeScript(document, {
      ...(tensors && { weights: tensors }),
      ...(bytes && { data: bytes }),
      preprocessing: data.preprocessing,
      targets: data.dataset.targets,
      engine,
    }),
  );
  const encoder = new TextEncoder();
  const written = await writeExport({
    path: out,
    files: [...files].map(([name, content]) => ({
      path: name,
      bytes: typeof content === 'string' ? encoder.encode(content) : content,
    })),
    onConflict: 'refuse',
  });
  print(`${written.files} files written to ${written.path}. Try: node ${join(out, 'predict.ts')}`);
}

/** Whether the engine's sources are newer than its bundle. */
function isStale(): boolean {
  if (!existsSync(bundle)) return true;
  const made = statSync(bundle).mtimeMs;
  const folder = join(root, 'src/engine');
  const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.ts'),
  );
  return sources.some((name) => statSync(join(folder, name)).mtimeMs > made);
}

async function engineBundle(): Promise<string> {
  if (isStale()) {
    const { status } = spawnSync(process.execPath, [join(root, 'scripts/bundle-engine.ts')], {
      stdio: ['ignore', 2, 2],
    });
    if (status !== 0) throw new CliError('The engine could not be bundled; the reasons stand above.', 1);
  }
  return readFile(bundle, 'utf8');
}
