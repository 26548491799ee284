import { defineConfig } from 'vitest/config';

const report = process.env.WEIGHBRIDGE_TEST_REPORT;

export default defineConfig({
  test: {
    include: ['test/**/*.test.{ts,tsx}'],
    // Frames must not depend on the colour support, the locale or the time zone of the terminal that runs the tests.
    env: { FORCE_COLOR: '0', TZ: 'UTC', LC_ALL: 'C.UTF-8' },
    // One more than the cores that CI has: most of these tests wait for a cluster.
    maxWorkers: 3,
    testTimeout: 30_000,
    reporters: report ? ['default', ['json', { outputFile: report }]] : ['default'],
  },
});
