import { defineConfig } from 'vitest/config'

/** `npm run test:shells`: the completion scripts, asked by the shells that they are for. */
export default defineConfig({
  test: {
    include: ['test/shells/**/*.test.ts'],
    setupFiles: ['test/helpers/setup.ts'],
    pool: 'forks',
    testTimeout: 90_000,
    hookTimeout: 60_000,
    reporters: ['default', './scripts/summary-reporter.js'],
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true', TZ: 'UTC' },
  },
})
