/**
 * A document as a TypeScript module that a person wants to read: one line for each layer in the order of the graph, and below it
 * a small function for each kind of layer that is used. It is written for one sample, so every shape is known. Pure and quick:
 * the code panel asks for it at every edit.
 */
import { checkDocument } from '../../data/document.ts';
import { EngineError } from '../../errors.ts';
import { formatShape, sizeOf } from '../../ir/shape.ts';
import type { Value } from '../../ir/value.ts';
import type { LayerSpec } from '../../layers/define.ts';
import {
  type BuiltNode,
  type Model,
  type ModelParameter,
  type ModelState,
  seedHyper,
  stepHyper,
} from '../../model/build.ts';
import { type GraphDocument, nodeName } from '../../model/schema.ts';
import { type WiredNode, wire } from '../../model/wiring.ts';
import { inputAttrs } from '../../ops/leaf.ts';
import { Unsayable } from './expression.ts';
import { foldBlocks, type Line } from './fold-blocks.ts';
import { type Argument, arrayType, behindReshapes, functionBody, indent, ownValues } from './lower.ts';
import { commentText, Identifiers } from './text.ts';

export interface TypeScriptCode {
  /** The text of model.ts. */
  readonly code: string;
  /** The first and last line of each node, from 1, by its id. */
  readonly lines: ReadonlyMap<string, readonly [from: number, to: number]>;
}

/** What is written, and what kept parts of it from being written. */
export interface ModelCode extends TypeScriptCode {
  readonly model: Model;
  /** By node id. */
  readonly failures: ReadonlyMap<string, string>;
}

/** The model of a document as TypeScript, for showing; what cannot be built is a comment that says why. */
export function typescriptOf(document: GraphDocument): TypeScriptCode {
  const { code, lines } = modelCode(document);
  return { code, lines };
}

export function modelCode(document: GraphDocument): ModelCode {
  const { model } = checkDocument(document, { batch: 1, training: false });
  return new Writer(document, model).write();
}

/** What the file of weights holds: trained tensors, then what layers keep beside them (running statistics). */
export const storedTensors = ({ parameters, states }: Model): readonly (ModelParameter | ModelState)[] => [
  ...parameters,
  ...states,
];

class Writer {
  readonly #document: GraphDocument;
  readonly #model: Model;
  readonly #wired: ReadonlyMap<string, WiredNode>;
  readonly #names = new Identifiers();
  readonly #failures = new Map<string, string>();
  /** Helper sources by name, in the order of first use, and the name of each source. */
  readonly #helpers = new Map<string, string>();
  readonly #helperNames = new Map<string, string>();
  /** The expression of each output, by node id and port. */
  readonly #expressions = new Map<string, string>();

  constructor(document: GraphDocument, model: Model) {
    this.#document = document;
    this.#model = model;
    this.#wired = wire(model.net).nodes;
  }

  write(): ModelCode {
    const { prediction, data } = this.#model;
    const used = this.#ancestors();
    const order = [...this.#model.order, ...this.#model.nodes.keys()].filter(
      (id, i, all) => all.indexOf(id) === i,
    );
    const calls = new Map(order.filter((id) => used.has(id)).map((id) => [id, this.#plan(id)]));
    // Helpers are named before variables, so that no variable hides the helper that it calls.
    for (const [id, call] of calls) call?.name(this.#names, id);
    const flat = [...calls].flatMap(([id, call]): Line[] => (call ? call.lines() : this.#remark(id)));
    const whole = this.#returned(used);
    const folded = foldBlocks(flat, {
      net: this.#model.net,
      returned: whole?.text ?? null,
      sampleType: data ? arrayType(data.x) : 'Float32Array',
      claim: (wanted) => this.#names.claim(wanted),
      helper: (wanted, source) => this.#helper(wanted, source),
      helpers: () => [...this.#helpers.keys()],
    });
    const body = folded.lines;
    const after = order.filter((id) => !used.has(id)).flatMap((id) => this.#remark(id));

    const out: string[] = [];
    const lines = new Map<string, [number, number]>();
    const mark = (ids: readonly string[], text: string): void => {
      out.push(text);
      for (const id of ids) lines.set(id, [lines.get(id)?.[0] ?? out.length, out.length]);
    };
    const title = commentText(this.#document.name) || 'Untitled';
    out.push(
      `// ${title}`,
      '// The model as plain TypeScript: one sample in, its prediction out. Written by Gradloom.',
      '',
      '/** A trained tensor, row-major, in the layout of PyTorch. */',
      'export interface Tensor {',
      '  readonly shape: readonly number[];',
      '  readonly data: Float32Array;',
      '}',
      '',
      '/** Every trained tensor and its shape. */',
      ...this.#weightShapes(),
      '',
      'export type WeightName = keyof typeof weightShapes;',
      'export type Weights = Readonly<Record<WeightName, Tensor>>;',
      '',
    );
    const input = data ? describeSample(data.x) : 'a sample';
    const output = prediction ? describeSample(prediction.value) : 'nothing yet';
    out.push(`/** Takes ${input}, gives ${output}. */`);
    const inputType = data ? arrayType(data.x) : 'Float32Array';
    const returned = whole && folded.returned !== null ? { ...whole, text: folded.returned } : whole;
    const signature = `export function model(x: ${inputType}, w: Weights): ${returned ? arrayType(returned.value) : inputType} {`;
    if (data && used.has(data.node)) mark([data.node], signature);
    else out.push(signature);
    for (const { nodes, text } of body) mark(nodes, `  ${text}`);
    out.push(`  return ${returned?.text ?? 'x'};`, '}');
    if (after.length > 0) out.push('');
    for (const { nodes, text } of after) mark(nodes, text);
    for (const source of this.#helpers.values()) out.push('', ...source.split('\n'));
    return { code: `${out.join('\n')}\n`, lines, model: this.#model, failures: this.#failures };
  }

  /** What the function gives: the prediction, or where there is none yet, the last tensor. */
  #returned(used: ReadonlySet<string>): { text: string; value: Value } | null {
    const { prediction, order, nodes } = this.#model;
    if (prediction) {
      const text = this.#expressions.get(`${prediction.node}.${prediction.port}`);
      return text === undefined ? null : { text, value: prediction.value };
    }
    for (const id of [...order].reverse()) {
      const [port, value] = Object.entries(nodes.get(id)?.outputs ?? {})[0] ?? [];
      const text = this.#expressions.get(`${id}.${port}`);
      if (used.has(id) && value && text !== undefined) return { text, value };
    }
    return null;
  }

  /** Nodes that the prediction needs; where there is none yet, all but losses. */
  #ancestors(): Set<string> {
    const { prediction, nodes } = this.#model;
    if (!prediction)
      return new Set([...nodes.values()].filter((n) => n.spec?.category !== 'loss').map((n) => n.id));
    const found = new Set<string>();
    const visit = (id: string): void => {
      if (found.has(id)) return;
      found.add(id);
      for (const wires of this.#wired.get(id)?.arriving.values() ?? [])
        for (const { from } of wires) visit(from[0]);
    };
    visit(prediction.node);
    return found;
  }

  #weightShapes(): string[] {
    const parameters = storedTensors(this.#model);
    if (parameters.length === 0) return ['export const weightShapes = {};'];
    return [
      'export const weightShapes = {',
      ...parameters.map((p) => `  '${p.name}': [${p.shape.join(', ')}],`),
      '} as const;',
    ];
  }

  /** A comment for a node that has no line of code. */
  #remark(id: string): Line[] {
    const node = this.#model.nodes.get(id);
    if (!node || node.spec?.category === 'data') return [];
    const problem = this.#failures.get(id) ?? node.problem?.title;
    const { judged } = this.#model;
    const words =
      node.state === 'built' && node.spec?.category === 'loss' && judged
        ? `${node.name}: training lowers the ${lowerFirst(node.spec.title)}.`
        : problem && node.state !== 'built'
          ? `${node.name}: ${problem}`
          : this.#failures.has(id)
            ? `${node.name} cannot be written: ${problem}`
            : `${node.name} is not part of the prediction.`;
    return [{ nodes: [id], text: `// ${commentText(words)}`, makes: null }];
  }

  /** How a node is said: its helpers are made at once, its lines when all names are known. Null where it cannot be said. */
  #plan(id: string): NodePlan | null {
    const node = this.#model.nodes.get(id);
    const wired = this.#wired.get(id);
    if (!node?.spec || !wired || node.state !== 'built') return null;
    if (node.name.split('.').some((part) => !nodeName.safeParse(part).success && !/^\d+$/.test(part))) {
      this.#failures.set(id, 'its name is no identifier');
      return null;
    }
    if (node.spec.category === 'data')
      return { name: () => this.#expressions.set(`${id}.x`, 'x'), lines: () => [] };
    try {
      const outputs = Object.entries(node.outputs).map(([port, value]) => ({
        port,
        value,
        say: this.#sayer(node, node.spec, wired, value),
      }));
      return {
        name: (names) => {
          for (const { port } of outputs) {
            const variable = node.name.replaceAll('.', '_');
            const wanted = outputs.length === 1 ? variable : `${variable}_${port}`;
            this.#expressions.set(`${id}.${port}`, names.claim(wanted));
          }
        },
        lines: () =>
          outputs.map(({ port, value, say }) => {
            const name = this.#expressions.get(`${id}.${port}`) ?? '';
            const words = shapeWords(this.#inputValues(wired), value);
            return { nodes: [id], text: `const ${name} = ${say()}; // ${words}`, makes: { name, value } };
          }),
      };
    } catch (error) {
      if (!(error instanceof Unsayable)) throw error;
      this.#failures.set(id, error.message);
      return null;
    }
  }

  /** The inputs of a node by port, in the order in which `build` got them. */
  #inputValues(wired: WiredNode): Map<string, { value: Value; key: string }> {
    const inputs = new Map<string, { value: Value; key: string }>();
    for (const port of wired.spec?.inputs ?? []) {
      const wires = wired.arriving.get(port.name) ?? [];
      (port.many ? wires : wires.slice(0, 1)).forEach(({ from }, i) => {
        const value = this.#model.nodes.get(from[0])?.outputs[from[1]];
        if (value)
          inputs.set(i === 0 ? port.name : `${port.name}_${i}`, { value, key: `${from[0]}.${from[1]}` });
      });
    }
    return inputs;
  }

  /** Makes what a node's output needs, and a function that says it once the inputs have names. */
  #sayer(node: BuiltNode, spec: LayerSpec | null, wired: WiredNode, value: Value): () => string {
    const inputs = this.#inputValues(wired);
    const said = (key: string): string => this.#expressions.get(key) ?? 'x';
    const same = [...inputs.values()].find((i) => behindReshapes(i.value) === behindReshapes(value));
    if (same) return () => said(same.key);
    return this.#byForm(node, spec, inputs, value, said) ?? this.#byGraph(node, spec, inputs, value, said);
  }

  /** The layer's own words, where it has some for this use. */
  #byForm(
    node: BuiltNode,
    spec: LayerSpec | null,
    inputs: ReadonlyMap<string, { value: Value; key: string }>,
    value: Value,
    said: (key: string) => string,
  ): (() => string) | null {
    const form = spec?.typescript;
    if (!form || !spec) return null;
    const shapes = Object.fromEntries([...inputs].map(([port, i]) => [port, i.value.shape]));
    const own = this.#model.net.nodes[node.id];
    const params = spec.params.parse(own?.params ?? {});
    const weights = new Set(storedTensors(this.#model).map((p) => p.name));
    const call = (of: (key: string) => string): string | null =>
      form.call({
        inputs: Object.fromEntries([...inputs].map(([port, i]) => [port, of(i.key)])),
        shapes,
        shape: value.shape,
        params,
        weight: (tensor) => {
          const name = `${own?.weights}.${tensor}`;
          return weights.has(name) ? `w['${name}']` : null;
        },
      });
    if (call(() => 'x') === null) return null;
    const name = this.#helper(form.helper.name, (given) =>
      form.helper.source
        .trim()
        .replace(new RegExp(`\\bfunction ${form.helper.name}\\b`), `function ${given}`),
    );
    return () => (call(said) ?? '').replace(new RegExp(`^${form.helper.name}\\(`), `${name}(`);
  }

  /** A function written from the ops that the layer is made of. */
  #byGraph(
    node: BuiltNode,
    spec: LayerSpec | null,
    inputs: ReadonlyMap<string, { value: Value; key: string }>,
    value: Value,
    said: (key: string) => string,
  ): () => string {
    const given = new Map<Value, { signature: string; array: string; says: () => string }>();
    const names = new Identifiers();
    const portName = (port: string): string =>
      port === 'x' ? 'x' : names.claim(port.startsWith('x_') ? `x${port.slice(2)}` : port);
    for (const [port, { value: v, key }] of inputs) {
      if (given.has(v)) continue;
      const name = portName(port);
      given.set(v, { signature: `${name}: ${arrayType(v)}`, array: name, says: () => said(key) });
    }
    const own = ownValues(value, new Set(given.keys()));
    const leaves = own.filter((v) => v.op.lower.kind === 'leaf');
    for (const leaf of leaves) {
      const parameter = storedTensors(this.#model).find((p) => p.value === leaf);
      if (parameter) {
        const name = names.claim(identifierOf(parameter.tensor));
        const says = (): string => `w['${parameter.name}']`;
        given.set(leaf, { signature: `${name}: Tensor`, array: `${name}.data`, says });
      } else if (leaf === this.#model.data?.x) {
        const name = names.claim('sample');
        given.set(leaf, { signature: `${name}: ${arrayType(leaf)}`, array: name, says: () => 'x' });
      } else
        throw new Unsayable(
          `it reads ${inputAttrs(leaf)?.name ?? 'something'}, which a prediction does not have`,
        );
    }
    const needed = [...given].filter(([v]) => reads(own, v));
    const args: Argument[] = needed.map(([v, g]) => ({ value: v, name: g.array, type: arrayType(v) }));
    const body = functionBody(value, args, { hyper: (name) => this.#hyper(name) });
    const parameters = needed.map(([, g]) => g.signature).join(', ');
    const doc = spec ? `/** ${commentText(`${spec.title}: ${spec.doc}`, 120)} */` : '';
    const name = this.#helper(identifierOf(node.kind), (helper) =>
      [doc, `function ${helper}(${parameters}): ${arrayType(value)} {`, ...indent(body), '}'].join('\n'),
    );
    return () => `${name}(${needed.map(([, g]) => g.says()).join(', ')})`;
  }

  #hyper(name: string): number {
    if (name === seedHyper || name === stepHyper) throw new Unsayable('it draws random numbers');
    const known = this.#model.hypers.find((h) => h.name === name);
    if (!known) throw new Unsayable(`it reads ${name}, which is not known`);
    return known.value;
  }

  /** The name of a helper; equal sources are one helper. */
  #helper(wanted: string, source: (name: string) => string): string {
    const key = source('HELPER');
    const known = this.#helperNames.get(key);
    if (known !== undefined) return known;
    const name = this.#names.claim(wanted);
    this.#helperNames.set(key, name);
    this.#helpers.set(name, source(name));
    return name;
  }
}

interface NodePlan {
  /** Names the node's variables. */
  name(names: Identifiers, id: string): void;
  lines(): Line[];
}

const reads = (own: readonly Value[], v: Value): boolean => own.some((o) => o === v || o.inputs.includes(v));

/** A layer kind as a name for a function. */
const identifierOf = (kind: string): string => kind.replace(/[^A-Za-z0-9_]/g, '_').replace(/^(?=\d)/, '_');

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);

function describeSample(v: Value): string {
  const shape = v.shape.slice(1);
  const what = v.dtype === 'f32' ? 'number' : 'whole number';
  if (sizeOf(shape) === 1) return `1 ${what}`;
  return `${formatShape(shape)} ${what}s`;
}

/** `784 → 256`, or the one size where it stays. */
function shapeWords(inputs: ReadonlyMap<string, { value: Value }>, out: Value): string {
  const words = (v: Value): string => formatShape(v.shape.slice(1));
  const before = [...inputs.values()].map((i) => words(i.value)).join(', ');
  return inputs.size > 0 && before !== words(out) ? `${before} → ${words(out)}` : words(out);
}

/** @throws EngineError `export/impossible` for the first node that keeps a model from being written */
export function assertExportable({ model, failures }: ModelCode): void {
  const broken = model.problems.find((p) => p.severity === 'error');
  if (broken)
    throw new EngineError('export/impossible', { node: nameOf(model, broken.node), why: broken.title });
  if (!model.prediction)
    throw new EngineError('export/impossible', { node: 'The model', why: 'nothing says what it predicts' });
  const [first] = failures;
  if (first) throw new EngineError('export/impossible', { node: nameOf(model, first[0]), why: first[1] });
}

const nameOf = (model: Model, id: string | undefined): string =>
  (id !== undefined && model.nodes.get(id)?.name) || 'The model';
