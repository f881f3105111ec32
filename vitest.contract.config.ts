import { defineConfig } from 'vitest/config'

/** `npm run test:moto`: one contract, against the sandbox and against stock moto. */
export default defineConfig({
  test: {
    include: ['test/contract/**/*.test.ts'],
    setupFiles: ['test/helpers/setup.ts'],
    pool: 'forks',
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: ['default', './scripts/summary-reporter.js'],
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true', TZ: 'UTC' },
  },
})
