// The measured numbers as Markdown: the generated part of docs/performance.md.
import { aloneNames, byHand, isAlone } from './alone.ts';
import {
  type Circumstances,
  type EngineResult,
  type Growth,
  hasNumbers,
  median,
  type Results,
  type WorkloadResult,
} from './results.ts';
import { type Workload, workloads } from './workloads.ts';

const start = '<!-- bench: from here to the end mark, `npm run bench` writes -->';
const end = '<!-- bench: end -->';

const own = 'Gradloom';
const looking = 'Gradloom, looking at every step';
const peers = ['jax-js', 'TensorFlow.js'] as const;

/** Three digits that say something. */
function number(value: number): string {
  if (!Number.isFinite(value)) return '–';
  if (value === 0) return '0';
  return value >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(value < 0.1 ? 2 : 3)));
}

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map((_, i) => (i === 0 ? '---' : '---:')), ...rows]
    .map((r) => `| ${r.join(' | ')} |`)
    .join('\n');

const engineOf = ({ engines }: WorkloadResult, name: string): EngineResult | undefined =>
  engines.filter(hasNumbers).find((e) => e.engine === name);

const timeOf = (result: WorkloadResult, name: string): number => median(engineOf(result, name)?.rounds ?? []);

/** How many times as fast Gradloom is. */
const timesFaster = (result: WorkloadResult, name: string): number =>
  timeOf(result, name) / timeOf(result, own);

/** When a workload was measured: one day, or that of each engine where they differ. */
function daysOf({ engines }: WorkloadResult): string {
  const days = [...new Set(engines.map((e) => e.day ?? '–'))];
  if (days.length === 1) return days[0] ?? '–';
  return engines.map((e) => `${e.engine} ${e.day ?? '–'}`).join(', ');
}

const limitsOf = (name: string): Workload['limits'] => workloads.find((w) => w.name === name)?.limits ?? {};

const asked = (limit: number | undefined, sign: string): string =>
  limit === undefined ? '' : ` (${sign} ${limit})`;

/** Median, and where the rounds lay. */
function spread(result: WorkloadResult, name: string): string {
  const rounds = engineOf(result, name)?.rounds ?? [];
  if (rounds.length === 0) return '–';
  return `${number(median(rounds))} (${number(Math.min(...rounds))} … ${number(Math.max(...rounds))})`;
}

function times(results: readonly WorkloadResult[]): string {
  const head = [
    'workload',
    ...[own, ...peers].map((e) => `${e}, ms`),
    ...peers.map((p) => `× ${p}`),
    'GFLOP/s',
    'rounds',
    'measured',
  ];
  const rows = results.map((r) => {
    const { timesJax } = limitsOf(r.name);
    const wanted = [asked(timesJax, '≥'), asked(timesJax === undefined ? undefined : 8, '≥')];
    return [
      `\`${r.name}\` ${r.about}`,
      ...[own, ...peers].map((e) => spread(r, e)),
      ...peers.map((p, i) => `${number(timesFaster(r, p))}${wanted[i]}`),
      number(r.mflop / timeOf(r, own)),
      String(engineOf(r, own)?.rounds.length ?? 0),
      daysOf(r),
    ];
  });
  return table(head, rows);
}

function counts(results: readonly WorkloadResult[]): string {
  const cell = (r: WorkloadResult, name: string, limit?: number): string => {
    const found = engineOf(r, name)?.counts;
    if (!found) return '–';
    const { dispatches = 0, submissions = 0, buffers = 0, bindGroups = 0 } = found;
    const [first, ...rest] = [dispatches, submissions, buffers, bindGroups].map(number);
    return [`${first}${asked(limit, '≤')}`, ...rest].join(' · ');
  };
  const rows = results.map((r) => [
    `\`${r.name}\``,
    cell(r, own, limitsOf(r.name).dispatches),
    cell(r, looking),
    ...peers.map((p) => cell(r, p)),
  ]);
  return table(['workload', own, 'looking', ...peers], rows);
}

function losses(results: readonly WorkloadResult[]): string {
  const cell = (r: WorkloadResult, name: string): string =>
    engineOf(r, name)?.losses.at(-1)?.toPrecision(6) ?? '–';
  const rows = results.map((r) => [
    `\`${r.name}\``,
    String(engineOf(r, own)?.losses.length ?? 0),
    ...[own, ...peers].map((e) => cell(r, e)),
  ]);
  return table(['workload', 'steps', own, ...peers], rows);
}

function starts(results: readonly WorkloadResult[]): string {
  const mebibytes = (r: WorkloadResult, name: string): string =>
    number((engineOf(r, name)?.peakBytes ?? Number.NaN) / 2 ** 20);
  const first = (r: WorkloadResult, name: string): string =>
    number(engineOf(r, name)?.firstStep ?? Number.NaN);
  const engines = [own, ...peers];
  const rows = results.map((r) => [
    `\`${r.name}\``,
    ...engines.map((e) => first(r, e)),
    ...engines.map((e) => mebibytes(r, e)),
    number(timeOf(r, looking) - timeOf(r, own)),
  ]);
  const head = engines.flatMap((e) => [`${e}, first step, ms`]);
  return table(['workload', ...head, ...engines.map((e) => `${e}, peak MiB`), 'one look, ms'], rows);
}

/** Single kernels, and the nets that are asked for a share of what a kernel can do, against the kernels written by hand. */
function againstHand(results: readonly WorkloadResult[]): string {
  const rateOf = (r: WorkloadResult, name: string): number => r.mflop / timeOf(r, name);
  const hand = new Map(
    results.filter(({ name }) => isAlone(name)).map((r) => [r.name, rateOf(r, byHand)] as const),
  );
  const share = (rate: number, of: string): string => number((100 * rate) / (hand.get(of) ?? Number.NaN));
  const rows = results
    .filter(({ name }) => isAlone(name) || limitsOf(name).ofByHand !== undefined)
    .map((r) => {
      const rate = rateOf(r, own);
      const limit = limitsOf(r.name).ofByHand;
      return [
        `\`${r.name}\``,
        number(rate),
        number(hand.get(r.name) ?? Number.NaN),
        hand.has(r.name) ? share(rate, r.name) : '–',
        `${share(rate, 'product')}${asked(limit === undefined ? undefined : 100 * limit, '≥')}`,
        r.apart === undefined ? '–' : r.apart.toExponential(1),
      ];
    });
  return table(
    [
      'workload',
      'Gradloom, GFLOP/s',
      'the same by hand, GFLOP/s',
      '% of it',
      '% of the product by hand',
      'results apart',
    ],
    rows,
  );
}

function growth(all: readonly Growth[]): string {
  const engines = [own, ...peers];
  const rows = all.map(({ along, size, result }) => [
    `${along === 'batch' ? '`mlp`, batch' : '`deep`, hidden layers'} ${size}`,
    ...engines.map((e) => number(timeOf(result, e))),
    ...engines.map((e) => number(engineOf(result, e)?.counts.dispatches ?? Number.NaN)),
  ]);
  return table(['size', ...engines.map((e) => `${e}, ms`), ...engines.map((e) => `${e}, dispatches`)], rows);
}

function hostCosts({ host }: Results): string {
  const rows = host.map(({ name, single, many, looking: looked, kept }) => [
    `\`${name}\``,
    `${number(many)}${asked(limitsOf(name).hostMs, '≤')}`,
    number(single),
    number(looked),
    number(Math.max(0, kept)),
  ]);
  return table(
    [
      'workload',
      '32 steps a submission, ms',
      '1 step a submission, ms',
      'looking, 8 a submission, ms',
      'bytes kept a step',
    ],
    rows,
  );
}

function failures(results: readonly WorkloadResult[]): string {
  const lines = results.flatMap(({ name, engines }) =>
    engines.flatMap((e) => (hasNumbers(e) ? [] : [`- \`${name}\`, ${e.engine}: ${e.error.split('\n')[0]}`])),
  );
  return lines.length === 0 ? '' : `\nNot measured, because the engine failed:\n\n${lines.join('\n')}\n`;
}

function circumstances(all: readonly Circumstances[]): string {
  const unique = (of: (c: Circumstances) => string): string => [...new Set(all.map(of))].join('; ');
  const loads = all.map(({ load }) => load);
  const [least, most] = [Math.min(...loads), Math.max(...loads)].map((n) => n.toFixed(1));
  const processors = Math.max(...all.map((c) => c.processors));
  const shared =
    Number(most) > processors + 1
      ? ` **The machine was shared with other work**: ${least} to ${most} processes wanted its ${processors} processors, so times are long, they scatter, and only ratios within a row mean something.`
      : '';
  return `Adapter: ${unique((c) => c.adapter)}. ${unique((c) => c.browser)}, ${processors} processors.${shared}`;
}

/** All that was measured, as sections. */
function generated(results: Results): string {
  const order = [...workloads.map(({ name }) => name), ...aloneNames];
  const all = order.flatMap((name) => results.workloads[name] ?? []);
  const nets = all.filter(({ name }) => !isAlone(name));
  const parts = [
    '## Against its peers',
    circumstances(all.map(({ under }) => under)),
    'A step is forward, loss, backward and Adam, with the same weights and batches in every engine. Engines take turns, round after round, on one page; each number is the median of its rounds, with the fastest and the slowest. × says how many times as fast Gradloom is (in brackets: what is asked for on a software adapter). GFLOP/s counts products and convolutions alone, Gradloom’s.',
    times(all),
    failures(all),
    ...(nets.length < all.length
      ? [
          '### Against kernels written by hand',
          'A product and a convolution were written by hand for this measurement (`bench/page/hand-written.ts`) and take turns with the others, forward alone. They are cut for SwiftShader: on a GPU they are no yardstick. The convolution by hand finds its weights laid out for it. A net’s rate counts products and convolutions alone, but all of its time, and is compared with that of the product by hand (in brackets: what is asked for on a software adapter). How far results lie apart is told of the largest number.',
          againstHand(all),
        ]
      : []),
    '### What a step asks of WebGPU',
    'Per step: dispatches · submissions · buffers created · bind groups created, counted on the page for all engines alike. Where few steps fill a round, what an engine does once a round to wait for the GPU counts too.',
    counts(nets),
    '### The same numbers',
    'The loss of the last of the first steps:',
    losses(nets),
    '### Start and memory',
    'The first step includes building, compiling and uploading. *One look* is what a step takes longer when every tensor is captured after it.',
    starts(nets),
    ...(results.growth.length > 0
      ? [
          '### How the time grows',
          `Measured ${results.days?.growth ?? 'at an unknown time'}.`,
          growth(results.growth),
        ]
      : []),
    ...(results.host.length > 0
      ? [
          '### The host’s own cost',
          'Processor time of a step on Dawn’s null backend in Node, where the GPU does nothing (in brackets: what is asked for).',
          `Measured ${results.days?.host ?? 'at an unknown time'}.`,
          hostCosts(results),
        ]
      : []),
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

/** The page with its generated part replaced, or appended where it has none. */
export function withReport(page: string, results: Results): string {
  const text = `${start}\n\n${generated(results)}\n\n${end}`;
  const from = page.indexOf(start);
  const to = page.indexOf(end);
  if (from < 0 || to < from) return `${page.trimEnd()}\n\n${text}\n`;
  return page.slice(0, from) + text + page.slice(to + end.length);
}
