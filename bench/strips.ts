/**
 * `node bench/strips.ts`: what the strips take of a frame. A net of 101 layers, all in view, is trained a few steps in the app,
 * in Chromium, and dragged about; timed are the frames that draw strips, from the frame's callback to the last drawImage, and
 * what painting a capture's columns takes on top. Build first: `npm run build`.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { chromium, type Page } from '@playwright/test';
import { findBrowser } from '../scripts/browsers.ts';
import { median } from './results.ts';
import { dense, generated, netOf, sgd } from './zoo/net.ts';

const LAYERS = 101;
const COLUMNS = 12;
const FRAMES = 120;
const CAPTURES = 12;
const BUDGET_MS = 4;

declare global {
  interface Window {
    strips: { readonly drawn: number[]; readonly painted: number[] };
  }
}

/** Before the app's own code: notes when frames begin, and when strips are painted and drawn. */
function listen(): void {
  const strips = { drawn: [] as number[], painted: [] as number[] };
  window.strips = strips;
  const { drawImage, putImageData } = CanvasRenderingContext2D.prototype;
  const ask = window.requestAnimationFrame.bind(window);
  let drawnAt = 0;
  let painting = 0;
  CanvasRenderingContext2D.prototype.drawImage = function draw(
    this: CanvasRenderingContext2D,
    ...args: Parameters<typeof drawImage>
  ) {
    drawImage.apply(this, args);
    if (this.canvas.dataset.testid === 'strips') drawnAt = performance.now();
  } as typeof drawImage;
  CanvasRenderingContext2D.prototype.putImageData = function put(
    this: CanvasRenderingContext2D,
    ...args: Parameters<typeof putImageData>
  ) {
    const start = performance.now();
    putImageData.apply(this, args);
    painting += performance.now() - start;
  } as typeof putImageData;
  window.requestAnimationFrame = (callback) =>
    ask((time) => {
      const start = performance.now();
      drawnAt = 0;
      callback(time);
      if (drawnAt === 0) return;
      strips.drawn.push(drawnAt - start);
      if (painting > 0) strips.painted.push(drawnAt - start + painting);
      painting = 0;
    });
}

async function dragAbout(page: Page): Promise<number[]> {
  const box = await page.locator('.react-flow__pane').boundingBox();
  if (!box) throw new Error('The canvas is not there.');
  const [x, y] = [box.x + box.width / 2, box.y + 8];
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.evaluate(() => window.strips.drawn.splice(0));
  for (let i = 0; i < FRAMES; i++) {
    await page.mouse.move(x + 20 * Math.sin(i / 8), y);
    await page.evaluate(() => new Promise(requestAnimationFrame));
  }
  await page.mouse.up();
  return page.evaluate(() => window.strips.drawn.splice(0));
}

const document = netOf({
  data: generated('spirals'),
  layers: dense((LAYERS - 1) / 2, 'relu', 8, { init: 'heNormal' }),
  training: { ...sgd(0.001), batchSize: 32 },
});
const nodes = Object.entries(document.nodes).map(([id, node], i) => [
  id,
  { ...node, position: [264 * (i % COLUMNS), 184 * Math.floor(i / COLUMNS)] },
]);
const folder = mkdtempSync(join(tmpdir(), 'gradloom-strips-'));
mkdirSync(join(folder, 'files'));
const path = join(folder, 'files', 'deep.gradloom.json');
writeFileSync(path, JSON.stringify({ ...document, nodes: Object.fromEntries(nodes) }));
const server = spawn(
  process.execPath,
  ['src/main/server.ts', '--port', '0', '--root', join(folder, 'files'), path],
  {
    env: { ...process.env, GRADLOOM_USER_DATA: join(folder, 'data') },
    stdio: ['ignore', 'pipe', 'inherit'],
  },
);
const url = await new Promise<string>((found) =>
  createInterface(server.stdout).on('line', (line) => {
    const [address] = /http:\/\/127\.0\.0\.1:\d+\/\S+/.exec(line) ?? [];
    if (address !== undefined) found(address);
  }),
);
const executablePath = findBrowser() ?? undefined;
const args = ['--no-sandbox', '--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader'];
const browser = await chromium.launch({ executablePath, args });
try {
  const page = await browser.newPage({ viewport: { width: 1920, height: 1080 } });
  await page.addInitScript(listen);
  await page.goto(url);
  const step = page.getByRole('button', { name: 'Train one step' });
  await step.click(); // the first press compiles
  await page.getByText(/^Paused$/).waitFor({ timeout: 200_000 });
  for (let i = 1; i <= CAPTURES; i++) {
    await step.click();
    await page.getByText(new RegExp(`^step ${i} ·`)).waitFor({ timeout: 60_000 });
  }
  const painted = await page.evaluate(() => window.strips.painted);
  const drawn = await dragAbout(page);
  const worst = Math.max(...drawn);
  console.log(
    `${LAYERS} layers, ${2 * LAYERS} strips, Chromium ${browser.version()}, ${availableParallelism()} processors:\n` +
      `${median(drawn).toFixed(2)} ms a frame while dragging (median of ${drawn.length}, the slowest ${worst.toFixed(1)} ms); ` +
      `${median(painted).toFixed(2)} ms where a capture is painted too (median of ${painted.length}).\n` +
      `The budget is ${BUDGET_MS} ms.`,
  );
} finally {
  await browser.close();
  server.kill('SIGTERM');
  rmSync(folder, { recursive: true, force: true });
}
