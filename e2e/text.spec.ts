// A text of one's own: dropped, cut into windows, learnt by character, and continued by the net in the tab Text.
import type { Page } from '@playwright/test';
import { expect, test } from './fixtures.ts';

const text = 'the cat sat on the mat. '.repeat(40);
const alphabet = [...new Set(text)].join('');

/** A net that predicts the next character from the one before. */
const net = {
  format: 'gradloom',
  version: 1,
  nodes: {
    data: {
      kind: 'data',
      name: 'data',
      params: { origin: { source: 'text', path: 'cats.txt', alphabet, windows: { length: 8, stride: 2 } } },
      position: [0, 0],
    },
    embed: { kind: 'embedding', name: 'embed', params: { vocabulary: 11, features: 8 }, position: [260, 0] },
    out: { kind: 'linear', name: 'out', params: { units: 11 }, position: [520, 0] },
    loss: { kind: 'crossEntropy', name: 'loss', position: [780, 0] },
  },
  wires: {
    a: { from: ['data', 'x'], to: ['embed', 'x'] },
    b: { from: ['embed', 'y'], to: ['out', 'x'] },
    c: { from: ['out', 'y'], to: ['loss', 'prediction'] },
    d: { from: ['data', 'y'], to: ['loss', 'target'] },
  },
};

async function drop(page: Page, name: string, content: string): Promise<void> {
  const transfer = await page.evaluateHandle(
    (file) => {
      const carried = new DataTransfer();
      carried.items.add(new File([file.content], file.name, { type: 'text/plain' }));
      return carried;
    },
    { name, content },
  );
  await page.getByRole('main', { name: 'Canvas' }).dispatchEvent('drop', { dataTransfer: transfer });
}

test('a text is dropped, learnt by character, and continued by the net', async ({ app }) => {
  test.setTimeout(240_000);
  const { page } = app;
  const data = page.locator('.react-flow__node-layer').filter({ hasText: 'data' }).first();
  await page.getByRole('button', { name: 'New document' }).click();
  await drop(page, 'cats.txt', text);
  await expect(data).toContainText('cats.txt');
  await expect(data).toContainText('64 characters → next of 11');
  await data.click();
  await page.getByRole('tab', { name: 'Inspector' }).click();
  await expect(page.getByRole('region', { name: 'The beginning of cats.txt' })).toContainText('the cat sat');
  await expect(page.getByLabel('Keep class shares', { exact: true })).toHaveCount(0);

  await drop(page, 'cats.gradloom', JSON.stringify(net));
  await page.getByRole('button', { name: 'Do not save' }).click();
  await expect(page.getByRole('button', { name: 'No problems' })).toBeVisible();
  await page.getByRole('tab', { name: 'Text', exact: true }).click();
  const writing = page.getByRole('log', { name: 'Generated text' });
  await expect(writing).toContainText('Press play or step first');
  const generate = page.getByRole('button', { name: 'Generate', exact: true });
  await expect(generate).toBeInViewport({ ratio: 1 });
  await page.getByRole('button', { name: 'Play', exact: true }).click();
  await expect(page.getByText(/step [1-9]\d* ·/)).toBeVisible({ timeout: 90_000 });
  await page.getByRole('button', { name: 'Pause', exact: true }).click();

  await page.getByLabel('Prompt', { exact: true }).fill('the ');
  await page.getByLabel('Length', { exact: true }).fill('100000');
  await page.getByLabel('Length', { exact: true }).press('Enter');
  await page.getByRole('button', { name: 'Generate', exact: true }).click();
  await expect(writing.locator('pre').first()).toContainText(/^the [a-z. ]{20}/, { timeout: 60_000 });
  await page.getByRole('button', { name: 'Stop writing' }).click();
  await expect(page.getByRole('button', { name: 'Generate', exact: true })).toBeEnabled();
  await expect(writing.getByRole('heading').first()).toContainText(/^Step \d+/);
});
