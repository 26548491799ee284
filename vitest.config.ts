import { defineConfig } from 'vitest/config';

const report = process.env.WEIGHBRIDGE_TEST_REPORT;
const journeys = 'test/**/*.journey.test.{ts,tsx}';

/** Two projects: `spec` is what `npm test` runs, `journeys` is what takes the built program through whole stories. */
export default defineConfig({
  test: {
    projects: [
      { extends: true, test: { name: 'spec', include: ['test/**/*.test.{ts,tsx}'], exclude: [journeys] } },
      { extends: true, test: { name: 'journeys', include: [journeys], testTimeout: 120_000 } },
    ],
    // Frames must not depend on the colour support, the locale or the time zone of the terminal that runs the tests.
    env: { FORCE_COLOR: '0', TZ: 'UTC', LC_ALL: 'C.UTF-8' },
    // One more than the cores that CI has: most of these tests wait for a cluster.
    maxWorkers: 3,
    // Far beyond what they take: a machine that is busy must not fail them.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 40_000 } },
    reporters: report ? ['default', ['json', { outputFile: report }]] : ['default'],
  },
});
