/**
 * `node bench/probes.ts [TEXT]`: what looking costs, for five workloads. Each net is trained in turn without probes, with
 * probes but not looked at, and with a look at every step, in one process; medians of pairs of the same round are given.
 */

import { Trainer } from '../src/engine/index.ts';
import { loadData } from '../src/main/cli/files.ts';
import { openGpu } from '../src/main/cli/gpu.ts';
import { median } from './results.ts';
import { zoo } from './zoo/cases.ts';
import { netOf } from './zoo/net.ts';

const workloads = [
  '8 ReLU layers, weights N(0, 1)',
  'raw pixels 0…255',
  'a convolution with biases of −10',
  'an RNN over 30 steps',
  'a transformer at learning rate 10⁻⁷',
];
const rounds = 60;
const orders = [
  [0, 1, 2],
  [2, 1, 0],
  [1, 2, 0],
  [0, 2, 1],
  [2, 0, 1],
  [1, 0, 2],
];
const steps = 8;

const gpu = await openGpu(false);
for (const name of workloads) {
  const found = [...zoo.tuning, ...zoo.held].find((zooCase) => zooCase.name === name);
  if (!found || !name.includes(process.argv[2] ?? '')) continue;
  const document = netOf(found.healthy);
  const { data } = await loadData('bench', document);
  const plain = await Trainer.create(gpu, document, data, { probes: false });
  const probed = await Trainer.create(gpu, document, data, { probes: true });
  const times = { plain: [] as number[], kept: [] as number[], looked: [] as number[] };
  const timed = async (into: number[], trainer: Trainer, look: boolean): Promise<void> => {
    const start = performance.now();
    await trainer.run(steps, () => look);
    into.push((performance.now() - start) / steps);
  };
  for (const trainer of [plain, probed]) await trainer.settled();
  const kinds = [
    () => timed(times.plain, plain, false),
    () => timed(times.kept, probed, false),
    () => timed(times.looked, probed, true),
  ];
  // Whatever comes behind a look may be slower for it: each comes behind each other as often.
  for (let round = 0; round < rounds; round++)
    for (const at of orders[round % orders.length]!) await kinds[at]!();
  // Pairs of one round, since a machine is not as fast in every minute.
  const more = median(times.kept.map((time, round) => time / times.plain[round]! - 1));
  const look = Math.max(0, median(times.looked.map((time, round) => time - times.kept[round]!)));
  const base = median(times.plain);
  console.log(
    `${name}, its twin: ${base.toFixed(2)} ms a step, ${(100 * more).toFixed(1)} % more with probes and no look, ` +
      `${look.toFixed(2)} ms a look; 3 % allows one in ${Math.ceil(look / (0.03 * base))} steps`,
  );
  plain.dispose();
  probed.dispose();
}
process.exit(0);
