/**
 * A document as a project folder: model.ts and predict.ts run with Node alone; train.ts trains further through the engine that
 * lies beside it. Pure: gives files, writes none.
 */

import { checkDocument } from '../../data/document.ts';
import { type DataFile, dataFileOf, type LoadedData, type Preprocessing } from '../../data/load.ts';
import { type DataSpec, describeData } from '../../data/spec.ts';
import { EngineError } from '../../errors.ts';
import { sameShape } from '../../ir/shape.ts';
import { initialValues } from '../../layers/init.ts';
import type { Model } from '../../model/build.ts';
import { stringifyDocument } from '../../model/migrate.ts';
import type { GraphDocument } from '../../model/schema.ts';
import { type StoredTensor, writeSafetensors } from '../safetensors.ts';
import { assertExportable, type ModelCode, modelCode, storedTensors } from './model-code.ts';
import { type Answer, predictSource, type SampleTable, type Vocabulary } from './predict-source.ts';
import { readmeText } from './readme.ts';
import { trainSource } from './train-source.ts';

export interface TypeScriptExport {
  /** Weights by name (`linear_1.weight`); what is missing gets the document's initial values. */
  readonly weights?: ReadonlyMap<string, StoredTensor>;
  /** How raw rows become what the model takes; see `LoadedData`. */
  readonly preprocessing?: Preprocessing;
  /** How predictions become numbers in their own unit again. */
  readonly targets?: LoadedData['dataset']['targets'];
  /** The engine as one ES module, for train.ts. */
  readonly engine?: string;
  /** The bytes of the data set's file, for train.ts, where it has one. */
  readonly data?: ArrayBuffer;
}

/** What stands where in the folder; texts are UTF-8. */
export type ProjectFiles = ReadonlyMap<string, string | Uint8Array<ArrayBuffer>>;

/** Where train.ts finds a data set's file. */
export const projectDataPath = (file: DataFile): string =>
  file.place === 'shipped' ? `data/${file.name}` : `data/${file.path.split(/[\\/]/).at(-1) || 'data.csv'}`;

/**
 * The project of a document.
 *
 * @throws EngineError `export/impossible` that names the node; `weights/mismatch` where weights do not fit
 */
export function exportTypeScript(document: GraphDocument, options: TypeScriptExport = {}): ProjectFiles {
  const code = modelCode(document);
  assertExportable(code);
  const { data } = checkDocument(document);
  const file = data ? dataFileOf(data) : null;
  const table = tableOf(data, options.preprocessing);
  const files = new Map<string, string | Uint8Array<ArrayBuffer>>([
    ['model.ts', code.code],
    ['predict.ts', predictSource(code.model, answerOf(code.model, data, options), table, vocabularyOf(data))],
    ['weights.safetensors', new Uint8Array(weightsFile(document, code, options.weights))],
    ['model.gradloom', stringifyDocument(document)],
    ['package.json', packageText(document, options.engine !== undefined)],
    ['tsconfig.json', tsconfigText],
    [
      'README.md',
      readmeText(document, code.model, {
        trains: options.engine !== undefined,
        columns: table?.columns.map((c) => c.column.name) ?? [],
        window: table?.window ?? null,
        takesText: vocabularyOf(data) !== null,
      }),
    ],
  ]);
  if (options.engine !== undefined) {
    files.set('train.ts', trainSource(file ? projectDataPath(file) : null));
    files.set('engine/gradloom.js', options.engine);
    if (file && options.data) files.set(projectDataPath(file), new Uint8Array(options.data));
  }
  return files;
}

/** The table that samples are rows of, or windows of its rows. */
function tableOf(data: DataSpec | null, preprocessing: Preprocessing | undefined): SampleTable | null {
  if (preprocessing?.kind !== 'table') return null;
  const origin = data?.origin;
  const windows = origin && 'recipe' in origin ? origin.windows : undefined;
  return { columns: preprocessing.columns, window: windows?.length ?? null };
}

/** The characters behind the tokens, where the data is a text. */
function vocabularyOf(data: DataSpec | null): Vocabulary | null {
  const [input] = data ? describeData(data).inputs : [];
  if (!data || input?.dtype !== 'u32' || !('windows' in data.origin) || 'recipe' in data.origin) return null;
  return {
    characters: input.names,
    lowercase:
      data.origin.windows !== undefined &&
      'lowercase' in data.origin.windows &&
      data.origin.windows.lowercase,
  };
}

/** What the numbers of a prediction mean, by the data that the document asks for. */
function answerOf({ judged }: Model, data: DataSpec | null, { targets }: TypeScriptExport): Answer {
  const [described] = data ? describeData(data).targets : [];
  const [loaded] = targets ?? [];
  return {
    decision: judged?.decision ?? 'number',
    classes: described?.kind === 'class' ? described.names : [],
    scale: loaded?.kind === 'regression' ? (loaded.standardised ?? null) : null,
  };
}

/** Weights in the order of the model; what is not given starts as the document says. */
function weightsFile(
  document: GraphDocument,
  { model }: ModelCode,
  given: ReadonlyMap<string, StoredTensor> = new Map(),
): ArrayBuffer {
  return writeSafetensors(
    storedTensors(model).map(({ name, shape, init }) => {
      const found = given.get(name);
      if (found && !sameShape(found.shape, shape))
        throw new EngineError('weights/mismatch', {
          file: 'The file of weights',
          tensor: name,
          why: `is ${found.shape.join(' × ') || 'a scalar'}, and the layer needs ${shape.join(' × ')}`,
        });
      const size = shape.reduce((n, d) => n * d, 1);
      const data = found
        ? Float32Array.from(found.data as ArrayLike<number>)
        : typeof init === 'number'
          ? new Float32Array(size).fill(init)
          : initialValues(init, size, document.training.seed, name);
      return [name, { shape, data }] as const;
    }),
    { format: 'pt' },
  );
}

/** A name that npm accepts. */
function packageName(name: string): string {
  const slug = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  return slug.slice(0, 100) || 'gradloom-model';
}

function packageText(document: GraphDocument, trains: boolean): string {
  const manifest = {
    name: packageName(document.name),
    version: '1.0.0',
    private: true,
    type: 'module',
    scripts: { predict: 'node predict.ts', ...(trains && { train: 'node train.ts' }) },
    engines: { node: '>=22.18' },
    // Only training needs it: WebGPU for Node.
    ...(trains && { optionalDependencies: { webgpu: '0.6.2' } }),
  };
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

const tsconfigText = `${JSON.stringify(
  {
    compilerOptions: {
      target: 'ES2023',
      module: 'NodeNext',
      strict: true,
      noEmit: true,
      allowJs: true,
      allowImportingTsExtensions: true,
      erasableSyntaxOnly: true,
      skipLibCheck: true,
    },
    include: ['model.ts'],
  },
  null,
  2,
)}\n`;
