/** From the engine's account of a document to what the canvas shows. Pure; nothing is allocated for the tensors it speaks of. */
import {
  applyEdits,
  buildModel,
  describeData,
  EngineError,
  type Problem as EngineProblem,
  formatShape,
  type GraphDocument,
  parameterCount,
  parseDataSpec,
} from '../../engine/index.ts';
import type { AnalysisState, NodeFacts, Problem } from './analysis.ts';

export function analyse(doc: GraphDocument): AnalysisState {
  const data = dataOf(doc);
  const model = buildModel(doc, data.shapes, { batch: doc.training.batchSize, training: true });
  const problems = [...data.problems, ...model.problems].map(toProblem);
  const nodes: Record<string, NodeFacts> = {};
  for (const [id, built] of model.nodes) {
    const shapes = Object.entries(built.outputs).map(([port, value]) => [port, formatShape(value.shape)]);
    const parameters = model.parameters
      .filter((p) => p.node === id)
      .reduce((sum, p) => sum + p.shape.reduce((n, d) => n * d, 1), 0);
    nodes[id] = {
      shapes: Object.fromEntries(shapes),
      parameters,
      problems: problems.filter((p) => p.node === id && p.wire === null),
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
    parameters: parameterCount(model),
    trainable: model.trainable,
  };
}

/** What the document's data node promises, read without loading anything. */
function dataOf(doc: GraphDocument) {
  const entry = Object.entries(doc.nodes).find(([, node]) => node.kind === 'data');
  if (!entry) return { shapes: null, problems: [] };
  const [id, node] = entry;
  try {
    return { shapes: describeData(parseDataSpec(node.params)), problems: [] };
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    const problem: EngineProblem = {
      code: error.code,
      severity: 'error',
      title: `${node.name}: ${error.user.title}`,
      advice: error.user.fix,
      node: id,
    };
    return { shapes: null, problems: [problem] };
  }
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
