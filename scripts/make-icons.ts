/** Draws assets/icon.svg as the PNG files that packages and windows need. Run after changing the mark; the results are committed. */
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { chromium } from '@playwright/test';

const assets = resolve(import.meta.dirname, '../assets');
const page_ = resolve(import.meta.dirname, '../src/renderer/public');

const svg = await readFile(join(assets, 'icon.svg'), 'utf8');
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM_PATH, args: ['--no-sandbox'] });
try {
  const draw = async (size: number): Promise<Buffer> => {
    const page = await browser.newPage({ viewport: { width: size, height: size } });
    await page.setContent(`<style>body{margin:0}svg{display:block;width:100vw;height:100vh}</style>${svg}`);
    return page.screenshot({ omitBackground: true });
  };
  await writeFile(join(assets, 'icon.png'), await draw(1024)); // electron-builder makes .icns and .ico from it
  await writeFile(join(page_, 'icon.png'), await draw(256)); // the window's own
  await copyFile(join(assets, 'icon.svg'), join(page_, 'icon.svg'));
} finally {
  await browser.close();
}
