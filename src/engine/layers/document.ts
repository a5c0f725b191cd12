/**
 * The page of a layer, written from its declaration: Markdown with LaTeX. The app shows it beside the inspector, and
 * `npm run docs` writes it to docs/layers/. Shapes come from the graph that the layer builds at its defaults.
 */
import { formatShape, type Shape } from '../ir/shape.ts';
import type { Value } from '../ir/value.ts';
import { hyper, input } from '../ops/leaf.ts';
import { randomUniform } from '../ops/random.ts';
import type { Inputs, LayerSpec, PortSpec } from './define.ts';
import { type ParamField, paramFields } from './fields.ts';

/** A category in words. */
export const categoryTitles: Readonly<Record<LayerSpec['category'], string>> = {
  data: 'Data',
  basic: 'Basic',
  convolution: 'Convolution',
  pooling: 'Pooling',
  activation: 'Activation',
  normalisation: 'Normalisation',
  regularisation: 'Regularisation',
  sequence: 'Sequence',
  attention: 'Attention',
  merge: 'Merge',
  shape: 'Shape',
  math: 'Mathematics',
  output: 'Output',
  loss: 'Loss',
};

/** The page of one layer kind, GitHub's Markdown with LaTeX between dollars; ends with a line break. */
export function layerPage(spec: LayerSpec): string {
  const also = spec.aliases.length > 0 ? `Also called: ${spec.aliases.map(plain).join(', ')}.` : null;
  const sections = [
    `# ${plain(spec.title)}`,
    plain(spec.doc),
    `$$\n${spec.formula}\n$$`,
    spec.surrogateGradient
      ? 'Its derivative is 0 wherever there is one; a stand-in takes its place on the way back.'
      : null,
    also,
    '## Inputs and outputs',
    bullets([
      ...spec.inputs.map((port) => portLine(port, 'Input')),
      ...spec.outputs.map((port) => portLine(port, 'Output')),
    ]),
    '## Shapes',
    shapeLines(spec),
    '## Parameters',
    parameterTable(paramFields(spec.params)),
    '## In PyTorch',
    spec.pytorch === null ? 'PyTorch has no one module for it.' : `${pytorchNames(spec.pytorch)}.`,
    '## Source',
    `${plain(spec.source)}.`,
  ];
  return `${sections.filter((text) => text !== null).join('\n\n')}\n`;
}

/** All pages of a list of layers by file name, and README.md: their index by category. */
export function layerPages(layers: readonly LayerSpec[]): ReadonlyMap<string, string> {
  const pages = new Map(layers.map((spec) => [`${spec.kind}.md`, layerPage(spec)]));
  return new Map([['README.md', indexPage(layers)], ...pages]);
}

function indexPage(layers: readonly LayerSpec[]): string {
  const categories = [...new Set(layers.map((spec) => spec.category))];
  const sections = categories.flatMap((category) => [
    `## ${categoryTitles[category]}`,
    bullets(
      layers
        .filter((spec) => spec.category === category)
        .map((spec) => `[${plain(spec.title)}](${spec.kind}.md): ${plain(spec.doc)}`),
    ),
  ]);
  const intro =
    'The layers of the palette. These pages are written from the declarations in `src/engine/layers`: change those, and run `npm run docs`.';
  return `${['# Layers', intro, ...sections].join('\n\n')}\n`;
}

function portLine({ name, kind, doc, optional, many, tokens }: PortSpec, side: string): string {
  const takes = [
    tokens ? 'token indices' : kind,
    ...(many ? ['any number of wires'] : []),
    ...(optional ? ['may stay unwired'] : []),
  ];
  return `${side} ${code(name)} (${takes.join(', ')}): ${plain(doc)}`;
}

/** What goes in and comes out at the defaults, and the tensors that the layer keeps. */
function shapeLines(spec: LayerSpec): string {
  if (spec.inputs.length === 0) return 'Those of the data set: the batch, then the shape of one sample.';
  const { inputs, outputs, trained, remembered } = example(spec);
  const list = (shapes: readonly (readonly [string, Shape])[]): string =>
    shapes.map(([name, shape]) => `${code(name)} of ${formatShape(shape)}`).join(', ');
  const shapesOf = (values: Inputs) =>
    Object.entries(values).map(([name, value]) => [name, value.shape] as const);
  const given = Object.keys(outputs).length > 0 ? list(shapesOf(outputs)) : 'nothing';
  return bullets([
    `For example, at the defaults, with the batch as the first axis: ${list(shapesOf(inputs))} ${
      Object.keys(inputs).length === 1 ? 'gives' : 'give'
    } ${given}.`,
    trained.length > 0 ? `Trained, in PyTorch’s layout: ${list(trained)}.` : 'Nothing is trained.',
    ...(remembered.length > 0 ? [`Remembered between steps: ${list(remembered)}.`] : []),
  ]);
}

/** The layer alone at its defaults, with one [4, 6] tensor at each input or what its declaration asks for. */
function example(spec: LayerSpec) {
  const trained: (readonly [string, Shape])[] = [];
  const remembered: (readonly [string, Shape])[] = [];
  const inputs: Record<string, Value> = {};
  for (const { name, optional, many } of spec.inputs) {
    const sample = spec.sample?.[name];
    if (optional && !sample) continue;
    for (const port of many ? [name, `${name}_1`] : [name])
      inputs[port] = input(port, sample?.shape ?? [4, 6], 'feed', sample?.dtype ?? 'f32');
  }
  const keep = (list: (readonly [string, Shape])[], role: 'parameter' | 'state') => {
    return (name: string, shape: Shape): Value => {
      list.push([name, shape]);
      return input(name, shape, role);
    };
  };
  const seed = hyper({ name: 'seed', dtype: 'u32' });
  const step = hyper({ name: 'step', dtype: 'u32' });
  const outputs = spec.build(
    {
      node: spec.kind,
      data: null,
      training: true,
      parameter: keep(trained, 'parameter'),
      state: keep(remembered, 'state'),
      updateState() {},
      hyper: (name) => hyper({ name, dtype: 'f32' }),
      random: (shape) => randomUniform(seed, step, { shape, stream: 1 }),
      watch() {},
      weigh() {},
    },
    inputs,
    spec.params.parse({}),
  );
  return { inputs, outputs, trained, remembered };
}

function parameterTable(fields: readonly ParamField[]): string {
  if (fields.length === 0) return 'None.';
  const rows = fields.map((field) => {
    const notes = [
      plain(field.description),
      ...Object.entries(field.showWhen ?? {}).map(([name, values]) => conditionOf(fields, name, values)),
      ...(field.hot ? ['May change while training.'] : []),
    ];
    return [
      `**${plain(field.title)}** ${code(field.name)}`,
      defaultOf(field),
      valuesOf(field),
      notes.join(' '),
    ];
  });
  return [['Parameter', 'Default', 'Values', 'What it does'], ['---', '---', '---', '---'], ...rows]
    .map((cells) => `| ${cells.map(cell).join(' | ')} |`)
    .join('\n');
}

function conditionOf(fields: readonly ParamField[], name: string, values: readonly unknown[]): string {
  const other = fields.find((field) => field.name === name);
  const words = values.map((value) =>
    typeof value === 'boolean'
      ? value
        ? 'on'
        : 'off'
      : plain(other?.choices?.[String(value)] ?? `${value}`),
  );
  return `Only where *${plain(other?.title ?? name)}* is ${words.join(', ').replace(/, (?=[^,]*$)/, ' or ')}.`;
}

function defaultOf({ default: value, type, unit, choices }: ParamField): string {
  if (type === 'boolean') return value ? 'on' : 'off';
  if (type === 'choice') return plain(choices?.[String(value)] ?? String(value));
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map(number).join(', ');
  if (value === null || value === '') return 'none';
  if (typeof value === 'number') return `${number(value)}${unit ? ` ${unit}` : ''}`;
  return typeof value === 'string' ? plain(value) : code(JSON.stringify(value));
}

const typeWords = {
  number: 'a number',
  integer: 'a whole number',
  boolean: 'on or off',
  text: 'text',
  sizes: 'whole numbers',
  json: 'numbers',
} as const;

function valuesOf({ type, values, choices, min, max, unit }: ParamField): string {
  if (type === 'choice')
    return (values ?? []).map((value) => `${plain(choices?.[value] ?? value)} ${code(value)}`).join(', ');
  const bounds =
    min !== undefined && max !== undefined
      ? `, ${number(min)} to ${number(max)}`
      : min !== undefined
        ? `, ${number(min)} or more`
        : max !== undefined
          ? `, ${number(max)} or less`
          : '';
  return `${typeWords[type]}${bounds}${unit ? ` ${unit}` : ''}`;
}

/** A number as people write it, the same on every machine: 65,536; −100; 1e-5. */
function number(value: unknown): string {
  if (typeof value !== 'number') return plain(JSON.stringify(value));
  const text = Number.isInteger(value) ? `${value}`.replaceAll(/\B(?=(\d{3})+$)/g, ',') : `${value}`;
  return text.replace(/^-/, '−');
}

/** Names of modules as code, the words between them as words. */
function pytorchNames(text: string): string {
  return text
    .split(/(, (?=torch\.|\d)| and )/)
    .map((part) => (/^torch(vision)?\./.test(part) ? code(part) : plain(part)))
    .join('');
}

const bullets = (lines: readonly string[]): string => lines.map((line) => `- ${line}`).join('\n');

/** Words in which Markdown, HTML and LaTeX see nothing of theirs. */
function plain(text: string): string {
  return text.replaceAll(/[\\`*_<>[\]$~]/g, '\\$&').replaceAll(/&(?=#?\w+;)/g, '\\&');
}

function code(text: string): string {
  return `\`${text}\``;
}

/** What may stand between the bars of a table, code and all. */
function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
