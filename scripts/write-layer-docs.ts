// `npm run docs`: writes the page of every layer to docs/layers/, and takes away the pages of layers that are no more.
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { layerPages } from '../src/engine/layers/document.ts';
import { layerList } from '../src/engine/layers/index.ts';

const folder = join(import.meta.dirname, '../docs/layers');
const pages = layerPages(layerList);

await mkdir(folder, { recursive: true });
for (const name of await readdir(folder)) if (!pages.has(name)) await rm(join(folder, name));
for (const [name, text] of pages) await writeFile(join(folder, name), text);
console.log(`${pages.size} pages are in docs/layers/.`);
