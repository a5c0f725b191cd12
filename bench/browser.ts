// The page of the bench in an installed Chromium: bundled, served from memory to a made-up local address, driven from here.
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Page } from '@playwright/test';
import { build } from 'vite';
import { findBrowser } from '../scripts/browsers.ts';
import { hasHardwareGpu } from '../src/main/vulkan-driver.ts';

const root = join(import.meta.dirname, '..');
const built = join(root, 'out/bench');
// WebGPU is for secure pages, and localhost is one.
const address = 'http://localhost:9/';

const switches = [
  '--no-sandbox', // test machines run as root, and the page is our own
  '--enable-unsafe-webgpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-dawn-features=disallow_unsafe_apis',
];
const softwareSwitches = ['--use-webgpu-adapter=swiftshader'];
const hardwareSwitches = ['--enable-features=Vulkan', '--ignore-gpu-blocklist'];

async function bundle(): Promise<void> {
  rmSync(built, { recursive: true, force: true });
  mkdirSync(built, { recursive: true });
  await build({
    configFile: false,
    root,
    logLevel: 'error',
    publicDir: false,
    build: {
      outDir: built,
      target: 'esnext',
      chunkSizeWarningLimit: 1 << 20,
      lib: { entry: join(root, 'bench/page/main.ts'), formats: ['es'], fileName: () => 'bench.js' },
    },
  });
}

/** Runs something on the page. Uses the machine's GPU where there is one, SwiftShader where there is none. */
export async function onPage<R>(use: (page: Page, browser: string) => Promise<R>): Promise<R> {
  const executablePath = findBrowser();
  if (executablePath === null)
    throw new Error('The bench needs Chromium, Chrome or Edge. Install one, or name it in GRADLOOM_BROWSER.');
  await bundle();
  const args = [...switches, ...(hasHardwareGpu() ? hardwareSwitches : softwareSwitches)];
  const browser = await chromium.launch({ executablePath, args });
  try {
    const page = await browser.newPage();
    page.setDefaultTimeout(0); // software adapters are slow
    page.on('console', (message) => console.log(message.text()));
    page.on('pageerror', (error) => console.error(error));
    await page.route('**/*', (route) => {
      const { pathname } = new URL(route.request().url());
      if (pathname === '/')
        return route.fulfill({
          contentType: 'text/html',
          body: '<!doctype html><title>Bench</title><script type="module" src="/bench.js"></script>',
        });
      return route.fulfill({
        contentType: 'text/javascript',
        body: readFileSync(join(built, pathname.slice(1)), 'utf8'),
      });
    });
    await page.goto(address);
    return await use(page, `Chromium ${browser.version()}`);
  } finally {
    await browser.close();
  }
}
