// Gradients of a net with skips: layers beside a skip are drawn apart, the picture leaves in three forms, and no map covers the net.
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
