// Taking the model out: a trained net leaves as a TypeScript project that predicts by itself, with Node alone.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from './fixtures.ts';

test('a trained net is exported, and answers outside the app', async ({ app }) => {
  test.setTimeout(180_000);
  const { page, filesFolder } = app;
  await page
    .getByRole('button', { name: /^Logistic regression/ })
    .first()
    .click();
  await page.getByRole('button', { name: 'Play', exact: true }).click();
  // To its end: so small a net may be there before anybody can pause it.
  await expect(page.getByText('Done', { exact: true })).toBeVisible({ timeout: 90_000 });

  await page.keyboard.press('Control+e');
  const dialog = page.getByRole('dialog');
  await expect(dialog).toBeVisible();
  await dialog.getByRole('button', { name: /^(Save|Export|Choose)/ }).click();
  await expect(page.getByText(/Exported \d+ files/)).toBeVisible({ timeout: 30_000 });
  await expect(page.getByText('With the weights as trained.')).toBeVisible();

  const [name] = readdirSync(filesFolder);
  const folder = join(filesFolder, name!);
  expect(readdirSync(folder)).toEqual(
    expect.arrayContaining([
      'README.md',
      'engine',
      'model.ts',
      'package.json',
      'predict.ts',
      'train.ts',
      'weights.safetensors',
    ]),
  );
  // The two clouds lie to the lower left and the upper right: a trained net tells them apart with confidence.
  const answer = (x: string, y: string): string =>
    execFileSync(process.execPath, ['predict.ts', x, y], { cwd: folder, encoding: 'utf8' });
  const [low, high] = [answer('-3', '-3'), answer('3', '3')];
  expect(low).not.toBe(high);
});

test('an export does not overwrite what others put into the folder', async ({ app }) => {
  const { page, filesFolder } = app;
  const folder = join(filesFolder, 'linear-regression-typescript');
  mkdirSync(folder);
  writeFileSync(join(folder, 'diary.txt'), 'mine');
  await page
    .getByRole('button', { name: /^Linear regression/ })
    .first()
    .click();
  await page.keyboard.press('Control+e');
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /^(Save|Export|Choose)/ })
    .click();
  const question = page.getByRole('dialog', { name: 'This folder holds other files' });
  await expect(question).toBeVisible({ timeout: 30_000 });
  await question.getByRole('button', { name: /Keep it aside/ }).click();
  await expect(page.getByText(/Exported \d+ files/)).toBeVisible();
  await expect(page.getByText(/With the initial weights/)).toBeVisible();
  expect(readdirSync(filesFolder).length).toBe(2);
});
