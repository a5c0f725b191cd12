// The journey that Gradloom exists for: a deep sigmoid net is trained, its strips move, the verdict names the layer, and one
// click forks the run with the fix, beside the original: from step 0, or from where it stands.
import type { Locator, Page } from '@playwright/test';
import { expect, test } from './fixtures.ts';

/** Trains the net until it has its verdict. */
async function trainToVerdict(page: Page): Promise<Locator> {
  await page
    .getByRole('button', { name: /deep sigmoid/i })
    .first()
    .click();
  await page.getByRole('button', { name: 'Play', exact: true }).click();
  await expect(page.getByText(/step [1-9]\d* ·/)).toBeVisible({ timeout: 60_000 });
  const strips = page.getByTestId('strips');
  const before = await strips.evaluate((canvas: HTMLCanvasElement) => canvas.toDataURL());
  await expect
    .poll(() => strips.evaluate((canvas: HTMLCanvasElement) => canvas.toDataURL()), { timeout: 60_000 })
    .not.toBe(before);
  const verdict = page.getByRole('region', { name: 'Verdicts' });
  await expect(verdict).toContainText('Gradients vanish', { timeout: 120_000 });
  return verdict;
}

test('vanishing gradients are seen, named, and mended beside the original run', async ({ app }) => {
  // On a software GPU a net of ten layers makes a few steps a second.
  test.setTimeout(240_000);
  const { page } = app;
  const verdict = await trainToVerdict(page);
  await expect(verdict).toContainText(/the decay begins at sigmoid_10/);
  await expect(page.getByRole('contentinfo')).toContainText(/looking costs [\d.]+ %, at every/);
  await app.picture('vanishing');
  await verdict.getByRole('button', { name: /Evidence/ }).click();
  await expect(verdict).toContainText('Why it may be a false alarm');

  await verdict.getByRole('button', { name: 'Prove it' }).first().click();
  const numbers = page.getByRole('region', { name: 'Numbers of both runs' });
  await expect(numbers).toContainText('Run 1');
  await expect(numbers).toContainText('Run 2: ReLU + He');
  const forkStep = numbers.getByRole('row', { name: /^step/ }).getByRole('cell').first();
  await expect
    .poll(async () => Number(await forkStep.textContent()), { timeout: 120_000 })
    .toBeGreaterThan(3);
  // The verdict's own numbers, measured on both.
  const ratio = numbers.getByRole('row', { name: /^Gradients vanish: first : last/ });
  await expect(ratio.getByRole('cell')).toHaveText([/\d/, /10⁻/]);
  await app.picture('fork');

  // The fix is one edit: one undo takes it back.
  await page.keyboard.press('Control+z');
  await expect(page.getByText('graph changed')).toBeVisible();
  await page.getByRole('button', { name: 'Stop and free the GPU' }).click();
});

test('a fork from where the run stands says which weights it kept', async ({ app }) => {
  test.setTimeout(240_000);
  const { page } = app;
  const verdict = await trainToVerdict(page);
  await verdict.getByText(/^step \d+, with its weights$/).click();
  await verdict.getByRole('button', { name: 'Prove it' }).first().click();
  const numbers = page.getByRole('region', { name: 'Numbers of both runs' });
  await expect(numbers).toContainText(
    /Run 2: ReLU \+ He, from step \d+ kept \d+ of \d+ tensors of step \d+/,
    {
      timeout: 120_000,
    },
  );
  await expect(numbers).toContainText(/begun anew: linear_1\.weight, linear_2\.weight/);
  await expect(page.getByText(/2 runs/)).toBeVisible();
  await page.getByRole('button', { name: 'Stop and free the GPU' }).click();
});
