// Builds what the package ships: the two scripts of the edge function and the bundled CLI.
import { existsSync } from 'node:fs'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { cliOptions, edgeOptions } from './lib/bundles.js'
import { collectNotices } from './lib/notices.js'

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..')
const dist = path.join(root, 'dist')
// Built beside and moved into place, so that a run that uses dist/ never sees half of it.
const staging = path.join(root, `dist.${process.pid}.tmp`)

const started = performance.now()
try {
  await mkdir(staging, { recursive: true })
  const metafiles = []
  for (const options of [edgeOptions(root, staging), cliOptions(root, staging)]) {
    const entries = Object.values(options.entryPoints).filter((file) => existsSync(file))
    if (entries.length < Object.keys(options.entryPoints).length) {
      const missing = Object.values(options.entryPoints).filter((file) => !existsSync(file))
      process.stderr.write(`build: skipped, not there: ${missing.join(', ')}\n`)
      continue
    }
    const result = await build(options)
    metafiles.push(result.metafile)
    report(result.metafile)
  }
  const notices = await collectNotices(root, metafiles)
  await writeFile(path.join(staging, 'THIRD-PARTY-NOTICES.txt'), notices)
  await rm(dist, { recursive: true, force: true })
  await rename(staging, dist)
} finally {
  await rm(staging, { recursive: true, force: true })
}
process.stdout.write(`built in ${((performance.now() - started) / 1000).toFixed(1)} s\n`)

function report(metafile) {
  const outputs = Object.entries(metafile.outputs)
  const total = outputs.reduce((sum, [, output]) => sum + output.bytes, 0)
  for (const [file, output] of outputs) {
    if (!output.entryPoint) continue
    const name = path.relative(staging, path.resolve(root, file))
    process.stdout.write(`dist/${name}  ${(output.bytes / 1024).toFixed(1)} KB\n`)
  }
  process.stdout.write(`  ${outputs.length} files, ${(total / 1024).toFixed(0)} KB\n`)
}
