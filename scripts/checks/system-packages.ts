// What the checks need and npm cannot bring: a Chromium for the pages (with it comes SwiftShader) and the Vulkan
// loader for Node. Installed only where that asks nobody: on Debian, as root.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { findBrowser } from '../browsers.ts';

const loaderFolders = ['/usr/lib/x86_64-linux-gnu', '/usr/lib/aarch64-linux-gnu', '/usr/lib64', '/usr/lib'];

function missingPackages(): string[] {
  const missing: string[] = [];
  if (findBrowser() === null) missing.push('chromium', 'fonts-dejavu-core');
  if (!loaderFolders.some((folder) => existsSync(`${folder}/libvulkan.so.1`))) missing.push('libvulkan1');
  return missing;
}

/** Installs what is missing, or says what to install. The checks that need it then fail with their own words. */
export function provideSystemPackages(): void {
  if (process.platform !== 'linux') return;
  const missing = missingPackages();
  if (missing.length === 0) return;
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
    console.log(`Missing here: ${missing.join(', ')}. Install with your system's package manager.`);
    return;
  }
  console.log(`Installing ${missing.join(', ')} …`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  for (const args of [
    ['update', '-qq'],
    ['install', '-y', '-qq', '--no-install-recommends', ...missing],
  ]) {
    const { status, stdout, stderr } = spawnSync('apt-get', args, { env, encoding: 'utf8' });
    if (status !== 0) {
      console.log(
        `apt-get ${args.join(' ')} failed:\n${[stdout, stderr].join('').trim().split('\n').slice(-10).join('\n')}`,
      );
      return;
    }
  }
}
