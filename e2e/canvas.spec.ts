// The canvas, word for word: palette with search, drag and drop, live shapes, an inspector made from the declaration,
// problems in words, undo and redo of every action, menus, copy and paste, and gestures taken back with Escape.
import type { Locator, Page } from '@playwright/test';
import { expect, test } from './fixtures.ts';

async function openTemplate(page: Page, title: RegExp): Promise<void> {
  await page.getByRole('button', { name: title }).click();
  await expect(page.locator('.react-flow__edge').first()).toBeAttached();
}

const nodes = (page: Page): Locator => page.locator('.react-flow__node-layer');
const node = (page: Page, name: string): Locator =>
  nodes(page).filter({ has: page.getByText(name, { exact: true }) });
const wires = (page: Page): Locator => page.locator('.react-flow__edge');
const canvas = (page: Page): Locator => page.getByRole('main', { name: 'Canvas' });
const undo = (page: Page, what: string): Locator => page.getByRole('button', { name: `Undo ${what}` });

/** Where a wire is halfway, on the screen. */
const middleOf = (wire: Locator): Promise<[number, number]> =>
  wire.evaluate((path: SVGPathElement) => {
    const { x, y } = path
      .getPointAtLength(path.getTotalLength() / 2)
      .matrixTransform(path.getScreenCTM() ?? undefined);
    return [x, y];
  });

test('a layer is found in the palette and dragged onto the canvas, and onto a wire', async ({ app }) => {
  const { page } = app;
  await openTemplate(page, /^Linear regression/);
  const before = { nodes: await nodes(page).count(), wires: await wires(page).count() };
  await page.getByPlaceholder('Search layers').fill('dropout');
  const entry = page.getByRole('tabpanel', { name: 'Layers' }).getByRole('button', { name: 'Dropout' });
  await entry.first().dragTo(canvas(page), { targetPosition: { x: 120, y: 60 } });
  await expect(nodes(page)).toHaveCount(before.nodes + 1);
  await expect(wires(page)).toHaveCount(before.wires);
  await undo(page, 'add Dropout').click();
  await expect(nodes(page)).toHaveCount(before.nodes);

  const [from, to] = await Promise.all([
    node(page, 'data').boundingBox(),
    node(page, 'linear').boundingBox(),
  ]);
  const box = await canvas(page).boundingBox();
  if (!from || !to || !box) throw new Error('The nodes are not on the page.');
  const between = { x: (from.x + from.width + to.x) / 2 - box.x, y: from.y + from.height * 0.75 - box.y };
  await entry.first().dragTo(canvas(page), { targetPosition: between });
  await expect(undo(page, 'insert Dropout')).toBeVisible();
  await expect(wires(page)).toHaveCount(before.wires + 1);
});

test('the inspector is made from the declaration: units, bounds, resets, and the formula', async ({
  app,
}) => {
  const { page } = app;
  await openTemplate(page, /^MLP on spirals/);
  await node(page, 'linear_1').click();
  await page.getByRole('tab', { name: 'Inspector' }).click();
  const units = page.getByRole('textbox', { name: 'Units' });
  await units.fill('12');
  await units.press('Enter');
  // The shape follows through the wires behind it.
  await expect(node(page, 'relu_1')).toContainText('× 12');
  await page.getByRole('button', { name: 'Units differs from its default. Reset it.' }).click();
  await expect(node(page, 'relu_1')).not.toContainText('× 12');
  await page
    .getByRole('tabpanel', { name: 'Inspector' })
    .getByText('Memory, forecast')
    .scrollIntoViewIfNeeded();
  await expect(page.locator('.katex').first()).toBeAttached();
});

test('what is too large is counted at once, and Play says why it cannot run', async ({ app }) => {
  const { page } = app;
  await openTemplate(page, /^MLP on spirals/);
  await page.getByRole('tab', { name: 'Inspector' }).click();
  for (const name of ['linear_1', 'linear_2']) {
    await node(page, name).click();
    const units = page.getByRole('textbox', { name: 'Units' });
    await units.fill('3*256*256');
    await units.press('Enter');
  }
  await expect(page.getByRole('tabpanel', { name: 'Inspector' })).toContainText(
    '38\u202f654\u202f902\u202f272',
  );
  await expect(node(page, 'linear_2').getByLabel(/^Problem: This model does not fit/)).toBeVisible();
  await page.getByRole('button', { name: 'Play', exact: true }).click();
  await expect(page.locator('[data-sonner-toast]')).toContainText('This model does not fit');
  await expect(page.getByText('Compiling')).toHaveCount(0);
});

test('a problem stands on its node in words, with a button that mends it', async ({ app }) => {
  const { page } = app;
  await openTemplate(page, /^MLP on spirals/);
  await node(page, 'linear_3').click();
  await page.getByRole('tab', { name: 'Inspector' }).click();
  const units = page.getByRole('textbox', { name: 'Units' });
  await units.fill('5');
  await units.press('Enter');
  const badge = page
    .locator('.react-flow__node-layer')
    .getByLabel(/problem/i)
    .first();
  await badge.click();
  await page.getByRole('dialog').getByRole('button').first().click();
  await expect(page.getByRole('button', { name: 'No problems' })).toBeVisible();
});

test('menus of node, wire and canvas offer what fits what was clicked', async ({ app }) => {
  const { page } = app;
  await openTemplate(page, /^MLP on spirals/);
  const before = { nodes: await nodes(page).count(), wires: await wires(page).count() };
  await node(page, 'relu_1').click({ button: 'right' });
  await page.getByRole('menuitem', { name: /^Duplicate/ }).click();
  await expect(nodes(page)).toHaveCount(before.nodes + 1);
  await page.keyboard.press('Control+z');

  const wire = await middleOf(wires(page).nth(1).locator('.react-flow__edge-interaction'));
  await page.mouse.click(...wire, { button: 'right' });
  await page.getByRole('menuitem', { name: 'Insert a layer on the wire' }).click();
  await page.getByPlaceholder('Add what fits this wire').fill('dropout');
  await page.keyboard.press('Enter');
  await expect(nodes(page)).toHaveCount(before.nodes + 1);
  await expect(wires(page)).toHaveCount(before.wires + 1);
  await page.keyboard.press('Control+z');

  await page.mouse.click(...wire, { button: 'right' });
  await page.getByRole('menuitem', { name: 'Cut the wire' }).click();
  await expect(wires(page)).toHaveCount(before.wires - 1);
  await page.keyboard.press('Control+z');

  await canvas(page).click({ button: 'right', position: { x: 30, y: 30 } });
  await page.getByRole('menuitem', { name: /^Select all/ }).click();
  await expect(page.locator('.react-flow__node.selected')).toHaveCount(before.nodes);
});

test('Escape takes back a drag, and undo takes back one that was finished', async ({ app }) => {
  const { page } = app;
  await openTemplate(page, /^MLP on spirals/);
  const grip = node(page, 'relu_1').getByText('ReLU', { exact: true });
  const place = () => node(page, 'relu_1').evaluate((element) => element.style.transform);
  const before = await place();
  const box = await grip.boundingBox();
  if (!box) throw new Error('The node is not on the page.');
  const [x, y] = [box.x + 4, box.y + 4];

  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x + 30, y + 40, { steps: 4 });
  expect(await place()).not.toBe(before);
  await page.keyboard.press('Escape');
  await page.mouse.move(x + 60, y + 60, { steps: 2 });
  await page.mouse.up();
  expect(await place()).toBe(before);
  await expect(page.getByRole('button', { name: 'Undo', exact: true })).toBeDisabled();

  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x + 30, y + 40, { steps: 4 });
  await page.mouse.up();
  expect(await place()).not.toBe(before);
  await undo(page, 'move').click();
  expect(await place()).toBe(before);
});

test('Space adds a layer even after a button was clicked', async ({ app }) => {
  const { page } = app;
  await openTemplate(page, /^Linear regression/);
  await page
    .getByRole('button', { name: /outline|All commands/i })
    .first()
    .focus();
  await page.getByRole('button', { name: /^(Dark|Light) theme$/ }).click();
  await page.keyboard.press('Space');
  await expect(page.getByPlaceholder(/Add a layer/)).toBeVisible();
});
