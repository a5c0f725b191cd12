// Gradients of a net with skips: layers beside a skip are drawn apart, the picture leaves in three forms, and no map covers the net.
import { expect, test } from './fixtures.ts';
import { takeOut, trainSteps } from './looking.ts';

test('layers beside a skip are drawn apart from the line, and told so in the table', async ({ app }) => {
  test.setTimeout(240_000);
  const { page } = app;
  await trainSteps(page, /^Skips in a deep net/, 2);
  await page.getByRole('tab', { name: 'Gradients' }).click();
  const profile = page.getByRole('figure').filter({ hasText: 'Depth profile' });
  const menu = profile.getByRole('button', { name: 'Copy or save this picture' });
  const { csv, svg } = await takeOut(app, menu);
  expect(svg).toContain('in branches');
  const rows = csv.trim().split('\r\n').slice(1);
  const inBranch = rows.filter((row) => row.endsWith(',1'));
  expect(inBranch.join()).toMatch(/"sigmoid_5"/);
  expect(inBranch.join()).not.toMatch(/"add_5"/);

  // All of the net is in view, so no map lies over it; away from it, there is one.
  const map = page.locator('.react-flow__minimap');
  await expect(map).toHaveCount(0);
  await page.getByRole('main', { name: 'Canvas' }).hover();
  for (let i = 0; i < 4; i++) await page.mouse.wheel(0, -400);
  await expect(map).toHaveCount(1);
});
