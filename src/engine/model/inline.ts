/**
 * A document without blocks: every instance is replaced by what its block holds, as often as it repeats. Everything that
 * builds, counts, trains or exports works on this flat net. An inner node's id is its path (`n3#0/n7`, see blocks.ts), its
 * name says the way too (`stage1.0.conv1`), so weights are called as in PyTorch: `stage1.0.conv1.weight`.
 */
import { layerOf } from '../layers/index.ts';
import {
  blockInputKind,
  blockKind,
  blockOutputKind,
  blockPorts,
  type Graph,
  type Place,
  portsOfNode,
  type Scope,
} from './blocks.ts';
import { evaluate, type Surroundings } from './formula.ts';
import { listWords, type Problem } from './problems.ts';
import type { BlockDefinition, DocNode, DocWire, GraphDocument, Json } from './schema.ts';

/** A box of the flat net: `name` says the way to it, `params` are what their formulas come to. */
export interface NetNode extends DocNode {
  /** Whose weights it has: the name, but the same for all repetitions of an instance that shares its weights. */
  readonly weights: string;
}

/** One end of a wire of the flat net. */
export type End = readonly [node: string, port: string];

/** An instance of a block in the flat net. */
export interface NetBlock {
  readonly id: string;
  readonly name: string;
  /** The block that it is an instance of, and that block's title. */
  readonly of: string;
  readonly title: string;
  /** Null: once, and names carry no number. */
  readonly repeat: number | null;
  /** Each repetition: the prefix of its ids, its name (`stage1.0`) and that of its weights. */
  readonly parts: ReadonlyArray<{ readonly path: string; readonly name: string; readonly weights: string }>;
  /** Layers inside, of all repetitions and of blocks within. */
  readonly inner: readonly string[];
  /** What stands at its ports, by their names; null where nothing does. */
  readonly inputs: Readonly<Record<string, End | null>>;
  readonly outputs: Readonly<Record<string, End | null>>;
}

export interface Net {
  /** Layers by path, in the document's order, inner ones where their instance stands. */
  readonly nodes: Readonly<Record<string, NetNode>>;
  readonly wires: Readonly<Record<string, DocWire>>;
  /** Instances by path, inner ones after outer ones. */
  readonly blocks: ReadonlyMap<string, NetBlock>;
  /** Where each node, instance and port node stands in the document, by path. */
  readonly places: ReadonlyMap<string, Place>;
  /** Inputs (`path:port`) that have a wire which brings nothing, because of a problem that is said elsewhere. */
  readonly unfed: ReadonlySet<string>;
  readonly problems: readonly Problem[];
  /** What an output gives: itself for a layer, what it stands for at an instance, a block's input or a bypassed node. */
  source(node: string, port: string): End | null;
}

/** More layers than this are refused: a repetition of repetitions is quickly written. */
const mostNodes = 20_000;

const inlined = new WeakMap<GraphDocument, Net>();

/** The flat net of a document. Never throws on a person's mistake; made once for each document. */
export function inline(document: GraphDocument): Net {
  const known = inlined.get(document);
  if (known) return known;
  const net = new Inlining(document).run();
  inlined.set(document, net);
  return net;
}

/** A place where a value passes: an input of something, or an output. */
interface Spot {
  readonly side: 'in' | 'out';
  readonly id: string;
  readonly port: string;
}

/** Where the walk is: the prefixes of ids, names and names of weights, and what formulas read. */
interface Level {
  readonly scope: Scope;
  readonly path: string;
  readonly name: string;
  readonly weights: string;
  readonly around: Surroundings;
  /** The blocks that are open, outermost first, and the layers that each instance has got so far. */
  readonly within: readonly string[];
  readonly inner: readonly string[][];
}

const keyOf = ({ side, id, port }: Spot): string => `${side} ${id}:${port}`;

class Inlining {
  readonly #document: GraphDocument;
  readonly #nodes: Record<string, NetNode> = {};
  readonly #places = new Map<string, Place>();
  readonly #problems: Problem[] = [];
  readonly #instances: Array<Omit<NetBlock, 'inputs' | 'outputs'>> = [];
  /** What stands at an instance's ports, at the ports inside of it and at bypassed nodes: another spot. */
  readonly #forward = new Map<string, Spot>();
  readonly #wires: Array<readonly [id: string, wire: DocWire]> = [];
  #count = 0;

  constructor(document: GraphDocument) {
    this.#document = document;
  }

  run(): Net {
    const { params } = this.#document;
    const around = Object.fromEntries(Object.entries(params).map(([name, { value }]) => [name, value]));
    const outside = { scope: null, path: '', name: '', weights: '', within: [], inner: [] };
    this.#expand(this.#document, { ...outside, around });
    this.#missing();
    const unfed = new Set<string>();
    const wires = this.#wires.flatMap(([id, { from, to }]): Array<[string, DocWire]> => {
      const source = this.#resolve({ side: 'out', id: from[0], port: from[1] });
      if (source) return [[id, { from: [...source], to }]];
      unfed.add(`${to[0]}:${to[1]}`);
      return [];
    });
    const blocks = this.#instances.map((instance): [string, NetBlock] => {
      const { inputs, outputs } = blockPorts(this.#document, instance.of);
      const ends = (side: 'in' | 'out', ports: typeof inputs) =>
        Object.fromEntries(
          ports.map(({ name }) => [name, this.#resolve({ side, id: instance.id, port: name })]),
        );
      return [instance.id, { ...instance, inputs: ends('in', inputs), outputs: ends('out', outputs) }];
    });
    return {
      nodes: this.#nodes,
      wires: Object.fromEntries(wires),
      blocks: new Map(blocks),
      places: this.#places,
      unfed,
      problems: oncePerPlace(this.#problems, this.#places),
      source: (node, port) => this.#resolve({ side: 'out', id: node, port }),
    };
  }

  #expand(graph: Graph, level: Level): void {
    for (const [id, node] of Object.entries(graph.nodes)) {
      const path = level.path + id;
      this.#places.set(path, { scope: level.scope, id });
      if (node.kind === blockInputKind || node.kind === blockOutputKind) this.#port(path, node, level);
      else if (node.bypassed) this.#bypass(path, node);
      else if (node.kind === blockKind && node.block) this.#instance(path, node, level);
      else this.#layer(path, node, level);
    }
    const taken = new Set<string>();
    for (const [id, w] of Object.entries(graph.wires)) this.#wire(id, w, { graph, level, taken });
  }

  #layer(path: string, node: DocNode, level: Level): void {
    this.#count++;
    for (const inner of level.inner) inner.push(path);
    const name = level.name + node.name;
    const params = this.#evaluated(node.params, { path, name, around: level.around });
    this.#nodes[path] = { ...node, name, params, weights: level.weights + node.name };
    if (node.kind === 'data' && level.scope !== null)
      this.#say(
        path,
        'block/data',
        `${name} is a data node inside of a block`,
        'Keep data outside of blocks.',
      );
  }

  /** Values of formulas in the place of formulas; what cannot be said is left out, so that its default stands in for it. */
  #evaluated(
    params: Readonly<Record<string, Json>>,
    { path, name, around }: { readonly path: string; readonly name: string; readonly around: Surroundings },
  ): Record<string, Json> {
    return Object.fromEntries(
      Object.entries(params).flatMap(([param, raw]): Array<[string, Json]> => {
        const result = evaluate(raw, around);
        if ('value' in result) return [[param, result.value]];
        this.#problems.push({
          code: 'param/formula',
          severity: 'error',
          title: `${name}: ${param} ${result.why}`,
          advice: `Change the formula, or name a parameter so. There are: ${listWords(Object.keys(around)) || 'none'}.`,
          node: path,
          param,
        });
        return [];
      }),
    );
  }

  #port(path: string, node: DocNode, level: Level): void {
    if (level.scope === null)
      this.#say(
        path,
        'block/port',
        `${node.name} is a port of a block, and stands outside of any`,
        'Remove it: only the canvas of a block has ports.',
      );
  }

  /** A bypassed node gives what it gets, port by port. */
  #bypass(path: string, node: DocNode): void {
    const ports = portsOfNode(this.#document, node);
    ports?.outputs.forEach(({ name }, i) => {
      const port = ports.inputs[i]?.name;
      if (port !== undefined)
        this.#join({ side: 'out', id: path, port: name }, { side: 'in', id: path, port });
    });
  }

  #instance(path: string, node: DocNode, level: Level): void {
    const { of = '', shared = false } = node.block ?? {};
    const name = level.name + node.name;
    const definition = this.#document.blocks[of];
    const repeat = this.#repetitions(path, node, { name, around: level.around });
    const inner: string[] = [];
    const parts: Array<NetBlock['parts'][number]> = [];
    this.#instances.push({ id: path, name, of, title: definition?.title ?? of, repeat, parts, inner });
    if (!definition) {
      this.#say(path, 'block/unknown', `${name} stands for a block that is not there: ${of}`, 'Remove it.');
      return;
    }
    if (level.within.includes(of)) {
      const titles = [...level.within.slice(level.within.indexOf(of)), of].map(
        (id) => this.#document.blocks[id]?.title ?? id,
      );
      this.#say(
        path,
        'block/cycle',
        `A block cannot hold itself: ${titles.join(' → ')}`,
        `Remove ${node.name}, or put another block there.`,
      );
      return;
    }
    const around = this.#settings(path, node, { definition, name, around: level.around });
    const repetitions = repeat ?? 1;
    for (let r = 0; r < repetitions; r++) {
      if (this.#count > mostNodes) {
        this.#say(
          path,
          'block/too-many',
          `${name} makes a net of more than ${mostNodes} layers`,
          'Repeat it less often.',
        );
        break;
      }
      const number = repeat === null ? '' : `${r}.`;
      const inside = {
        path: repetitionPath(path, repeat, r),
        name: `${name}.${number}`,
        weights: `${level.weights}${node.name}.${shared ? '' : number}`,
      };
      parts.push({ ...inside, name: inside.name.slice(0, -1), weights: inside.weights.slice(0, -1) });
      this.#expand(definition, {
        scope: of,
        ...inside,
        around,
        within: [...level.within, of],
        inner: [...level.inner, inner],
      });
    }
    this.#joinSeries(path, name, { of, repeat });
  }

  #repetitions(
    path: string,
    { block }: DocNode,
    { name, around }: { readonly name: string; readonly around: Surroundings },
  ): number | null {
    if (block?.repeat === undefined) return null;
    const result = evaluate(block.repeat, around);
    const value = 'value' in result ? result.value : null;
    if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 1000) return value;
    const why =
      'why' in result ? result.why : `must be a whole number from 0 to 1000, and is ${String(value)}`;
    this.#say(path, 'block/repeat', `${name}: the number of repetitions ${why}`, 'Set how often it repeats.');
    return 1;
  }

  /** What formulas inside of an instance read: the block's parameters, as the instance sets them. */
  #settings(
    path: string,
    node: DocNode,
    { definition, name, around }: { definition: BlockDefinition; name: string; around: Surroundings },
  ): Surroundings {
    const given = this.#evaluated(node.params, { path, name, around });
    for (const param of Object.keys(given)) {
      if (Object.hasOwn(definition.params, param)) continue;
      this.#problems.push({
        code: 'param/unknown',
        severity: 'error',
        title: `${name}: ${definition.title} has no parameter called ${param}`,
        advice: `Remove it, or choose one of ${listWords(Object.keys(definition.params)) || 'none: there are no parameters'}.`,
        node: path,
        param,
        fix: { title: `Remove ${param}`, edits: [{ kind: 'unsetParam', node: path, param }] },
      });
    }
    return Object.fromEntries(
      Object.entries(definition.params).map(([param, { value }]) => [param, given[param] ?? value]),
    );
  }

  /** Each repetition takes what the one before gives, port by port; inputs beyond that reach all of them. */
  #joinSeries(
    path: string,
    name: string,
    { of, repeat }: { readonly of: string; readonly repeat: number | null },
  ): void {
    const { inputs, outputs } = blockPorts(this.#document, of);
    const repetitions = repeat ?? 1;
    if (repetitions !== 1 && outputs.length > inputs.length)
      this.#say(
        path,
        'block/series',
        `${name} cannot repeat: its block has ${outputs.length} outputs and ${inputs.length} inputs`,
        'Each repetition feeds the next, so a block that repeats needs an input for each output.',
      );
    for (let r = 0; r < repetitions; r++) {
      inputs.forEach((port, i) => {
        const previous = r > 0 ? outputs[i] : undefined;
        const from: Spot = previous
          ? { side: 'in', id: repetitionPath(path, repeat, r - 1) + previous.id, port: 'x' }
          : { side: 'in', id: path, port: port.name };
        this.#join({ side: 'out', id: repetitionPath(path, repeat, r) + port.id, port: 'x' }, from);
      });
    }
    outputs.forEach((port, i) => {
      const passed = inputs[i]?.name;
      const at: Spot | null =
        repetitions > 0
          ? { side: 'in', id: repetitionPath(path, repeat, repetitions - 1) + port.id, port: 'x' }
          : passed === undefined
            ? null
            : { side: 'in', id: path, port: passed };
      if (at) this.#join({ side: 'out', id: path, port: port.name }, at);
    });
  }

  /** A wire to a layer is one of the flat net; one to anything else says what stands there. */
  #wire(
    id: string,
    { from, to }: DocWire,
    { graph, level, taken }: { readonly graph: Graph; readonly level: Level; readonly taken: Set<string> },
  ): void {
    const path = level.path;
    const sink = graph.nodes[to[0]];
    const ports = sink && portsOfNode(this.#document, sink);
    const isLayer = sink && layerOf(sink.kind) && !sink.bypassed;
    if (!sink || !graph.nodes[from[0]] || !ports || isLayer) {
      this.#wires.push([path + id, { from: [path + from[0], from[1]], to: [path + to[0], to[1]] }]);
      return;
    }
    const name = level.name + sink.name;
    const port = ports.inputs.find((p) => p.name === to[1]);
    const end = `${to[0]}:${to[1]}`;
    if (port && !taken.has(end)) {
      taken.add(end);
      this.#join(
        { side: 'in', id: path + to[0], port: to[1] },
        { side: 'out', id: path + from[0], port: from[1] },
      );
      return;
    }
    if (port?.many) return;
    this.#problems.push({
      code: port ? 'wire/double' : 'wire/port',
      severity: 'error',
      title: port
        ? `${name} takes one wire at its input ${port.name}`
        : `${name} has no input called ${to[1]}`,
      advice: port
        ? 'Remove the others, or join them with Add or Concatenate first.'
        : `End the wire at ${listWords(ports.inputs.map((p) => p.name)) || 'another node'}.`,
      node: path + to[0],
      port: to[1],
      wire: path + id,
      fix: { title: 'Remove the wire', edits: [{ kind: 'removeWire', wire: path + id }] },
    });
  }

  #join(spot: Spot, at: Spot): void {
    this.#forward.set(keyOf(spot), at);
  }

  /** Follows spots to the layer that gives; null where there is none, or the way is a circle. */
  #resolve(spot: Spot): End | null {
    const seen = new Set<string>();
    let here: Spot | undefined = spot;
    while (here) {
      const key = keyOf(here);
      const next = this.#forward.get(key);
      if (!next) break;
      if (seen.has(key)) return null;
      seen.add(key);
      here = next;
    }
    const isThere = here.side === 'out' && (this.#nodes[here.id] !== undefined || !this.#places.has(here.id));
    return isThere ? [here.id, here.port] : null;
  }

  /** Ports of instances and of blocks where no wire arrives. */
  #missing(): void {
    for (const { id, name, of } of this.#instances)
      for (const port of blockPorts(this.#document, of).inputs)
        if (!port.optional && !this.#forward.has(keyOf({ side: 'in', id, port: port.name })))
          this.#nothingAt(id, name, port.name);
    for (const [path, { scope, id }] of this.#places) {
      const node = scope === null ? undefined : this.#document.blocks[scope]?.nodes[id];
      if (node?.kind === blockOutputKind && !this.#forward.has(keyOf({ side: 'in', id: path, port: 'x' })))
        this.#nothingAt(path, `The output ${node.name} of ${this.#document.blocks[scope ?? '']?.title}`, 'x');
    }
  }

  #nothingAt(node: string, name: string, port: string): void {
    this.#problems.push({
      code: 'wire/missing',
      severity: 'error',
      title: `${name} has nothing at its input ${port}`,
      advice: 'Draw a wire to it.',
      node,
      port,
    });
  }

  #say(node: string, code: string, title: string, advice: string): void {
    this.#problems.push({ code, severity: 'error', title, advice, node });
  }
}

/** What is wrong in a block is wrong wherever the block stands: said once, where it is met first. */
export function oncePerPlace(
  problems: readonly Problem[],
  places: ReadonlyMap<string, Place>,
): readonly Problem[] {
  const said = new Set<string>();
  return problems.filter(({ code, node = '', param, port, wire }) => {
    const place = places.get(node);
    if (!place || place.scope === null) return true;
    const key = JSON.stringify([code, place.scope, place.id, param, port, wire?.split('/').at(-1)]);
    if (said.has(key)) return false;
    said.add(key);
    return true;
  });
}

/** The prefix of everything inside of one repetition. */
function repetitionPath(path: string, repeat: number | null, r: number): string {
  return repeat === null ? `${path}/` : `${path}#${r}/`;
}
