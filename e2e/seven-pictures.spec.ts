// The seven pictures of a net that trains, each as a person uses it: it says what is normalised how, tells its numbers to the
// pointer and to the keyboard, shows the step that is looked at, and leaves as PNG, SVG and CSV.
import { expect, test } from './fixtures.ts';
import { inkSum, tabTo, takeOut, trainSteps } from './looking.ts';

interface Picture {
  readonly title: string;
  /** What its legend says of its scale. */
  readonly scale: RegExp;
  /** Columns of its table, and what must stand in one of its rows. */
  readonly head: readonly string[];
  readonly row: RegExp;
  /** What the pointer is told over its middle, and what the arrow keys are. */
  readonly numbers: RegExp;
  readonly key: 'ArrowRight' | 'ArrowUp';
  readonly hears: RegExp;
}

const pictures: readonly Picture[] = [
  {
    title: 'Gradient through time',
    scale: /‖∂L\/∂h‖ over the batch; not scaled/,
    head: ['of', 'time step', 'timeGradient'],
    row: /^"rnn · l0",28,/,
    numbers: /rnn · l0\s*\d.*10⁻/s,
    key: 'ArrowRight',
    hears: /rnn · l0/,
  },
  {
    title: 'Depth profile',
    scale: /RMS over all elements; not scaled.*10th to 90th percentile/s,
    head: ['run', 'step', 'layer', 'depth', 'log10 rms dL/da', 'p10', 'p90'],
    row: /"embedding",\d,-\d/,
    numbers: /^linear.*∂L\/∂a 0\.0\d+.*10th to 90th percentile: \d.*… 0\.\d/s,
    key: 'ArrowRight',
    hears: /embedding.*∂L\/∂a/,
  },
  {
    title: 'All layers',
    scale: /share of each layer’s own elements; the ends hold what lies beyond/,
    head: ['layer', 'depth', 'power of two', 'share'],
    row: /^"linear",\d,-?\d+,0\.\d/,
    numbers: /….*(%|no element here)/s,
    key: 'ArrowRight',
    hears: /…/,
  },
  {
    title: 'Update : weight',
    scale: /std\(Δw\) : std\(w\), each weight by itself/,
    head: ['weight', 'step', 'log10 std(update) : std(weight)'],
    row: /^"rnn[^"]*",3,-\d/,
    numbers: /^step [012]\D.*rnn\.weight_hh_l00\.0\d/,
    key: 'ArrowRight',
    hears: /rnn/,
  },
  {
    title: 'One tensor over time',
    scale: /share of all elements, one scale; the ends hold what lies beyond/,
    head: ['step', 'log10 |value|, middle of the bin', 'share'],
    row: /^3,-\d+\.\d+,0\.\d/,
    numbers: /step \d.*% of elements/s,
    key: 'ArrowUp',
    hears: /^step \d$/,
  },
];

test('every picture says its scale and its numbers, follows the scrubber, and leaves in three forms', async ({
  app,
}) => {
  test.setTimeout(300_000);
  const { page } = app;
  await trainSteps(page, /^RNN with a long memory/, 4);
  await page.getByRole('tab', { name: 'Gradients' }).click();
  const timeline = page.getByRole('region', { name: 'Timeline' });

  for (const { title, scale, head, row, numbers, key, hears } of pictures) {
    await test.step(title, async () => {
      const figure = page.getByRole('figure').filter({ hasText: title });
      const plot = figure.getByRole('group');
      await expect(figure).toContainText(scale);

      // The pointer is told numbers.
      await plot.scrollIntoViewIfNeeded();
      const box = await plot.boundingBox();
      if (!box) throw new Error(`${title} is in sight`);
      await expect
        .poll(async () => {
          await page.mouse.move(box.x + box.width * 0.5, box.y + box.height * 0.5);
          await page.mouse.move(box.x + box.width * 0.6, box.y + box.height * 0.6);
          return plot.textContent();
        })
        .toMatch(numbers);

      // The keyboard gets there, its cursor moves, and what it is on is heard.
      await page.mouse.move(box.x + box.width * 0.5, box.y - 60);
      await figure.getByRole('button', { name: /^What is this/ }).focus();
      await tabTo(page, plot);
      await page.keyboard.press(key);
      const spoken = figure.locator('output');
      await expect(spoken).toHaveText(hears);
      const first = (await spoken.textContent()) ?? '';
      await page.keyboard.press(key);
      await expect(spoken).not.toHaveText(first);
      await timeline.getByRole('button', { name: /^(Newest|Live)$/ }).click({ force: true });

      // It leaves in three forms.
      const menu = figure.getByRole('button', { name: 'Copy or save this picture' });
      const newest = await takeOut(app, menu);
      expect(newest.table[0]?.slice(0, head.length)).toEqual(head.map((name) => `"${name}"`));
      expect(newest.csv.split('\r\n').some((line) => row.test(line))).toBe(true);
      expect(new Set(newest.table.map((cells) => cells.length)).size).toBe(1);

      // One key shows the step before, another the newest.
      const canvas = plot.locator('canvas').first();
      const now = await inkSum(canvas);
      await page.keyboard.press('[');
      await expect(timeline).toContainText('step 2 of 3');
      await expect.poll(() => inkSum(canvas)).not.toBe(now);
      await timeline.getByRole('button', { name: 'Newest' }).click();
      await expect(timeline).toContainText('step 3 of 3');
    });
  }

  const net = page.getByRole('main', { name: 'Canvas' });
  const reading = net.getByRole('status').filter({ hasText: /RMS/ });
  await test.step('strips', async () => {
    await expect(net).toContainText(/rare.*common · each column by itself/s);
    const node = page.locator('.react-flow__node', { hasText: 'Embedding' });
    const box = await node.boundingBox();
    if (!box) throw new Error('the node is on the canvas');
    await page.mouse.move(box.x + box.width * 0.06, box.y + box.height * 0.45);
    await expect(reading).toContainText(/embedding · a.*step \d.*RMS [\d.]/s);
    await page.mouse.move(10, 10);
    await expect(reading).toHaveCount(0);

    // From the keyboard: the node that has the focus tells the same of the step that is looked at, and `[` goes back.
    await page.getByRole('tab', { name: 'Gradients' }).focus();
    await page.locator('.react-flow__node').first().focus();
    await tabTo(page, node);
    await expect(reading).toContainText(/embedding.*step 3.*a.*RMS [\d.].*∂L\/∂a.*RMS [\d.]/s);
    await page.keyboard.press('[');
    await expect(reading).toContainText('step 2');
    await page.keyboard.press('End');
    await expect(reading).toContainText('step 3');
  });

  await test.step('wires', async () => {
    await expect(net).toContainText(/10⁻¹⁰.*1.*∂L\/∂a.*fixed scale/s);
    const wire = page
      .locator('.react-flow__edge')
      .filter({ has: page.locator('title', { hasText: /32 × 29 × 8 · \|∂L\/∂/ }) });
    await expect(wire.locator('title')).toHaveText(/\|∂L\/∂a\| .*10⁻.* \(RMS\)/);
    const inspector = page.getByRole('tabpanel', { name: 'Inspector' });
    await wire.focus();
    await page.keyboard.press('Enter');
    await page.getByRole('tab', { name: 'Inspector' }).click();
    await expect(inspector).toContainText(/Gradient.*10⁻/s);
    const newest = (await inspector.textContent()) ?? '';
    await timeline.getByRole('button', { name: 'First step' }).click();
    await expect(inspector).not.toHaveText(newest);
    await timeline.getByRole('button', { name: 'Newest' }).click();
    await expect(inspector).toHaveText(newest);

    // Strips and wires leave as one picture, with one table.
    const { table, csv, svg } = await takeOut(
      app,
      net.getByRole('button', { name: 'Copy or save this picture' }),
    );
    expect(table[0]?.slice(0, 4)).toEqual(['"layer"', '"tensor"', '"step"', '"rms"']);
    expect(csv).toMatch(/"rnn","∂L\/∂a",3,/);
    expect(svg).toContain('>rnn<');
    expect(svg).toContain('<image'); // the strips
  });
});
