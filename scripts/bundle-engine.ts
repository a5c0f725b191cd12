// Bundles the engine into one ES module, for the train.ts of exported projects: out/engine/gradloom.js, which the command line
// reads, and the same beside the page, which fetches it.
import { copyFileSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'vite';

const root = join(import.meta.dirname, '..');

async function bundleEngine(): Promise<void> {
  await build({
    configFile: false,
    root,
    logLevel: 'error',
    publicDir: false,
    build: {
      outDir: join(root, 'out/engine'),
      target: 'es2023',
      minify: true,
      lib: { entry: join(root, 'src/engine/index.ts'), formats: ['es'], fileName: () => 'gradloom.js' },
    },
  });
  const page = join(root, 'out/renderer');
  if (!existsSync(page)) return;
  mkdirSync(join(page, 'engine'), { recursive: true });
  copyFileSync(join(root, 'out/engine/gradloom.js'), join(page, 'engine/gradloom.js'));
}

await bundleEngine();
