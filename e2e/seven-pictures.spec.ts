// The seven pictures of a net that trains, each as a person uses it: it says what is normalised how, tells its numbers to the
// pointer and to the keyboard, follows the scrubber, and leaves as PNG, SVG and CSV.
import type { Locator, Page } from '@playwright/test';
import { expect, test } from './fixtures.ts';

/** Opens a template, trains so many single steps, and shows the gradients. */
async function look(page: Page, template: RegExp, steps: number): Promise<void> {
  await page.getByRole('button', { name: template }).first().click();
  const step = page.getByRole('button', { name: 'Train one step' });
  await step.click(); // the first press compiles
  await expect(page.getByText(/^Paused$/)).toBeVisible({ timeout: 180_000 });
  for (let i = 1; i <= steps; i++) {
    await step.click();
    await expect(page.getByText(new RegExp(`^step ${i} ·`))).toBeVisible({ timeout: 90_000 });
  }
  await page.getByRole('tab', { name: 'Gradients' }).click();
}

interface Taken {
  readonly csv: string;
  readonly svg: string;
}

/** Takes a picture out by its menu, in all three forms. */
async function takeOut(page: Page, menu: Locator): Promise<Taken> {
  const copied = async (item: string, words: string): Promise<string> => {
    await menu.click();
    await page.getByRole('menuitem', { name: item }).click();
    await expect(page.getByText(words).last()).toBeVisible();
    return page.evaluate(() => navigator.clipboard.readText());
  };
  const csv = await copied('Copy numbers as CSV', 'Copied as CSV');
  const svg = await copied('Copy as SVG', 'Copied as SVG');
  await menu.click();
  await page.getByRole('menuitem', { name: 'Copy as PNG' }).click();
  await expect(page.getByText('Copied as PNG').last()).toBeVisible();
  const isPng = await page.evaluate(async () => {
    const [item] = await navigator.clipboard.read();
    return (await item?.getType('image/png'))?.type;
  });
  expect(isPng).toBe('image/png');
  return { csv, svg };
}

interface Picture {
  readonly title: string;
  /** What it says of its scale, in its legend or among its axes’ words. */
  readonly scale: RegExp;
  readonly head: string;
  /** Where among the points the keyboard goes, and what it hears there. */
  readonly keys: readonly string[];
  readonly hears: RegExp;
  /** How it shows that it follows the scrubber. */
  readonly follows: 'table' | 'mark';
}

const pictures: readonly Picture[] = [
  {
    title: 'Gradient through time',
    scale: /not scaled/,
    head: '"of","time step","timeGradient"',
    keys: ['ArrowRight'],
    hears: /rnn/,
    follows: 'table',
  },
  {
    title: 'Depth profile',
    scale: /10⁻⁶/,
    head: '"run","step","layer"',
    keys: ['ArrowRight'],
    hears: /embedding.*∂L\/∂a/,
    follows: 'table',
  },
  {
    title: 'All layers',
    scale: /share of each layer’s own elements/,
    head: '"layer","depth","power of two","share"',
    keys: ['End'],
    hears: /…/,
    follows: 'table',
  },
  {
    title: 'Update : weight',
    scale: /each weight by itself/,
    head: '"weight","step","log10 std(update) : std(weight)"',
    keys: ['ArrowRight'],
    hears: /rnn/,
    follows: 'mark',
  },
  {
    title: 'One tensor over time',
    scale: /share of all elements, one scale/,
    head: '"step","log10 |value|, middle of the bin"',
    keys: ['ArrowUp'],
    hears: /step \d/,
    follows: 'mark',
  },
];

test('every picture says its scale and its numbers, follows the scrubber, and leaves in three forms', async ({
  app,
  context,
}) => {
  test.setTimeout(420_000);
  const { page } = app;
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await look(page, /^RNN with a long memory/, 4);
  const timeline = page.getByRole('region', { name: 'Timeline' });

  for (const { title, scale, head, keys, hears, follows } of pictures) {
    await test.step(title, async () => {
      const figure = page.getByRole('figure').filter({ hasText: title });
      await figure.scrollIntoViewIfNeeded();
      const menu = figure.getByRole('button', { name: 'Copy or save this picture' });
      const newest = await takeOut(page, menu);
      expect(newest.csv.split('\r\n')[0]).toContain(head);
      expect(newest.svg).toMatch(/^<svg/);
      const legend = `${await figure.textContent()} ${newest.svg}`;
      expect(legend).toMatch(scale);

      // The keyboard's cursor is seen, and heard.
      await figure.getByRole('group').first().focus();
      for (const key of keys) await page.keyboard.press(key);
      await expect(figure.locator('output')).toHaveText(hears);

      // Two words for what it is, with a source.
      await figure.getByRole('button', { name: /^What is this/ }).click();
      await expect(page.getByRole('dialog').last()).toContainText(/\S{3,}.*\. .*\S{3,}/s);
      await page.keyboard.press('Escape');

      // As large as the window, and back.
      await figure.getByRole('button', { name: 'As large as the window' }).click();
      await expect.poll(async () => (await figure.boundingBox())?.width ?? 0).toBeGreaterThan(1300);
      await page.keyboard.press('Escape');
      await expect.poll(async () => (await figure.boundingBox())?.width ?? 0).toBeLessThan(700);

      await page.keyboard.press('End');
      await timeline.getByRole('button', { name: 'First step' }).click();
      await expect(timeline).toContainText('step 0 of 3');
      await expect
        .poll(async () => {
          const past = await takeOut(page, menu);
          return follows === 'table' ? past.csv !== newest.csv : past.svg !== newest.svg;
        })
        .toBe(true);
      await timeline.getByRole('button', { name: 'Newest' }).click();
    });
  }

  await test.step('strips and wires', async () => {
    const foot = page.getByRole('main', { name: 'Canvas' });
    await expect(foot.getByText(/common · each column by itself/)).toBeVisible();
    const { csv, svg } = await takeOut(page, foot.getByRole('button', { name: 'Copy or save this picture' }));
    expect(csv.split('\r\n')[0]).toContain('"layer","tensor","step","rms"');
    expect(csv).toMatch(/"rnn","∂L\/∂a",3,/);
    expect(svg).toContain('>rnn<');
    expect(svg).toContain('<image'); // the strips
    const [wire] = await page.locator('.react-flow__edge title').allTextContents();
    const told = await page.locator('.react-flow__edge title').allTextContents();
    expect(wire).toBeTruthy();
    expect(told.filter((text) => /\|∂L\/∂a\| .*\(RMS\)/.test(text)).length).toBeGreaterThanOrEqual(3);
    // Numbers under the pointer.
    const node = await page.locator('.react-flow__node', { hasText: 'embedding' }).boundingBox();
    if (!node) throw new Error('the node is on the canvas');
    await page.mouse.move(node.x + node.width * 0.06, node.y + node.height * 0.45);
    await expect(page.getByRole('status').filter({ hasText: 'embedding · a' })).toContainText(/RMS/);
  });
});

test('layers beside a skip are drawn apart from the line, and told so in the table', async ({
  app,
  context,
}) => {
  test.setTimeout(240_000);
  const { page } = app;
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await look(page, /^Skips in a deep net/, 2);
  const profile = page.getByRole('figure').filter({ hasText: 'Depth profile' });
  const { csv, svg } = await takeOut(
    page,
    profile.getByRole('button', { name: 'Copy or save this picture' }),
  );
  expect(svg).toContain('in branches');
  const rows = csv.trim().split('\r\n').slice(1);
  const inBranch = rows.filter((row) => row.endsWith(',1'));
  expect(inBranch.join()).toMatch(/"sigmoid_5"/);
  expect(inBranch.join()).not.toMatch(/"add_5"/);

  // All of the net is in view, so no map lies over it; away from it, there is one.
  const map = page.locator('.react-flow__minimap');
  await expect(map).toHaveCount(0);
  await page.getByRole('main', { name: 'Canvas' }).hover();
  for (let i = 0; i < 4; i++) await page.mouse.wheel(0, -400);
  await expect(map).toHaveCount(1);
});
