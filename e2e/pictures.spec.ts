// The pictures as a person uses them: going back in time, looking inside the net, taking pictures out, and asking what they are.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { expect, test } from './fixtures.ts';
import { inkSum, trainSteps } from './looking.ts';

const timeline = (page: Page) => page.getByRole('region', { name: 'Timeline' });
const pictureOf = (page: Page) => inkSum(page.getByTestId('strips'));

test('going back shows that step everywhere, and the newest is one key away', async ({ app }) => {
  test.setTimeout(420_000);
  const { page } = app;
  await trainSteps(page, /^MLP on spirals/, 4);
  await page.getByRole('tab', { name: 'Look inside' }).click();
  const tabs = page.getByRole('navigation', { name: 'What to look at' });
  await tabs.getByRole('button', { name: 'Decision regions' }).click({ timeout: 90_000 });
  await expect(page.getByText(/weights of step 4 ·/)).toBeVisible({ timeout: 90_000 });
  await expect(timeline(page)).toContainText('step 3 of 3');
  const newest = await pictureOf(page);

  await page.keyboard.press('[');
  await page.keyboard.press('[');
  await expect(timeline(page)).toContainText('step 1 of 3');
  await expect.poll(() => pictureOf(page)).not.toBe(newest);
  await expect(page.getByText(/weights of step 1 ·/)).toBeVisible({ timeout: 90_000 });
  await app.picture('inside');

  await page.keyboard.press('End');
  await expect(timeline(page)).toContainText('step 3 of 3');
  await expect(page.getByText(/weights of step 4 ·/)).toBeVisible({ timeout: 90_000 });
  await expect.poll(() => pictureOf(page)).toBe(newest);

  await page.keyboard.press('Home');
  await page.keyboard.press(']');
  await page.getByRole('tab', { name: 'Scores' }).click();
  const scores = page.getByRole('region', { name: 'Scores' });
  await expect(scores).toContainText('weights of step 1', { timeout: 90_000 });
  await expect(page.getByRole('region', { name: 'Confusion matrix' })).toContainText('weights of step 1');
  await timeline(page).getByRole('button', { name: 'Newest' }).click();
  await expect(scores).toContainText('weights of step 4');
});

test('samples behind a cell of the confusion matrix are walked through node by node', async ({ app }) => {
  test.setTimeout(420_000);
  const { page } = app;
  await trainSteps(page, /^MLP on spirals/, 1);
  await page.getByRole('tab', { name: 'Look inside' }).click();
  const tabs = page.getByRole('navigation', { name: 'What to look at' });
  await tabs.getByRole('button', { name: 'Confusion matrix' }).click({ timeout: 90_000 });
  const matrix = page.getByRole('group', { name: /^Confusion matrix/ });
  await expect(matrix).toBeVisible({ timeout: 90_000 });
  await matrix.focus();
  await page.keyboard.press('ArrowRight');
  const behind = page.getByRole('region', { name: 'Samples behind the cell' });
  await expect(behind).toContainText(/answered with/);
  for (const key of ['ArrowRight', 'ArrowDown', 'ArrowLeft']) {
    if ((await behind.getByRole('listitem').count()) > 0) break;
    await page.keyboard.press(key);
    await page.waitForTimeout(300);
  }
  await behind.getByRole('button', { name: 'Microscope' }).first().click();

  const stage = page.getByRole('article').filter({ hasText: 'shape' });
  await expect(stage).toContainText('linear_1', { timeout: 90_000 });
  // The formula of the declaration, with the weights as numbers beside it.
  await expect(stage.locator('annotation').first()).toHaveText('y = x W^\\top + b');
  await page.getByRole('group', { name: /^Stages/ }).focus();
  await page.keyboard.press('ArrowRight');
  await expect(stage).toContainText('relu_1');
  for (let i = 0; i < 5; i++) await page.keyboard.press('ArrowRight');
  await expect(stage).toContainText('the gradient goes back to');
  await expect(page.locator('.react-flow__node.selected')).toHaveCount(1);
});

test('a picture leaves as CSV, SVG and PNG, and says what it is from the keyboard', async ({
  app,
  context,
}) => {
  test.setTimeout(420_000);
  const { page } = app;
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await trainSteps(page, /^MLP on spirals/, 2);
  await page.getByRole('tab', { name: 'Gradients' }).click();
  const profile = page.getByRole('figure').filter({ hasText: 'Depth profile' });
  await profile.getByRole('button', { name: 'Copy or save this picture' }).click();
  await page.getByRole('menuitem', { name: 'Copy numbers as CSV' }).click();
  await expect(page.getByText('Copied as CSV')).toBeVisible();
  const csv = await page.evaluate(() => navigator.clipboard.readText());
  expect(csv.split('\r\n')[0]).toContain('"log10 rms dL/da"');
  expect(csv).toContain('"linear_1"');

  const layers = page.getByRole('figure').filter({ hasText: 'All layers' });
  await layers.getByRole('button', { name: 'Copy or save this picture' }).click();
  await page.getByRole('menuitem', { name: 'Save as SVG…' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.getByText('Saved all-layers.svg')).toBeVisible();
  const [file = ''] = await readdir(app.filesFolder);
  expect(await readFile(join(app.filesFolder, file), 'utf8')).toMatch(/^<svg/);

  await layers.getByRole('button', { name: /^What is this/ }).focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog', { name: 'All layers laid over each other' })).toContainText(
    'Glorot & Bengio 2010',
  );
  await page.keyboard.press('Escape');

  // Arrow keys move a cursor over the points, and what it is on is read out.
  await profile.getByRole('group').focus();
  await page.keyboard.press('ArrowRight');
  await expect(profile.locator('output')).toContainText('linear_1');
});
