/** From the engine's account of a document to what the canvas shows. Pure; nothing is allocated for the tensors it speaks of. */
import {
  applyEdits,
  type BuiltNode,
  checkDocument,
  type Problem as EngineProblem,
  formatShape,
  type GraphDocument,
  type MemoryLimits,
  type Model,
  memoryProblem,
  type Net,
  type NodeSummary,
  placeOf,
  summarise,
} from '../../engine/index.ts';
import { instancesAround } from '../document/level.ts';
import type { AnalysisState, NodeFacts, Problem } from './analysis.ts';

/** Everything about a document that is known without running it. `limits`: what a training run may take. */
export function analyse(doc: GraphDocument, limits: MemoryLimits): Omit<AnalysisState, 'limits'> {
  const { model } = checkDocument(doc);
  const summary = summarise(model);
  const tooLarge = memoryProblem(summary, limits);
  const problems = [...(tooLarge ? [tooLarge] : []), ...model.problems].map((p) => toProblem(p, doc));
  const { net } = model;
  const nodes: Record<string, NodeFacts> = {};
  const costs = (of: NodeSummary | undefined) => ({
    parameters: of?.parameters ?? 0,
    flops: of?.flops ?? 0,
    memory: of?.memory ?? 0,
  });
  const shapesOf = (outputs: BuiltNode['outputs']): Record<string, string> =>
    Object.fromEntries(Object.entries(outputs).map(([port, value]) => [port, formatShape(value.shape)]));
  for (const [id, { outputs }] of model.nodes)
    nodes[id] = { shapes: shapesOf(outputs), ...costs(summary.nodes.get(id)), problems: [] };
  for (const [id, { outputs }] of model.blocks)
    nodes[id] = { shapes: shapesOf(outputs), ...costs(summary.blocks.get(id)), problems: [] };
  for (const id of net.places.keys())
    nodes[id] ??= { shapes: passedBy(model, id), ...costs(undefined), problems: [] };
  for (const [id, own] of problemsByPath(problems, net)) {
    const facts = nodes[id];
    if (facts) nodes[id] = { ...facts, problems: own };
  }
  return {
    nodes,
    net,
    problems,
    summary,
    trainable: model.trainable && tooLarge === null,
  };
}

/** What passes a block's port or a bypassed node. */
function passedBy({ net, nodes }: Model, id: string): Record<string, string> {
  return Object.fromEntries(
    ['x', 'y'].flatMap((port) => {
      const source = net.source(id, port);
      const value = source && nodes.get(source[0])?.outputs[source[1]];
      return value ? [[port, formatShape(value.shape)]] : [];
    }),
  );
}

/**
 * Each problem at its layer wherever that stands (in every repetition and instance of its block), and at the instances around.
 * Those of wires are shown on wires.
 */
function problemsByPath(problems: readonly Problem[], { places }: Net): Map<string, Problem[]> {
  const byPath = new Map<string, Problem[]>();
  const add = (path: string, problem: Problem): void => {
    const known = byPath.get(path) ?? [];
    if (!known.includes(problem)) byPath.set(path, [...known, problem]);
  };
  for (const problem of problems) {
    const at = problem.node === null ? undefined : places.get(problem.node);
    if (problem.node === null) continue;
    const paths =
      at === undefined || at.scope === null
        ? [problem.node]
        : [...places].flatMap(([path, { scope, id }]) => (scope === at.scope && id === at.id ? [path] : []));
    for (const path of paths) {
      if (problem.wire === null) add(path, problem);
      for (const around of instancesAround(path)) add(around, problem);
    }
  }
  return byPath;
}

function toProblem(problem: EngineProblem, doc: GraphDocument): Problem {
  const { code, severity, title, advice, node, wire, port, param, fix } = problem;
  return {
    id: [code, node, wire, port, param, title].filter(Boolean).join('|'),
    severity,
    title,
    fix: advice,
    node: node ?? null,
    wire: wire ?? null,
    scope: placeOf(doc, wire ?? node ?? '')?.scope ?? null,
    quickFix: fix
      ? {
          label: fix.title,
          command: { label: fix.title, whole: true, apply: (d) => applyEdits(d, fix.edits) },
        }
      : null,
  };
}
