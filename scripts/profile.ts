// `npm run profile -- FILE`: how long each kernel of a document's training step takes on this machine's GPU, how its product is
// cut there, and how near that is to what the adapter can do: its rate in a large product and in a long copy, measured before.
import { parseArgs } from 'node:util';
import {
  formatBytes,
  type KernelShare,
  kernelShares,
  millisOfStep,
  type Profile,
  Trainer,
} from '../src/engine/index.ts';
import { about, CliError, explain } from '../src/main/cli/failure.ts';
import { assertTrainable, loadData, readDocumentFile } from '../src/main/cli/files.ts';
import { openGpu } from '../src/main/cli/gpu.ts';
import { print, say, table } from '../src/main/cli/output.ts';

const usage = 'Usage: npm run profile -- FILE [--rounds N]';

function number(n: number | null, digits: number, scale = 1): string {
  return n === null ? '–' : (scale * n).toFixed(digits);
}

const columns: ReadonlyArray<readonly [heading: string, of: (k: KernelShare) => string]> = [
  ['kernel', (k) => (k.perStep > 1 ? `${k.label}, ${k.perStep} times` : k.label)],
  ['cut', (k) => k.cut ?? '–'],
  ['>groups', (k) => k.grid.join(' × ')],
  ['>ms', (k) => number(k.millis, 3)],
  ['>% of step', (k) => number(k.share, 1, 100)],
  ['>MFLOP', (k) => number(k.flops, 2, 1e-6)],
  ['>MB', (k) => number(k.bytes, 2, 1e-6)],
  ['>GFLOP/s', (k) => number(k.gflopsPerSecond, 2)],
  ['>GB/s', (k) => number(k.gigabytesPerSecond, 2)],
  ['>% of best', (k) => number(k.ofBest, 0, 100)],
];

function printProfile(profile: Profile): void {
  const { adapter, ceilings, kernels, compile, memory } = profile;
  print(
    ceilings
      ? `${adapter.name}: ${number(ceilings.flopsPerMs, 2, 1e-6)} GFLOP/s in a product, ${number(ceilings.bytesPerMs, 2, 1e-6)} GB/s in a copy`
      : `${adapter.name} has no clock for kernels, so they are listed without times`,
  );
  print(
    `Kernels of a step: ${kernels.length}, different texts: ${compile.texts}; compiled in ${number(compile.plan, 0)} ms, loaded in ${number(compile.load, 0)} ms; ${formatBytes(memory.bytes)} of memory`,
  );
  const shares = kernelShares(profile);
  if (ceilings) shares.sort((a, b) => (b.share ?? 0) - (a.share ?? 0));
  const flops = kernels.reduce((n, k) => n + k.perStep * k.flops, 0);
  const millis = ceilings ? millisOfStep(kernels) : null;
  const all = {
    '>ms': number(millis, 3),
    '>MFLOP': number(flops, 2, 1e-6),
    '>GFLOP/s': number(millis && flops / millis, 2, 1e-6),
  };
  const headings = columns.map(([heading]) => heading);
  print(
    table(headings, [
      ...shares.map((k) => columns.map(([, of]) => of(k))),
      headings.map((h, i) => (i === 0 ? 'all' : (all[h as keyof typeof all] ?? ''))),
    ]),
  );
}

async function run(args: readonly string[]): Promise<void> {
  const { positionals, values } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { rounds: { type: 'string', default: '5' }, help: { type: 'boolean', default: false } },
  });
  if (values.help) return print(usage);
  const [path, ...more] = positionals;
  const rounds = Number(values.rounds);
  if (path === undefined || more.length > 0 || !Number.isInteger(rounds) || rounds < 1)
    throw new CliError(usage, 2);
  const document = await readDocumentFile(path);
  assertTrainable(path, document);
  const { data } = await loadData(path, document);
  const gpu = await openGpu(false);
  const trainer = await about(path, () => Trainer.create(gpu, document, data, { probes: false }));
  printProfile(await trainer.profile({ rounds, repeats: 4 }));
  trainer.dispose();
  await gpu.save();
}

let exitCode = 0;
try {
  await run(process.argv.slice(2));
} catch (error) {
  const { message, exitCode: code } = explain(error);
  say(`profile: ${message}`);
  exitCode = code;
}
// Dawn keeps the process alive, so it is ended by hand once everything is written.
process.stdout.write('', () => process.exit(exitCode));
