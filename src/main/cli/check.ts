// `gradloom check`: shapes, parameters, arithmetic and memory of a document, and its problems, without running it.
import {
  checkDocument,
  formatBytes,
  formatCount,
  formatFlops,
  formatShape,
  type Model,
  type ModelSummary,
  memoryProblem,
  type Problem,
  summarise,
} from '../../engine/index.ts';
import { readDocumentFile } from './files.ts';
import { type KnownLimits, memoryLimits } from './gpu.ts';
import { print, printJson, table } from './output.ts';
import { type Planned, plannedMemory } from './planned-memory.ts';

function wordsOf(planned: Planned): string {
  if ('why' in planned) return `The memory plan needs the data. ${planned.why}`;
  const { bytes, activations } = planned.plan;
  return (
    `Peak as planned for ${planned.on}: ${formatBytes(bytes)} (${formatCount(bytes)} bytes) with the data and everything else; ` +
    `${formatBytes(activations.bytes)} for values between kernels, of which ${formatBytes(activations.lowerBound)} are needed at once`
  );
}

/**
 * The forecast is of all memory; that one buffer is too large is known when everything is planned. It stands at the node that
 * takes the most.
 */
function refusalOf(planned: Planned | null, { nodes }: ModelSummary): Problem | null {
  if (!planned || !('plan' in planned) || !planned.refusal) return null;
  const { title, fix } = planned.refusal;
  const [largest] = [...nodes].sort(([, a], [, b]) => b.memory - a.memory);
  const place = largest ? { node: largest[0] } : {};
  return { code: 'gpu/out-of-memory', severity: 'error', title, advice: fix, ...place };
}

/** @returns the exit code: 1 when the document cannot be trained */
export async function check(path: string, { json = false }: { json?: boolean }): Promise<0 | 1> {
  const document = await readDocumentFile(path);
  const { model } = checkDocument(document);
  const summary = summarise(model);
  const limits = await memoryLimits(summary.memory.total);
  const tooLarge = memoryProblem(summary, limits);
  const known = [...model.problems, ...(tooLarge ? [tooLarge] : [])];
  const isSound = model.trainable && known.every((p) => p.severity !== 'error');
  const planned = isSound ? await plannedMemory(path, document) : null;
  const refused = refusalOf(planned, summary);
  const problems = [...known, ...(refused ? [refused] : [])];
  const trainable = isSound && !refused;
  const found = { limits, problems, trainable, planned };
  if (json) printJson(report(path, model, summary, found));
  else printReport(path, model, summary, found);
  return trainable ? 0 : 1;
}

interface Findings {
  readonly limits: KnownLimits;
  readonly problems: readonly Problem[];
  readonly trainable: boolean;
  /** What training takes on the GPU; null where it cannot be trained. */
  readonly planned: Planned | null;
}

interface NodeRow {
  readonly node: string;
  readonly kind: string;
  readonly shapes: Readonly<Record<string, readonly number[]>>;
  readonly parameters: number;
  readonly flops: number;
  /** Bytes: parameters with gradients and optimiser states, outputs with gradients. */
  readonly memory: number;
}

function rowsOf(model: Model, summary: ModelSummary): NodeRow[] {
  const ids = [...new Set([...model.order, ...model.nodes.keys()])];
  return ids.flatMap((id): NodeRow[] => {
    const node = model.nodes.get(id);
    if (!node) return [];
    const own = summary.nodes.get(id) ?? { parameters: 0, flops: 0, memory: 0 };
    const outputs = Object.entries(node.outputs).map(([port, value]) => [port, value.shape] as const);
    return [
      {
        node: node.name,
        kind: node.kind,
        shapes: Object.fromEntries(outputs),
        parameters: own.parameters,
        flops: own.flops,
        memory: own.memory,
      },
    ];
  });
}

function report(path: string, model: Model, summary: ModelSummary, found: Findings): unknown {
  return {
    file: path,
    name: model.document.name,
    trainable: found.trainable,
    batch: model.options.batch,
    parameters: summary.parameters,
    flops: summary.flops,
    memory: summary.memory,
    ...(found.planned && 'plan' in found.planned && { planned: found.planned.plan }),
    available: { bytes: found.limits.total, largestBuffer: found.limits.buffer, how: found.limits.how },
    nodes: rowsOf(model, summary),
    problems: found.problems.map(({ code, severity, title, advice, node, wire, port, param }) => ({
      code,
      severity,
      title,
      advice,
      ...(node !== undefined && { node: (model.nodes.get(node) ?? model.blocks.get(node))?.name ?? node }),
      ...(wire !== undefined && { wire }),
      ...(port !== undefined && { port }),
      ...(param !== undefined && { param }),
    })),
  };
}

function printReport(path: string, model: Model, summary: ModelSummary, found: Findings): void {
  print(`${model.document.name} (${path}), batches of ${model.options.batch}\n`);
  const rows = rowsOf(model, summary).map((r) => [
    r.node,
    r.kind,
    Object.values(r.shapes).map(formatShape).join(', ') || '?',
    r.parameters > 0 ? formatCount(r.parameters) : '',
    r.flops > 0 ? formatFlops(r.flops) : '',
    formatBytes(r.memory),
  ]);
  print(table(['Node', 'Layer', 'Output', '>Parameters', '>Forward', '>Memory'], rows));
  const { memory, flops } = summary;
  print(
    `\n${formatCount(summary.parameters)} parameters; ${formatFlops(flops.forward)} forward, ${formatFlops(flops.step)} a step; ` +
      `${formatBytes(memory.total)} of memory to train (${formatBytes(memory.parameters)} parameters, ` +
      `${formatBytes(memory.gradients)} gradients, ${formatBytes(memory.optimizer)} optimiser, ${formatBytes(memory.activations)} activations)`,
  );
  if (found.planned) print(wordsOf(found.planned));
  if (found.problems.length > 0) print('');
  for (const { severity, title, advice } of found.problems)
    print(`${severity === 'error' ? '✗' : '!'} ${title}. ${advice}`);
  if (found.trainable) print('\n✓ It can be trained.');
}
