// The developer panel: asked for by name, it lists what a step of the trained net takes, by keyboard alone.
import { expect, test } from './fixtures.ts';

test('the developer panel times the kernels of a trained net', async ({ app }) => {
  test.setTimeout(240_000);
  const { page } = app;
  await page
    .getByRole('button', { name: /^MLP on spirals/ })
    .first()
    .click();
  await expect(page.getByRole('tab', { name: 'Developer' })).toHaveCount(0);
  await page.keyboard.press('Control+k');
  await page.getByPlaceholder('Type a command').fill('developer panel');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('tab', { name: 'Developer' })).toHaveAttribute('aria-selected', 'true');
  await expect(page.getByText('Train a net, and this shows')).toBeVisible();

  await page.getByRole('button', { name: 'Play', exact: true }).click();
  await expect(page.getByText(/step [1-9]\d* ·/)).toBeVisible({ timeout: 120_000 });
  const time = page.getByRole('button', { name: 'Time the kernels' });
  await time.focus();
  await page.keyboard.press('Enter');
  const kernels = page.getByRole('region', { name: 'Kernels of a step' });
  const rows = kernels.getByRole('rowheader');
  await expect(rows.first()).toBeVisible({ timeout: 120_000 });
  await expect(kernels.getByRole('status')).toContainText(/kernels take [\d.]+ ms|no clock for kernels/);
  const facts = page.getByRole('region', { name: 'Memory and start' });
  for (const name of ['Adapter', 'Pipelines and data loaded', 'Memory in all', 'Activations'])
    await expect(facts.getByRole('row', { name }).first()).toBeVisible();

  const sort = kernels.getByRole('button', { name: 'Kernel, slowest first' });
  if (await sort.isVisible()) {
    await sort.focus();
    await page.keyboard.press('Enter');
  }
  await expect(kernels.getByRole('button', { name: 'Kernel, in the order of the step' })).toBeVisible();
  await expect(rows.first()).toHaveText(/^1 ./);
  await page.emulateMedia({ colorScheme: 'dark' });

  await page.keyboard.press('Control+k');
  await page.getByPlaceholder('Type a command').fill('developer panel');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('tab', { name: 'Developer' })).toHaveCount(0);
});
