// Problems of the net as a whole: what is missing, what leads nowhere, what cannot learn; and repairs that need the graph.

import { topological } from '../ir/graph.ts';
import type { Value } from '../ir/value.ts';
import type { TargetType } from '../layers/define.ts';
import type { ModelParameter } from './build.ts';
import type { Problem } from './problems.ts';
import type { WiredNode, Wiring } from './wiring.ts';

interface Net {
  readonly wiring: Wiring;
  readonly outputs: ReadonlyMap<string, Readonly<Record<string, Value>>>;
  readonly parameters: readonly ModelParameter[];
  readonly lossPerSample: Value | null;
  readonly problems: readonly Problem[];
}

export function netProblems(net: Net): Problem[] {
  return [...missingParts(net), ...leadsNowhere(net), ...cannotLearn(net)];
}

/** A net needs data, a loss and something to train; said once for the whole, since no node is at fault. */
function missingParts({ wiring, parameters, lossPerSample, problems }: Net): Problem[] {
  const kinds = [...wiring.nodes.values()].map((n) => n.spec);
  const missing = (code: string, title: string, advice: string): Problem => ({
    code,
    severity: 'error',
    title,
    advice,
  });
  if (wiring.nodes.size === 0)
    return [
      missing(
        'net/empty',
        'The canvas is empty',
        'Add a data node, layers and a loss, or start from a template.',
      ),
    ];
  return [
    ...(kinds.some((s) => s?.kind === 'data')
      ? []
      : [missing('net/no-data', 'Nothing feeds the net', 'Add a data node and wire it to the first layer.')]),
    ...(kinds.some((s) => s?.category === 'loss')
      ? []
      : [
          missing(
            'net/no-loss',
            'There is no loss to minimise',
            'Add a loss and wire the prediction and data.y to it.',
          ),
        ]),
    ...(lossPerSample && parameters.length === 0 && problems.every((p) => p.severity !== 'error')
      ? [
          missing(
            'net/no-parameters',
            'There is nothing to train',
            'Add a layer with weights, such as Linear.',
          ),
        ]
      : []),
  ];
}

/** Nodes from which no wire leads to a loss or an output. */
function leadsNowhere({ wiring, problems }: Net): Problem[] {
  const goals = [...wiring.nodes.values()].filter(
    (n) => n.spec?.category === 'loss' || n.spec?.category === 'output',
  );
  // What stands behind a broken block seems to lead nowhere, and is not at fault.
  if (goals.length === 0 || problems.some((p) => p.code.startsWith('block/'))) return [];
  const reaching = new Set<string>();
  const walk = (id: string): void => {
    if (reaching.has(id)) return;
    reaching.add(id);
    for (const wires of wiring.nodes.get(id)?.arriving.values() ?? []) for (const w of wires) walk(w.from[0]);
  };
  for (const goal of goals) walk(goal.id);
  const known = new Set(problems.map((p) => p.node));
  return [...wiring.nodes.values()]
    .filter((n) => !reaching.has(n.id) && !known.has(n.id))
    .map(({ id, node }) => ({
      code: 'net/leads-nowhere',
      severity: 'warning',
      title: `${node.name} leads to no loss and no output`,
      advice: 'Wire it on, or remove it.',
      node: id,
    }));
}

/** Parameters before the loss that no gradient reaches, because everything on the way is flat. */
function cannotLearn({ wiring, parameters, lossPerSample }: Net): Problem[] {
  if (!lossPerSample || parameters.length === 0) return [];
  // Flat ops have no derivative in any input: they stop the gradient wherever they stand.
  const learning = new Set<Value>();
  const before = topological([lossPerSample]);
  learning.add(lossPerSample);
  for (const v of [...before].reverse())
    if (learning.has(v) && !flatOps.has(v.op.id)) for (const i of v.inputs) learning.add(i);
  const inGraph = new Set(before);
  const stuck = new Map<string, ModelParameter>();
  for (const p of parameters) if (inGraph.has(p.value) && !learning.has(p.value)) stuck.set(p.node, p);
  const flatNodes = [...wiring.nodes.values()].filter((n) => n.spec?.kind === 'heaviside');
  return [...stuck.keys()].map((id) => ({
    code: 'net/no-gradient',
    severity: 'warning',
    title: `${wiring.nodes.get(id)?.node.name ?? id} cannot learn: no gradient passes ${flatNodes.map((n) => n.node.name).join(', ') || 'a flat step on the way'}`,
    advice: 'Replace the step by a sigmoid, or train without it.',
    node: id,
  }));
}

const flatOps: ReadonlySet<string> = new Set([
  'heaviside',
  'sign',
  'floor',
  'less',
  'lessEqual',
  'equal',
  'argmax',
  'argmin',
]);

/** Where a loss wants another number of outputs, offers to set the units of the layer that makes them. */
export function withWidthFix(problem: Problem, wiring: Wiring, target: TargetType | null): Problem {
  const loss = problem.node === undefined ? undefined : wiring.nodes.get(problem.node);
  if (problem.code !== 'shape/mismatch' || loss?.spec?.category !== 'loss' || target?.kind !== 'class')
    return problem;
  const layer = widthMaker(loss, wiring);
  if (!layer) return problem;
  const units = loss.spec.decision === 'largest' || target.classes > 2 ? target.classes : 1;
  return {
    ...problem,
    fix: {
      title: `Set the units of ${layer.node.name} to ${units}`,
      edits: [{ kind: 'setParam', node: layer.id, param: 'units', value: units }],
    },
  };
}

/** The linear layer whose units a loss's prediction has, through nodes that keep the shape. */
function widthMaker(loss: WiredNode, wiring: Wiring): WiredNode | undefined {
  let node = wiring.nodes.get(loss.arriving.get('prediction')?.[0]?.from[0] ?? '');
  for (let i = 0; node && i < wiring.nodes.size; i++) {
    if (node.spec && 'units' in node.spec.params.shape) return node;
    const keeps = node.spec && ['activation', 'output', 'regularisation'].includes(node.spec.category);
    node = keeps ? wiring.nodes.get(node.arriving.get('x')?.[0]?.from[0] ?? '') : undefined;
  }
  return undefined;
}
