// The journey that Gradloom exists for: a deep sigmoid net is trained, its strips move, the verdict names the layer, and one
// click forks the run with the fix, beside the original.
import { expect, test } from './fixtures.ts';

test('vanishing gradients are seen, named, and mended beside the original run', async ({ app }) => {
  // On a software GPU a net of ten layers makes a few steps a second.
  test.setTimeout(240_000);
  const { page } = app;
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
  await expect(verdict).toContainText(/the decay begins at sigmoid_10/);
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
  await app.picture('fork');

  // The fix is one edit: one undo takes it back.
  await page.keyboard.press('Control+z');
  await expect(page.getByText('graph changed')).toBeVisible();
  await page.getByRole('button', { name: 'Stop and free the GPU' }).click();
});
