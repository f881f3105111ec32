import { execFile } from 'node:child_process'
import path from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Runs one of the scripts under `handlers/` in a fresh process; its last line is the result. */
export async function runHandler<T>(script: string, args: string[]): Promise<T> {
  const { stdout } = await run(
    process.execPath,
    [path.resolve('bench/handlers', script), ...args],
    // The function logs to stdout, as on Lambda.
    { env: environment(), maxBuffer: 1 << 26 },
  )
  return JSON.parse(stdout.slice(stdout.lastIndexOf('\n') + 1)) as T
}

/** Wall time of a whole process of Node.js. */
export async function wallOf(args: string[]): Promise<number> {
  const begun = performance.now()
  await run(process.execPath, args, { env: environment() })
  return performance.now() - begun
}

export function median(values: number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1]!
}

/** Lambda sets neither of the two, and on Node 20 extra certificates alone cost 40 ms at start. */
function environment(): NodeJS.ProcessEnv {
  const { NODE_EXTRA_CA_CERTS: _certificates, NODE_OPTIONS: _options, ...rest } = process.env
  // What Lambda does set: the stand-in for SSM asks for none, but a signature needs some.
  return { ...rest, AWS_ACCESS_KEY_ID: 'bench', AWS_SECRET_ACCESS_KEY: 'bench' }
}
