/**
 * How the three parts of the desktop app are built: main (ESM), preload (one CommonJS file, as the sandbox demands) and
 * renderer. The browser shell and the command line need no build: Node runs their TypeScript as it stands.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'electron-vite';
import type { Plugin } from 'vite';

const here = import.meta.dirname;

/** SQLite's script reads its WebAssembly from the folder that the script is in: once bundled, that is out/main. */
function sqliteBesideMain(): Plugin {
  const name = 'node-sqlite3-wasm.wasm';
  const folder = dirname(createRequire(import.meta.url).resolve('node-sqlite3-wasm'));
  return {
    name: 'sqlite-beside-main',
    generateBundle() {
      this.emitFile({ type: 'asset', fileName: name, source: readFileSync(join(folder, name)) });
    },
  };
}

export default defineConfig({
  main: {
    plugins: [sqliteBesideMain()],
    build: {
      outDir: 'out/main',
      target: 'node20.18', // the oldest Electron that we run on is 33
      externalizeDeps: false, // all is bundled, so that packages carry no node_modules
      rolldownOptions: {
        input: { electron: resolve(here, 'src/main/electron.ts') },
        output: { format: 'es', entryFileNames: '[name].js' },
      },
    },
  },
  preload: {
    build: {
      outDir: 'out/preload',
      target: 'node20.18',
      rolldownOptions: {
        input: { preload: resolve(here, 'src/main/preload.ts') },
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: resolve(here, 'src/renderer'),
    base: './',
    plugins: [react()],
    worker: { format: 'es' },
    build: {
      outDir: resolve(here, 'out/renderer'),
      target: 'chrome130',
      minify: true,
      modulePreload: { polyfill: false }, // an inline script, which the content security policy forbids
      chunkSizeWarningLimit: 8000, // Monaco is that big, and it is read from the disk
      rolldownOptions: { input: resolve(here, 'src/renderer/index.html') },
    },
  },
});
