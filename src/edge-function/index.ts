import { createHandler } from './handler.ts'
import { load } from './load.ts'
import type { SignIn } from './types.ts'

/**
 * Lambda@Edge's entry point, at viewer-request. Both files stand beside the bundle in the zip.
 * CommonJS by hand: an `export` would cost half a kilobyte of interop helpers.
 */
exports.handler = createHandler(
  () => load(require('./config.json'), Date.now),
  () => require('./sign-in.js') as SignIn,
)
