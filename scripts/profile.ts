// `npm run profile -- FILE`: how long each kernel of a document's training step takes on this machine's GPU, and how near that
// is to what the adapter can do: its rate in a large product and in a long copy, measured at the start.
import { parseArgs } from 'node:util';
import { kernelShares, type Profile, Trainer } from '../src/engine/index.ts';
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

function print(profile: Profile): void {
  const { ceilings, kernels } = profile;
  if (!ceilings) throw new Error('This adapter has no timestamp queries, so kernels cannot be timed on it.');
  console.log(
    `${profile.adapter.name}: ${(ceilings.flopsPerMs / 1e6).toFixed(2)} GFLOP/s in a product, ${(ceilings.bytesPerMs / 1e6).toFixed(2)} GB/s in a map`,
  );
  console.log(
    `${kernels.length} kernels a step of ${profile.compile.texts} texts; compiled in ${profile.compile.plan.toFixed(0)} ms, loaded in ${profile.compile.load.toFixed(0)} ms; ${profile.memory.bytes} bytes`,
  );
  const row = (...cells: string[]): void =>
    console.log(cells.map((c, i) => (i === 0 ? c.slice(0, 48).padEnd(48) : c.padStart(9))).join(' '));
  const number = (n: number | null, digits: number, scale = 1): string =>
    n === null ? '–' : (scale * n).toFixed(digits);
  row('kernel', 'ms', '% of step', 'MFLOP', 'MB', 'GFLOP/s', 'GB/s', '% of best');
  for (const k of kernelShares(profile).sort((a, b) => (b.millis ?? 0) - (a.millis ?? 0)))
    row(
      k.label,
      number(k.millis, 3),
      number(k.share, 1, 100),
      number(k.flops, 2, 1e-6),
      number(k.bytes, 2, 1e-6),
      number(k.gflopsPerSecond, 2),
      number(k.gigabytesPerSecond, 2),
      number(k.ofBest, 0, 100),
    );
  const total = kernels.reduce((n, k) => n + (k.millis ?? 0), 0);
  const flops = kernels.reduce((n, k) => n + k.flops, 0);
  row('all', total.toFixed(3), '100.0', (flops / 1e6).toFixed(2), '', (flops / total / 1e6).toFixed(2));
}

const document = await readDocumentFile(path);
const { data } = await loadData(path, document);
const trainer = await Trainer.create(await openGpu(false), document, data, { probes: false });
print(await trainer.profile({ rounds, repeats: 4 }));
trainer.dispose();
process.exit(0);
