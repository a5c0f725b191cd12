// End-to-end tests: `chromium` drives the browser shell in an installed Chromium, `packaging` looks into a package,
// `electron` drives the desktop shell. WebGPU runs on SwiftShader, so that every machine sees the same numbers.
import { defineConfig } from '@playwright/test';
import { findBrowser } from './scripts/browsers.ts';

const switches = [
  '--no-sandbox', // test machines run as root, and the page is our own
  '--enable-unsafe-webgpu',
  '--use-webgpu-adapter=swiftshader',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export default defineConfig({
  testDir: 'e2e',
  forbidOnly: true,
  retries: 0, // a test that passes only sometimes has failed
  workers: 1, // the software GPU takes every core
  timeout: 120_000,
  expect: { timeout: 20_000 },
  use: { viewport: { width: 1440, height: 900 }, trace: 'retain-on-failure', screenshot: 'only-on-failure' },
  projects: [
    {
      name: 'chromium',
      testIgnore: /(electron|packaging).*\.spec\.ts/,
      use: { launchOptions: { executablePath: findBrowser() ?? undefined, args: switches } },
    },
    { name: 'packaging', testMatch: /packaging.*\.spec\.ts/ },
    { name: 'electron', testMatch: /electron.*\.spec\.ts/ },
  ],
});
