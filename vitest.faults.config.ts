import { defineConfig } from 'vitest/config'

/** `npm run faults`: every fault at every mutating call, and the table of it. */
export default defineConfig({
  test: {
    include: ['test/faults/matrix/*.test.ts'],
    setupFiles: ['test/helpers/setup.ts'],
    pool: 'forks',
    maxWorkers: '100%',
    testTimeout: 600_000,
    hookTimeout: 60_000,
    reporters: ['default', './scripts/faults-reporter.js', './scripts/summary-reporter.js'],
    env: {
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
      TZ: 'UTC',
      FAULTS: 'all',
    },
  },
})
