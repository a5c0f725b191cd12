// The editor as hands use it: from the start screen through edits, undo, saving and opening again; wiring with the mouse
// and with the keyboard; what is refused, in words; problems and their repair.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Locator, Page } from '@playwright/test';
import { expect, test } from './fixtures.ts';

async function openTemplate(page: Page, title: RegExp): Promise<void> {
  await page.getByRole('button', { name: title }).click();
  await expect(node(page, 'data')).toBeVisible();
  await expect(page.locator('.react-flow__edge').first()).toBeAttached();
}

const node = (page: Page, name: string): Locator =>
  page.locator('.react-flow__node-layer').filter({ has: page.getByText(name, { exact: true }) });

const output = (page: Page, name: string): Locator => node(page, name).getByLabel(/^Output y/);
const input = (page: Page, name: string): Locator => node(page, name).getByLabel(/^Input x/);
const wires = (page: Page): Locator => page.locator('.react-flow__edge');

async function drag(page: Page, from: Locator, to: Locator): Promise<void> {
  await from.hover();
  await page.mouse.down();
  await to.hover({ force: true });
  await to.hover({ force: true });
  await page.mouse.up();
}

test('a template is edited, undone, saved, and opened again as it was', async ({ app }) => {
  const { page } = app;
  await openTemplate(page, /^MLP on spirals/);
  await app.picture('editor');
  await node(page, 'linear_1').click();
  await page.getByRole('tab', { name: 'Inspector' }).click();
  const units = page.getByRole('textbox', { name: 'Units' });
  await units.fill('4*6');
  await units.press('Enter');
  await expect(node(page, 'linear_1')).toContainText('× 24');
  await expect(page.getByRole('status', { name: 'Unsaved changes' })).toBeVisible();

  await page.getByRole('button', { name: /^Undo change units/ }).click();
  await expect(node(page, 'linear_1')).toContainText('× 32');
  await page.getByRole('button', { name: /^Redo/ }).click();
  await expect(node(page, 'linear_1')).toContainText('× 24');

  await page.keyboard.press('Control+s');
  await page.getByRole('dialog').getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.getByRole('status', { name: 'No unsaved changes' })).toBeAttached();
  const [file = ''] = await readdir(app.filesFolder);
  const saved = JSON.parse(await readFile(join(app.filesFolder, file), 'utf8'));
  expect(saved.nodes.linear_1.params.units).toBe(24);

  await page.reload();
  await page.getByRole('button', { name: new RegExp(file) }).click();
  await expect(node(page, 'linear_1')).toContainText('× 24');
});

test('the docs show the page of the layer that is selected, or that the palette has the keyboard on', async ({
  app,
}) => {
  const { page } = app;
  await openTemplate(page, /^MLP on spirals/);
  await page.getByRole('tab', { name: 'Docs' }).click();
  await expect(page.getByText(/^Select a node/)).toBeVisible();
  await node(page, 'linear_1').click();
  const linear = page.getByRole('article', { name: 'About Linear' });
  // What a person sees, and the LaTeX that it was made from.
  await expect(linear.locator('.katex-html').first()).toBeVisible();
  await expect(linear.locator('annotation').first()).toHaveText('y = x W^\\top + b');
  const sizeOf = (part: Locator): Promise<number> =>
    part.evaluate((element) => Number.parseFloat(getComputedStyle(element).fontSize));
  const formula = linear.locator('.katex-html').first();
  expect(await sizeOf(formula.getByText('⊤'))).toBeLessThan(0.8 * (await sizeOf(formula)));
  await expect(linear.getByText('torch.nn.Linear')).toBeVisible();
  const units = linear.locator('tr').filter({ hasText: 'How many features come out.' });
  await expect(units.locator('td')).toHaveText([
    'Units units',
    '16',
    'a whole number, 1 to 16,777,216',
    'How many features come out.',
  ]);
  await page.getByRole('button', { name: 'Softmax', exact: true }).focus();
  await expect(page.getByRole('article', { name: 'About Softmax' })).toBeVisible();
  await node(page, 'relu_1').click();
  await expect(page.getByRole('article', { name: 'About ReLU' })).toBeVisible();
});

test('a wire is drawn by dragging, and one that would close a cycle is refused in words', async ({ app }) => {
  const { page } = app;
  await openTemplate(page, /^MLP on spirals/);
  const before = await wires(page).count();
  await drag(page, output(page, 'relu_2'), input(page, 'linear_1'));
  await expect(page.getByText(/would close a cycle: linear_1 already feeds relu_2/)).toBeVisible();
  await expect(wires(page)).toHaveCount(before);

  // A second output into a single input takes the first one's place; undo brings it back.
  await drag(page, output(page, 'linear_1'), input(page, 'linear_2'));
  await expect(page.getByRole('button', { name: 'Undo connect' })).toBeVisible();
  await expect(wires(page)).toHaveCount(before);
});

test('the palette finds a layer by another name, and what is added can be deleted', async ({ app }) => {
  const { page } = app;
  await openTemplate(page, /^Linear regression/);
  const before = await page.locator('.react-flow__node-layer').count();
  await page.getByRole('main', { name: 'Canvas' }).hover({ position: { x: 40, y: 40 } });
  await page.keyboard.press('Space');
  await page.getByPlaceholder(/Add a layer/).fill('fc');
  await expect(page.getByRole('option').first()).toContainText('Linear');
  await page.keyboard.press('Enter');
  await expect(page.locator('.react-flow__node-layer')).toHaveCount(before + 1);
  await page.keyboard.press('Delete');
  await expect(page.locator('.react-flow__node-layer')).toHaveCount(before);
});

test('deleting a node re-joins its neighbours, and copies go through the clipboard', async ({
  app,
  context,
}) => {
  const { page } = app;
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await openTemplate(page, /^MLP on spirals/);
  const before = await wires(page).count();
  await node(page, 'relu_1').click();
  await page.keyboard.press('Control+c');
  await page.keyboard.press('Delete');
  await expect(node(page, 'relu_1')).toHaveCount(0);
  await expect(wires(page)).toHaveCount(before - 1);
  await page.keyboard.press('Control+v');
  await expect(node(page, 'relu_1')).toBeVisible();
  await page.keyboard.press('Control+z');
  await page.keyboard.press('Control+z');
  await expect(wires(page)).toHaveCount(before);
});

test('a net is wired by the keyboard alone', async ({ app }) => {
  const { page } = app;
  await openTemplate(page, /^MLP on spirals/);
  await page.keyboard.press('Control+f');
  await page.getByPlaceholder(/Find a node/).fill('linear_1');
  await page.keyboard.press('Enter');
  await page.keyboard.press('w');
  await expect(page.getByRole('option').first()).toContainText('linear_1 · y');
  await page.keyboard.press('Enter');
  await page.getByPlaceholder(/Where does y of linear_1 lead/).fill('linear_3');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('button', { name: 'Undo connect' })).toBeVisible();
});

test('what is wrong is said in words, and F8 goes there', async ({ app }) => {
  const { page } = app;
  await openTemplate(page, /^MLP on spirals/);
  await node(page, 'linear_3').click();
  await page.keyboard.press('Shift+Delete');
  await page
    .getByRole('button', { name: /problem/ })
    .first()
    .click();
  await expect(
    page
      .getByRole('tabpanel', { name: /Problems/ })
      .getByRole('listitem')
      .first(),
  ).toBeVisible();
  await page.getByRole('main', { name: 'Canvas' }).click({ position: { x: 20, y: 20 } });
  await page.keyboard.press('F8');
  await expect(page.locator('.react-flow__node.selected')).toHaveCount(1);
});

test('unsaved work is asked for before it is left', async ({ app }) => {
  const { page } = app;
  await openTemplate(page, /^Linear regression/);
  await page.getByRole('textbox', { name: 'Name of the document' }).fill('Mine');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Control+k');
  await page.getByPlaceholder('Type a command').fill('start screen');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog', { name: 'Save the changes to Mine?' })).toBeVisible();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await expect(page.getByRole('main', { name: 'Canvas' })).toBeVisible();
});
