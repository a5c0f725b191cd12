// Bundles the engine into one ES module, for the train.ts of exported projects: out/engine/gradloom.js.
import { join } from 'node:path';
import { build } from 'vite';

const root = join(import.meta.dirname, '..');

export async function bundleEngine(): Promise<void> {
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
}

if (import.meta.main) await bundleEngine();
