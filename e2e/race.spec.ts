// One command trains the open net by five optimisers, with the same first weights and batches, and draws their losses together.
import { expect, test } from './fixtures.ts';

test('a race of optimisers is one command and one picture, and leaves the document as it was', async ({
  app,
}) => {
  test.setTimeout(240_000);
  const { page } = app;
  await page.getByRole('button', { name: /^MLP on spirals/ }).click();
  const undo = page.getByRole('button', { name: 'Undo' });
  await expect(undo).toBeDisabled();
  await page.keyboard.press('Control+k');
  await page.getByPlaceholder('Type a command').fill('race optimisers');
  await page.keyboard.press('Enter');

  const numbers = page.getByRole('region', { name: 'Numbers of all runs' });
  await expect(numbers.getByRole('rowheader')).toHaveText([
    'Run 1: Adam, 0.01',
    'Run 2: SGD, 0.1',
    'Run 3: Momentum, 0.1',
    'Run 4: Adagrad, 0.01',
    'Run 5: RMSProp, 0.01',
  ]);
  const steps = numbers.locator('tbody tr td:nth-child(2)');
  const least = async (): Promise<number> =>
    Math.min(...(await steps.allTextContents()).map((text) => Number(text)));
  await expect.poll(least, { timeout: 180_000 }).toBeGreaterThan(20);
  await expect(numbers).toContainText(/is ahead with a loss of/);
  await app.picture('race');

  await page.getByRole('button', { name: 'Pause', exact: true }).click();
  await page.getByRole('button', { name: '5 runs' }).click();
  await expect(page.getByRole('dialog', { name: 'Runs' }).getByText(/Paused ·/)).toHaveCount(5);
  await page.keyboard.press('Escape');
  await expect(undo).toBeDisabled();
  await page.getByRole('button', { name: 'Stop and free the GPU' }).click();
  await expect(numbers.getByRole('rowheader')).toHaveCount(5);
});
