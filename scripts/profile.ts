// `npm run profile -- FILE`: how long each kernel of a document's training step takes on this machine's GPU, and how near that
// is to what the adapter can do: its rate in a large product and in a long copy, measured at the start.
import { parseArgs } from 'node:util';
import { compileGraph } from '../src/engine/compile/compile.ts';
import { Trainer } from '../src/engine/index.ts';
import type { Value } from '../src/engine/ir/value.ts';
import { neg } from '../src/engine/ops/elementwise.ts';
import { input } from '../src/engine/ops/leaf.ts';
import { matmul } from '../src/engine/ops/product.ts';
import { type OpenDevice, targetOf } from '../src/engine/runtime/device.ts';
import { type KernelTime, timeKernels } from '../src/engine/runtime/kernel-times.ts';
import { Machine } from '../src/engine/runtime/machine.ts';
import { loadData, readDocumentFile } from '../src/main/cli/files.ts';
import { openGpu } from '../src/main/cli/gpu.ts';

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: 'string', default: '5' } },
});
const [path] = positionals;
const rounds = Number(values.rounds);
if (path === undefined || !Number.isInteger(rounds) || rounds < 1) {
  console.error('Usage: npm run profile -- FILE [--rounds N]');
  process.exit(2);
}

/** What an adapter reaches at best: multiply-adds count 2. */
interface Ceilings {
  readonly flopsPerMs: number;
  readonly bytesPerMs: number;
}

/** The time of the only kernel of a graph. */
async function timeOf(
  open: OpenDevice,
  make: (a: Value) => Value,
  size: readonly number[],
): Promise<KernelTime> {
  const machine = new Machine(open.device);
  const a = input('a', size);
  const elements = size.reduce((n, d) => n * d, 1);
  const { program } = compileGraph(
    [{ value: make(a) }],
    () => ({ buffer: 'a', offset: 0, length: elements }),
    {
      arena: 'arena',
      uniforms: [],
      ...targetOf(open),
    },
  );
  await machine.reserve({ a: elements });
  const times = await timeKernels(machine, await machine.load(program), { rounds, repeats: 1 });
  machine.dispose();
  const [time] = times ?? [];
  if (!time) throw new Error('This adapter has no timestamp queries, so kernels cannot be timed on it.');
  return time;
}

async function ceilingsOf(open: OpenDevice): Promise<Ceilings> {
  const side = open.software ? 512 : 4096;
  const product = await timeOf(open, (a) => matmul(a, a), [side, side]);
  const copy = await timeOf(open, (a) => neg(a), [open.software ? 2 ** 20 : 2 ** 25]);
  return { flopsPerMs: product.flops / product.millis, bytesPerMs: copy.bytes / copy.millis };
}

function print(times: readonly KernelTime[], { flopsPerMs, bytesPerMs }: Ceilings): void {
  const total = times.reduce((n, t) => n + t.millis, 0);
  const row = (...cells: string[]): void =>
    console.log(cells.map((c, i) => (i === 0 ? c.slice(0, 48).padEnd(48) : c.padStart(9))).join(' '));
  row('kernel', 'ms', '% of step', 'MFLOP', 'MB', 'GFLOP/s', 'GB/s', '% of best');
  for (const { label, millis, flops, bytes } of times.toSorted((a, b) => b.millis - a.millis)) {
    const best = Math.max(flops / flopsPerMs, bytes / bytesPerMs);
    const rate = (n: number): string => (millis > 0 ? (n / millis / 1e6).toFixed(2) : '–');
    row(
      label,
      millis.toFixed(3),
      ((100 * millis) / total).toFixed(1),
      (flops / 1e6).toFixed(2),
      (bytes / 1e6).toFixed(2),
      rate(flops),
      rate(bytes),
      millis > 0 ? Math.min(100, (100 * best) / millis).toFixed(0) : '–',
    );
  }
  const flops = times.reduce((n, t) => n + t.flops, 0);
  row('all', total.toFixed(3), '100.0', (flops / 1e6).toFixed(2), '', (flops / total / 1e6).toFixed(2));
}

const document = await readDocumentFile(path);
const { data } = await loadData(path, document);
const open = await openGpu(false);
const ceilings = await ceilingsOf(open);
console.log(
  `${open.name}: ${(ceilings.flopsPerMs / 1e6).toFixed(2)} GFLOP/s in a product, ${(ceilings.bytesPerMs / 1e6).toFixed(2)} GB/s in a map`,
);
const started = performance.now();
const trainer = await Trainer.create(open, document, data, { probes: false });
console.log(
  `${trainer.facts.dispatches.plain} kernels a step, ready after ${((performance.now() - started) / 1000).toFixed(1)} s`,
);
const times = await trainer.kernelTimes(rounds);
if (times) print(times, ceilings);
trainer.dispose();
process.exit(0);
