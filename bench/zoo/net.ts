// Small documents for the zoo: chains of layers, written as lists.
import { documentSchema, type GraphDocument, type Json } from '../../src/engine/index.ts';

export type Params = Record<string, Json>;
/** A layer: its kind, or its kind with parameters; named `<kind>_<n>` in order. */
export type Layer = string | readonly [kind: string, params: Params];

export interface NetSpec {
  /** What the data node stores. */
  readonly data: Params;
  readonly layers: readonly Layer[];
  readonly loss?: string;
  readonly training: Params;
}

/** data → layers → loss. */
export function netOf({ data, layers, loss = 'crossEntropy', training }: NetSpec): GraphDocument {
  const counts = new Map<string, number>();
  const nodes: Record<string, Json> = {
    data: { kind: 'data', name: 'data', params: data, position: [0, 0] },
  };
  const wires: Record<string, Json> = {};
  const wire = (from: string, to: string): void => {
    wires[`w${Object.keys(wires).length}`] = { from: from.split('.'), to: to.split('.') };
  };
  let last = 'data.x';
  for (const layer of layers) {
    const [kind, params] = typeof layer === 'string' ? [layer, {}] : layer;
    const n = (counts.get(kind) ?? 0) + 1;
    counts.set(kind, n);
    const name = `${kind}_${n}`;
    nodes[name] = { kind, name, params, position: [240 * Object.keys(nodes).length, 0] };
    wire(last, `${name}.${kind.includes('ttention') ? 'query' : 'x'}`);
    last = `${name}.y`;
  }
  nodes.loss = { kind: loss, name: 'loss', params: {}, position: [240 * Object.keys(nodes).length, 0] };
  wire(last, 'loss.prediction');
  wire('data.y', 'loss.target');
  return documentSchema.parse({ format: 'gradloom', version: 2, nodes, wires, training });
}

/** `depth` times: a dense layer started as told, and an activation; then the output. */
export function dense(depth: number, activation: string, units: number, start: Params, outputs = 2): Layer[] {
  const hidden = Array.from({ length: depth }, (): Layer[] => [['linear', { units, ...start }], activation]);
  return [...hidden.flat(), ['linear', { units: outputs }]];
}

export const generated = (kind: string, params: Params = {}): Params => ({
  origin: { source: 'generated', kind, params },
});

export const sgd = (learningRate: number, more: Params = {}): Params => ({
  optimizer: { kind: 'sgd', params: { learningRate, ...more } },
});
export const adam = (learningRate: number): Params => ({
  optimizer: { kind: 'adam', params: { learningRate } },
});
