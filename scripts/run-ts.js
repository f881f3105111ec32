// `node scripts/run-ts.js FILE.ts [ARGS]`: Node 20 runs no TypeScript; dependencies stay outside.
import { mkdtemp, rm } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'

const [file, ...args] = process.argv.slice(2)
if (file === undefined) throw new Error('usage: node scripts/run-ts.js FILE.ts [ARGS]')

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..')
// Inside the checkout, so that packages and package.json are found from there.
const folder = await mkdtemp(path.join(root, 'node_modules', '.run-ts-'))
try {
  const outfile = path.join(folder, 'main.mjs')
  await build({
    entryPoints: [file],
    outfile,
    bundle: true,
    packages: 'external',
    format: 'esm',
    platform: 'node',
    target: 'node20',
    logLevel: 'warning',
  })
  process.argv = [process.argv[0], path.resolve(file), ...args]
  const { main } = await import(pathToFileURL(outfile).href)
  process.exitCode = await main(args)
} finally {
  await rm(folder, { recursive: true, force: true })
}
