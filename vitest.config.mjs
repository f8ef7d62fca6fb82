import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

// Two projects: `unit` needs nothing but the sources; `inference` runs real models (and the built dist/).
export default defineConfig({
  test: {
    // On two cores one would stand idle: most tests wait for processes that they have started.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    minWorkers: 1,
    projects: [
      { test: { name: 'unit', include: ['test/unit/**/*.test.ts'], testTimeout: 30_000 } },
      { test: { name: 'inference', include: ['test/inference/**/*.test.ts'], globalSetup: ['test/inference/build.ts'], env: { ORT_DISABLE_TELEMETRY: '1' }, testTimeout: 120_000, hookTimeout: 120_000, pool: 'forks' } },
    ],
  },
});
