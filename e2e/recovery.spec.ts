// Nothing is lost: what was not saved comes back after a crash, and what another program wrote is not overwritten.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { expect, test } from './fixtures.ts';

const node = (page: Page, name: string) =>
  page.locator('.react-flow__node-layer').filter({ has: page.getByText(name, { exact: true }) });

async function editUnits(page: Page, value: string): Promise<void> {
  await node(page, 'linear_1').click();
  await page.getByRole('tab', { name: 'Inspector' }).click();
  const units = page.getByRole('textbox', { name: 'Units' });
  await units.fill(value);
  await units.press('Enter');
  await expect(node(page, 'linear_1')).toContainText(`× ${value}`);
}

test('unsaved work is offered again after a crash, and comes back whole', async ({ app }) => {
  const { page } = app;
  await page.getByRole('button', { name: /^MLP on spirals/ }).click();
  await editUnits(page, '17');
  // The journal is written a moment after the last edit; then the page goes down without a word.
  const kept = (): boolean =>
    readdirSync(app.dataFolder, { recursive: true, withFileTypes: true }).some(
      (entry) =>
        entry.isFile() && /units\\*": *17/.test(readFileSync(join(entry.parentPath, entry.name), 'utf8')),
    );
  await expect.poll(kept, { timeout: 20_000 }).toBe(true);
  const context = page.context();
  await page.close({ runBeforeUnload: false });
  const again = await context.newPage();
  await again.goto(app.url);
  const unsaved = again.getByRole('region', { name: 'Unsaved work' });
  await expect(unsaved).toBeVisible();
  await unsaved.getByRole('button', { name: 'Bring back' }).first().click();
  await expect(node(again, 'linear_1')).toContainText('× 17');
  await expect(again.getByRole('status', { name: 'Unsaved changes' })).toBeVisible();
});

test('a file that another program changed is not overwritten without asking', async ({ app }) => {
  const { page, filesFolder } = app;
  await page.getByRole('button', { name: /^MLP on spirals/ }).click();
  await page.keyboard.press('Control+s');
  await page.getByRole('dialog').getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.getByRole('status', { name: 'No unsaved changes' })).toBeAttached();

  const file = join(filesFolder, readdirSync(filesFolder)[0]!);
  await editUnits(page, '19');
  const theirs = readFileSync(file, 'utf8').replace('MLP on spirals', 'Changed by another program');
  writeFileSync(file, theirs);
  await page.keyboard.press('Control+s');
  const question = page.getByRole('dialog');
  await expect(question).toBeVisible();
  await page.keyboard.press('Escape');
  expect(readFileSync(file, 'utf8')).toBe(theirs);
  await expect(node(page, 'linear_1')).toContainText('× 19');
});
