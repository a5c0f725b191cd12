// A table of one's own: chosen or dropped, its columns corrected, missing values handled, trained.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { expect, test } from './fixtures.ts';

/** Two kinds of flowers with a category and gaps among the features. */
function flowers(): string {
  const rows = Array.from({ length: 60 }, (_, i) => {
    const kind = i % 2 === 0 ? 'rose' : 'tulip';
    const length = i % 11 === 3 ? 'NA' : ((i % 2) * 3 + 1 + (i % 7) / 10).toFixed(2);
    const soil = i % 13 === 5 ? '' : ['clay', 'sand', 'loam'][i % 3];
    return `${i + 1},${length},${soil},${kind}`;
  });
  return ['id,petal_length,soil,species', ...rows].join('\n');
}

const data = (page: Page) => page.locator('.react-flow__node-layer').filter({ hasText: 'data' }).first();

test('a CSV file becomes the data of a net, its columns are corrected, and it trains', async ({ app }) => {
  const { page } = app;
  await writeFile(join(app.filesFolder, 'flowers.csv'), flowers());
  await page.getByRole('button', { name: /^MLP on penguins/ }).click();
  await data(page).click();
  await page.getByRole('tab', { name: 'Inspector' }).click();
  await page.getByRole('combobox', { name: 'Data', exact: true }).click();
  await page.getByRole('option', { name: 'CSV file' }).click();
  await page.getByRole('dialog').getByText('flowers.csv').dblclick();

  await expect(page.getByLabel('Role of species', { exact: true })).toHaveValue('target');
  await expect(page.getByLabel('Role of id', { exact: true })).toHaveValue('ignore');
  await expect(page.getByLabel('Type of soil', { exact: true })).toHaveValue('category');
  // One length and three soils.
  await expect(data(page)).toContainText('× 4');
  await page.getByLabel('Missing values of petal_length', { exact: true }).selectOption('indicator');
  await expect(data(page)).toContainText('× 5');
  await page.getByLabel('Missing values of soil', { exact: true }).selectOption('mode');
  await page.getByLabel('Type of id', { exact: true }).selectOption('category');
  await page.getByLabel('Type of id', { exact: true }).selectOption('number');
  await page.getByLabel('Role of id', { exact: true }).selectOption('feature');
  await expect(data(page)).toContainText('× 6');
  await page.keyboard.press('Control+z');
  await expect(data(page)).toContainText('× 5');

  // Three penguins are two flowers now; the problem says so, and mends it.
  await page.getByRole('button', { name: /1 problem/ }).click();
  await page
    .getByRole('tabpanel', { name: /Problems/ })
    .getByRole('button')
    .last()
    .click();
  await expect(page.getByRole('button', { name: 'No problems' })).toBeVisible();
  await page.getByRole('button', { name: 'Play', exact: true }).click();
  await expect(page.getByText(/^step [1-9]\d* ·/)).toBeVisible({ timeout: 60_000 });
});

test('a table that is dropped on an empty canvas makes a data node', async ({ app }) => {
  const { page } = app;
  await page.getByRole('button', { name: 'New document' }).click();
  const transfer = await page.evaluateHandle((text) => {
    const carried = new DataTransfer();
    carried.items.add(new File([text], 'flowers.csv', { type: 'text/csv' }));
    return carried;
  }, flowers());
  await page.getByRole('main', { name: 'Canvas' }).dispatchEvent('drop', { dataTransfer: transfer });
  await expect(data(page)).toContainText('flowers.csv');
  await expect(data(page)).toContainText('4 numbers → 2 classes');
  await expect(page.getByRole('button', { name: 'Undo open flowers.csv' })).toBeVisible();
});

test('a table that cannot be read is refused with its line', async ({ app }) => {
  const { page } = app;
  await page.getByRole('button', { name: 'New document' }).click();
  const transfer = await page.evaluateHandle(() => {
    const carried = new DataTransfer();
    carried.items.add(new File(['x,y\n1,2\n3\n'], 'ragged.csv', { type: 'text/csv' }));
    return carried;
  });
  await page.getByRole('main', { name: 'Canvas' }).dispatchEvent('drop', { dataTransfer: transfer });
  await expect(page.getByText('Line 3 of ragged.csv has 1 cells, and the header has 2')).toBeVisible();
});
