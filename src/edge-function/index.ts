import { createHandler } from './handler.ts'
import type { Handler } from './handler.ts'
import { load } from './load.ts'
import type { SignIn } from './types.ts'

/** CommonJS's own, which the bundle is; the two files stand beside it in the zip. */
declare const require: (file: './config.json' | './sign-in.js') => unknown
declare const exports: { handler: Handler }

/**
 * Lambda@Edge's entry point, at viewer-request.
 * CommonJS by hand: an `export` would cost half a kilobyte of interop helpers.
 */
exports.handler = createHandler(
  () => load(require('./config.json'), Date.now),
  () => require('./sign-in.js') as SignIn,
)
