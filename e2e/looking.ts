// What journeys through the pictures share: training a template for some steps, taking pictures out as files, and judging them.
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, type Locator, type Page } from '@playwright/test';
import type { App } from './fixtures.ts';

/** Opens a template and trains so many single steps. */
export async function trainSteps(page: Page, template: RegExp, steps: number): Promise<void> {
  await page.getByRole('button', { name: template }).first().click();
  const step = page.getByRole('button', { name: 'Train one step' });
  // The first press compiles; a software GPU takes its time.
  await step.click();
  await expect(page.getByText(/^Paused$/)).toBeVisible({ timeout: 180_000 });
  for (let i = 1; i <= steps; i++) {
    await step.click();
    await expect(page.getByText(new RegExp(`^step ${i} ·`))).toBeVisible({ timeout: 90_000 });
  }
}

/** Saves what an item of a picture's menu offers, and reads the file. */
async function saved(app: App, menu: Locator, item: string): Promise<Buffer> {
  const { page, filesFolder } = app;
  await menu.click();
  await page.getByRole('menuitem', { name: item }).click();
  const dialog = page.getByRole('dialog').filter({ hasText: /^Save a / });
  const name = await dialog.getByRole('textbox', { name: 'Name' }).inputValue();
  await dialog.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(dialog).toHaveCount(0);
  const path = join(filesFolder, name);
  // The file is written a moment after the dialog has gone.
  await expect.poll(() => readFile(path).catch(() => Buffer.alloc(0))).not.toHaveLength(0);
  const bytes = await readFile(path);
  await rm(path);
  return bytes;
}

export interface Taken {
  /** Cells by row, the head's first. */
  readonly table: readonly (readonly string[])[];
  readonly csv: string;
  readonly svg: string;
}

/** Takes a picture out in all three forms, and holds each to what it says it is. */
export async function takeOut(app: App, menu: Locator): Promise<Taken> {
  const csv = (await saved(app, menu, 'Save numbers as CSV…')).toString();
  const svg = (await saved(app, menu, 'Save as SVG…')).toString();
  const png = await saved(app, menu, 'Save as PNG…');
  const table = csv
    .trim()
    .split('\r\n')
    .map((row) => row.match(/("([^"]|"")*"|[^,]*)(,|$)/g)?.map((cell) => cell.replace(/,$/, '')) ?? [])
    .map((row) => (row.length > 1 && row.at(-1) === '' ? row.slice(0, -1) : row));
  expect(table.length, 'the table has a head and rows').toBeGreaterThan(1);
  const inks = await inksOf(app.page, [
    `data:image/png;base64,${png.toString('base64')}`,
    `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`,
  ]);
  expect(Math.min(...inks), 'PNG and SVG show something').toBeGreaterThan(3);
  return { table, csv, svg };
}

/** How many colours each picture shows, drawn as the browser draws it; pictures they must be. */
async function inksOf(page: Page, urls: readonly string[]): Promise<number[]> {
  const drawer = await page.context().newPage(); // a page without a policy of its own
  try {
    return await drawer.evaluate(async (pictures) => {
      const inks: number[] = [];
      for (const url of pictures) {
        const image = new Image();
        image.src = url;
        await image.decode();
        const canvas = new OffscreenCanvas(image.naturalWidth, image.naturalHeight);
        const context = canvas.getContext('2d');
        if (!context) throw new Error('This browser draws nothing.');
        context.drawImage(image, 0, 0);
        const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
        inks.push(new Set(new Uint32Array(data.buffer)).size);
      }
      return inks;
    }, urls);
  } finally {
    await drawer.close();
  }
}

/** A number that changes with what a canvas shows. */
export const inkSum = (canvas: Locator): Promise<number> =>
  canvas.evaluate((element: HTMLCanvasElement) => {
    const text = element.toDataURL();
    let sum = 0;
    for (let i = 0; i < text.length; i++) sum = (31 * sum + text.charCodeAt(i)) % 1_000_003;
    return sum;
  });

/** Goes to something by the Tab key alone. */
export async function tabTo(page: Page, target: Locator, most = 60): Promise<void> {
  for (let i = 0; i < most; i++) {
    if (await target.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press('Tab');
  }
  await expect(target, `reached by at most ${most} presses of Tab`).toBeFocused();
}
