// Blocks as hands use them: from the palette, opened and edited inside, grouped, repeated, unpacked, undone, saved.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Locator, Page } from '@playwright/test';
import { expect, test } from './fixtures.ts';

async function openTemplate(page: Page, title: RegExp): Promise<void> {
  await page.getByRole('button', { name: title }).click();
  await expect(node(page, 'data')).toBeVisible();
}

const node = (page: Page, name: string): Locator =>
  page.locator('.react-flow__node-layer').filter({ has: page.getByText(name, { exact: true }) });
const crumbs = (page: Page): Locator => page.getByRole('navigation', { name: 'Open block' });

async function groupHidden(page: Page): Promise<void> {
  await node(page, 'linear_2').click();
  await node(page, 'relu_2').click({ modifiers: ['Shift'] });
  await page.keyboard.press('Control+g');
  await expect(node(page, 'block')).toBeVisible();
}

test('layers are grouped, opened, edited inside, repeated, unpacked, and all of it is undone', async ({
  app,
}) => {
  const { page } = app;
  await openTemplate(page, /^MLP on spirals/);
  await groupHidden(page);
  await expect(node(page, 'linear_2')).toHaveCount(0);

  await node(page, 'block').getByRole('button', { name: 'More' }).click();
  await node(page, 'block').getByRole('button', { name: 'More' }).click();
  await expect(node(page, 'block').locator('output').first()).toHaveText('×3');

  await node(page, 'block').dblclick({ position: { x: 100, y: 90 } });
  await expect(crumbs(page)).toContainText('block');
  await expect(node(page, 'linear_2')).toBeVisible();
  await expect(node(page, 'data')).toHaveCount(0);
  await expect(crumbs(page).getByRole('combobox', { name: 'Repetition' })).toHaveValue('0');
  await node(page, 'linear_2').click();
  await page.getByRole('tab', { name: 'Inspector' }).click();
  const units = page.getByRole('textbox', { name: 'Units' });
  await units.fill('24');
  await units.press('Enter');
  await expect(node(page, 'linear_2')).toContainText('× 24');

  await crumbs(page).getByRole('button', { name: 'Back to the canvas around' }).click();
  await expect(crumbs(page)).toHaveCount(0);
  await expect(node(page, 'block')).toContainText('× 24');
  await page.keyboard.press('Control+Shift+g');
  await expect(node(page, 'linear_2')).toBeVisible();
  await expect(node(page, 'relu_4')).toBeVisible();

  const undo = page.getByRole('button', { name: /^Undo/ });
  await undo.click();
  await expect(node(page, 'block')).toBeVisible();
  // The edit inside is undone inside.
  await undo.click();
  await expect(crumbs(page)).toBeVisible();
  await expect(node(page, 'linear_2')).toContainText('× 32');
});

test('a block of the library is dropped from the palette, wired in, opened, and saved with its document', async ({
  app,
}) => {
  const { page } = app;
  await openTemplate(page, /^MLP on spirals/);
  await page.locator('.react-flow__edge').nth(3).click({ force: true });
  await page.keyboard.press('Escape');
  await page.getByRole('searchbox', { name: 'Search layers' }).fill('residual mlp');
  await page.getByRole('button', { name: 'Residual MLP block' }).click();
  await expect(node(page, 'residualMlp')).toBeVisible();
  await page.getByRole('tab', { name: 'Inspector' }).click();
  const features = page.getByRole('textbox', { name: 'Features' });
  await features.fill('32');
  await features.press('Enter');
  await page.getByRole('button', { name: 'Open', exact: true }).click();
  await expect(node(page, 'linear1')).toBeVisible();
  await expect(node(page, 'norm')).toBeVisible();
  await node(page, 'linear2').click();
  await expect(page.getByRole('textbox', { name: 'Units' })).toHaveValue('= features');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await expect(crumbs(page)).toHaveCount(0);

  await page.keyboard.press('Control+s');
  await page.getByRole('dialog').getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.getByRole('status', { name: 'No unsaved changes' })).toBeAttached();
  const [file = ''] = await readdir(app.filesFolder);
  const saved = JSON.parse(await readFile(join(app.filesFolder, file), 'utf8'));
  expect(Object.keys(saved.blocks)).toEqual(['residualMlp']);
});

test('problems inside of a block lead there, the outline unfolds, and a bypassed layer is left out', async ({
  app,
}) => {
  const { page } = app;
  await openTemplate(page, /^MLP on spirals/);
  await groupHidden(page);
  await page.getByRole('tab', { name: 'Outline' }).click();
  await page.getByRole('button', { name: 'What block holds' }).click();
  await page
    .getByRole('list', { name: /^Layers of the net/ })
    .getByRole('button', { name: /^relu_2/ })
    .click();
  await expect(crumbs(page)).toBeVisible();
  await page.keyboard.press('Control+b');
  await expect(page.getByRole('article', { name: 'relu_2, ReLU, bypassed' })).toBeVisible();
  await page.keyboard.press('Control+b');
  await expect(page.getByRole('article', { name: 'relu_2, ReLU', exact: true })).toBeVisible();

  await page.keyboard.press('Shift+Delete');
  await page.keyboard.press('Alt+ArrowUp');
  await page.getByRole('tab', { name: /^Problems/ }).click();
  await page
    .getByTestId('bottom')
    .getByRole('button', { name: /The output y of Block has nothing/ })
    .click();
  await expect(crumbs(page)).toBeVisible();
  await expect(page.getByRole('article', { name: 'y, Block output' })).toBeVisible();
});

test('a frame lies around what is selected, and a locked layer is not deleted', async ({ app }) => {
  const { page } = app;
  await openTemplate(page, /^MLP on spirals/);
  await node(page, 'linear_2').click();
  await node(page, 'relu_2').click({ modifiers: ['Shift'] });
  await page.keyboard.press('Shift+F');
  await expect(page.getByRole('group', { name: 'A frame: Frame' })).toBeVisible();
  await node(page, 'relu_1').click();
  await page.keyboard.press('Control+l');
  await page.keyboard.press('Delete');
  await expect(node(page, 'relu_1')).toBeVisible();
  await page.keyboard.press('Control+l');
  await page.keyboard.press('Delete');
  await expect(node(page, 'relu_1')).toHaveCount(0);
});
