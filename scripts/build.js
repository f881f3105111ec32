// Builds what the package ships: the two scripts of the edge function and the bundled CLI.
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
  // The edge function stands even where the CLI does not build yet: its tests need it.
  for (const options of [edgeOptions(root, staging), cliOptions(root, staging)]) {
    try {
      const { metafile } = await build(options)
      metafiles.push(metafile)
      report(metafile)
    } catch (error) {
      // esbuild has shown what is wrong and where.
      if (error.errors === undefined) throw error
      process.exitCode = 1
    }
  }
  const notices = await collectNotices(root, metafiles)
  await writeFile(path.join(staging, 'THIRD-PARTY-NOTICES.txt'), notices)
  // The package is ES modules; these two are not, here and at CloudFront.
  await writeFile(path.join(staging, 'edge', 'package.json'), '{ "type": "commonjs" }\n')
  await rm(dist, { recursive: true, force: true })
  await rename(staging, dist)
} finally {
  await rm(staging, { recursive: true, force: true })
}
const verdict = process.exitCode ? 'failed' : 'built'
process.stdout.write(`${verdict} in ${((performance.now() - started) / 1000).toFixed(1)} s\n`)

function report(metafile) {
  const outputs = Object.entries(metafile.outputs)
  for (const [file, output] of outputs) {
    const name = path.relative(staging, path.resolve(root, file))
    if (!/^(edge\/[^/]+|cli)\.js$/.test(name)) continue
    process.stdout.write(`dist/${name}  ${(output.bytes / 1024).toFixed(1)} KB\n`)
  }
  const total = outputs.reduce((sum, [, output]) => sum + output.bytes, 0)
  process.stdout.write(`  ${outputs.length} files, ${(total / 1024).toFixed(0)} KB\n`)
}
