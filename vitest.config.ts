// Three projects: `unit` needs nothing but Node; `gpu` (files named *.gpu.test.ts) needs a WebGPU adapter, and gets
// SwiftShader where the machine has no GPU; `slow` (*.slow.test.ts) needs one for long, and runs only when asked for. All run in forked processes: Dawn is native code, and a crash in it must
// end one worker and fail its file, not take the runner along.
import { tmpdir } from 'node:os';
import { defineConfig } from 'vitest/config';
import { findSoftwareVulkan, hasHardwareGpu, isVulkanDriverChosen } from './src/main/vulkan-driver.ts';

function vulkanEnvironment(): Record<string, string> {
  const software = isVulkanDriverChosen() || hasHardwareGpu() ? null : findSoftwareVulkan();
  if (software === null) return {};
  return { VK_DRIVER_FILES: software, XDG_RUNTIME_DIR: process.env.XDG_RUNTIME_DIR ?? tmpdir() };
}

const tests = ['src/**/*.test.{ts,tsx}', 'scripts/**/*.test.ts', 'bench/**/*.test.ts'];
const gpuTests = ['src/**/*.gpu.test.ts', 'bench/**/*.gpu.test.ts', 'scripts/**/*.gpu.test.ts'];
const slowTests = ['src/**/*.slow.test.ts'];

/** One process for all files: one device at a time, as in the app, and one start of the driver. */
const onGpu = {
  setupFiles: ['scripts/checks/property-seed.ts'],
  globalSetup: 'scripts/checks/provide-data.ts',
  env: vulkanEnvironment(),
  maxWorkers: 1,
  isolate: false,
};

export default defineConfig({
  test: {
    pool: 'forks',
    maxWorkers: 2,
    // A test that is slow on a busy machine is not wrong; one that hangs must still end.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    projects: [
      {
        test: {
          name: 'unit',
          setupFiles: ['scripts/checks/property-seed.ts'],
          include: tests,
          exclude: [...gpuTests, ...slowTests],
        },
      },
      {
        test: {
          ...onGpu,
          name: 'gpu',
          include: gpuTests,
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
      { test: { ...onGpu, name: 'slow', include: slowTests, testTimeout: 3_600_000 } },
    ],
  },
});
