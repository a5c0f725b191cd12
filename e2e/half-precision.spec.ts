// View → Allow half precision: chosen from the menu, kept in the settings, and what the engine is told at every later start.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { type App, expect, test } from './fixtures.ts';

const title = 'Allow half precision (f16) in products';

/** The settings as they lie on disk. */
async function settingsOf({ dataFolder }: App): Promise<string> {
  const names = (await readdir(dataFolder)).filter((name) => /^settings.*json$/.test(name));
  return (await Promise.all(names.map((name) => readFile(join(dataFolder, name), 'utf8')))).join('\n');
}

/** What training workers were told of half precision since the page was loaded, the newest last. */
const told = (page: Page): Promise<boolean[]> =>
  page.evaluate(() => JSON.parse(document.documentElement.dataset.told ?? '[]') as boolean[]);

async function openNet(page: Page): Promise<void> {
  await page
    .getByRole('button', { name: /^MLP on spirals/ })
    .first()
    .click();
  await expect(page.getByRole('button', { name: 'Train one step' })).toBeEnabled();
}

async function openViewMenu(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Menu' }).click();
  await page.getByRole('menuitem', { name: 'View' }).click();
}

test('half precision is allowed by the menu, is kept, and reaches the engine when it next starts', async ({
  app,
}) => {
  test.setTimeout(240_000);
  const { page } = app;
  await page.addInitScript(() => {
    const post = Worker.prototype.postMessage as (this: Worker, message: unknown, transfer?: unknown) => void;
    Worker.prototype.postMessage = function (this: Worker, message: unknown, ...rest: unknown[]) {
      if (typeof message === 'object' && message !== null && 'allowed' in message) {
        const { f16 } = message.allowed as { f16: boolean };
        const { dataset } = document.documentElement;
        dataset.told = JSON.stringify([...JSON.parse(dataset.told ?? '[]'), f16]);
      }
      post.call(this, message, ...(rest as [unknown?]));
    };
  });
  await page.reload();
  await openNet(page);
  await openViewMenu(page);
  const item = page.getByRole('menuitem', { name: title });
  await expect(item.getByLabel('on')).toHaveCount(0);
  await item.click();
  await expect(page.getByText('Half precision is allowed')).toBeVisible();
  await expect.poll(() => settingsOf(app)).toMatch(/"halfPrecision":\s*true/);
  expect((await told(page)).at(-1)).toBe(true);

  // A start later it still holds, is the first thing that the engine hears, and the net trains.
  await page.goto(app.url);
  await openNet(page);
  await openViewMenu(page);
  await expect(item.getByLabel('on')).toBeVisible();
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Train one step' }).click();
  await expect(page.getByText(/^Paused$/)).toBeVisible({ timeout: 180_000 });
  await page.getByRole('button', { name: 'Train one step' }).click();
  await expect(page.getByText(/^step 1 ·/)).toBeVisible({ timeout: 90_000 });
  expect(await told(page)).toEqual([true]);

  // The command palette takes it back.
  await page.keyboard.press('Control+k');
  await page.getByPlaceholder('Type a command').fill('half precision');
  await page.keyboard.press('Enter');
  await expect(page.getByText('Products keep seven digits')).toBeVisible();
  await expect.poll(() => settingsOf(app)).toMatch(/"halfPrecision":\s*false/);
});
