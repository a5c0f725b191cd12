/** From the engine's account of a document to what the canvas shows. Pure; nothing is allocated for the tensors it speaks of. */
import {
  applyEdits,
  checkDocument,
  type Problem as EngineProblem,
  formatShape,
  type GraphDocument,
  type MemoryLimits,
  memoryProblem,
  summarise,
} from '../../engine/index.ts';
import type { AnalysisState, NodeFacts, Problem } from './analysis.ts';

/** Everything about a document that is known without running it. `limits`: what a training run may take. */
export function analyse(doc: GraphDocument, limits: MemoryLimits): Omit<AnalysisState, 'limits'> {
  const { model } = checkDocument(doc);
  const summary = summarise(model);
  const tooLarge = memoryProblem(summary, limits);
  const problems = [...(tooLarge ? [tooLarge] : []), ...model.problems].map(toProblem);
  const ofNode = Map.groupBy(
    problems.filter(({ wire }) => wire === null),
    ({ node }) => node,
  );
  const nodes: Record<string, NodeFacts> = {};
  for (const [id, built] of model.nodes) {
    const shapes = Object.entries(built.outputs).map(([port, value]) => [port, formatShape(value.shape)]);
    const { parameters = 0, flops = 0, memory = 0 } = summary.nodes.get(id) ?? {};
    nodes[id] = {
      shapes: Object.fromEntries(shapes),
      parameters,
      flops,
      memory,
      problems: ofNode.get(id) ?? [],
    };
  }
  const wires: Record<string, string> = {};
  for (const [id, { from }] of Object.entries(doc.wires)) {
    const shape = nodes[from[0]]?.shapes[from[1]];
    if (shape !== undefined) wires[id] = shape;
  }
  return {
    nodes,
    wires,
    problems,
    summary,
    trainable: model.trainable && tooLarge === null,
  };
}

function toProblem(problem: EngineProblem): Problem {
  const { code, severity, title, advice, node, wire, port, param, fix } = problem;
  return {
    id: [code, node, wire, port, param, title].filter(Boolean).join('|'),
    severity,
    title,
    fix: advice,
    node: node ?? null,
    wire: wire ?? null,
    quickFix: fix
      ? { label: fix.title, command: { label: fix.title, apply: (doc) => applyEdits(doc, fix.edits) } }
      : null,
  };
}
