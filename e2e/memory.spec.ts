// Memory stays flat while two runs train with every panel opened in turn. `npm test` watches for under a minute;
// GRADLOOM_MEMORY_MINUTES=10 watches as long as it says. What was measured is printed.
import type { Page } from '@playwright/test';
import { expect, test } from './fixtures.ts';
import { type Held, watchHeaps } from './heaps.ts';

const minutes = Number(process.env.GRADLOOM_MEMORY_MINUTES ?? 0.5);
/** Fewest samples; more come as time allows. */
const fewestSamples = 4;
const mebi = 2 ** 20;

/** Every panel is opened once, and the past is looked at. */
async function openEverything(page: Page): Promise<void> {
  for (const tab of ['Curves', 'Scores', 'Gradients', 'Compare', 'Look inside']) {
    await page.getByRole('tab', { name: tab }).click();
    await page.waitForTimeout(250);
  }
  const inside = page.getByRole('navigation', { name: 'What to look at' });
  for (const tab of ['Microscope', 'Decision regions']) {
    await inside.getByRole('button', { name: tab }).click({ timeout: 90_000 });
    await page.waitForTimeout(250);
  }
  await page.getByRole('button', { name: 'First step' }).click();
  await page.waitForTimeout(250);
  await page.getByRole('button', { name: 'Newest' }).click();
}

interface Sample extends Held {
  readonly seconds: number;
  readonly step: number;
}

const inWords = ({ seconds, step, page, worker, gpu, elements }: Sample): string =>
  `${seconds} s, step ${step}: page ${(page / mebi).toFixed(1)} MiB, worker ${(worker / mebi).toFixed(1)} MiB, ` +
  `GPU buffers ${(gpu / mebi).toFixed(2)} MiB, ${elements} elements`;

const median = (numbers: readonly number[]): number =>
  [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;

test('memory stays flat with everything open', async ({ app }) => {
  test.setTimeout(minutes * 60_000 + 420_000);
  const { page } = app;
  const held = await watchHeaps(page);
  await page
    .getByRole('button', { name: /^MLP on spirals/ })
    .first()
    .click();
  await page.getByRole('tab', { name: 'Inspector' }).click();
  await page.getByRole('textbox', { name: 'Epochs' }).fill('1000000');
  await page.getByRole('textbox', { name: 'Epochs' }).press('Enter');
  await page.getByRole('button', { name: 'Play', exact: true }).click();
  const timeline = page.getByRole('region', { name: 'Timeline' });
  const stepsSeen = async (): Promise<number> =>
    Number(/of (\d+)/.exec((await timeline.textContent()) ?? '')?.[1] ?? 0);
  // Past the first captures, all of which are kept.
  await expect.poll(stepsSeen, { timeout: 180_000 }).toBeGreaterThan(300);
  await page
    .getByRole('button', { name: /learning rate|lr /i })
    .first()
    .click();
  await page.getByRole('button', { name: 'Prune and train again' }).click();
  await page.keyboard.press('Escape');
  await expect(page.getByText(/2 runs/)).toBeVisible();
  await expect.poll(stepsSeen, { timeout: 180_000 }).toBeGreaterThan(300);
  await openEverything(page);

  const found: Sample[] = [];
  const start = Date.now();
  while (found.length < fewestSamples || Date.now() - start < minutes * 60_000) {
    await openEverything(page);
    const sample = {
      seconds: Math.round((Date.now() - start) / 1000),
      step: await stepsSeen(),
      ...(await held()),
    };
    found.push(sample);
    console.log(inWords(sample));
  }
  const third = Math.ceil(found.length / 3);
  const [early, late] = [found.slice(0, third), found.slice(-third)];
  const grown = (of: (sample: Held) => number): number => median(late.map(of)) - median(early.map(of));
  console.log(
    `From the first third to the last: page ${(grown((s) => s.page) / mebi).toFixed(2)} MiB, worker ` +
      `${(grown((s) => s.worker) / mebi).toFixed(2)} MiB, GPU ${grown((s) => s.gpu)} bytes.`,
  );
  expect(Math.min(...found.map((s) => s.gpu)), 'buffers are counted').toBeGreaterThan(0);
  // Captures (up to 1024 of each run, some 5 KiB each) and kept weights are bounded, and may fill up meanwhile.
  expect(grown((s) => s.page)).toBeLessThan(8 * mebi);
  expect(grown((s) => s.worker)).toBeLessThan(4 * mebi);
  expect(grown((s) => s.gpu)).toBeLessThan(mebi / 4);
  expect(grown((s) => s.elements)).toBeLessThan(200);
  await page.getByRole('button', { name: 'Stop and free the GPU' }).click();
});
