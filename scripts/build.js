// Builds what the package ships: the two scripts of the edge function and the bundled CLI.
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { bundleEdge, cliOptions } from './lib/bundles.js'
import { collectNotices } from './lib/notices.js'

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..')
const dist = path.join(root, 'dist')
// Built beside and moved into place, so that a run that uses dist/ never sees half of it.
const staging = path.join(root, `dist.${process.pid}.tmp`)

const started = performance.now()
try {
  await mkdir(path.join(staging, 'edge'), { recursive: true })
  const metafiles = []
  // The edge function stands even where the CLI does not build yet: its tests need it.
  for (const make of [buildEdge, buildCli]) {
    try {
      metafiles.push(await make())
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

async function buildEdge() {
  const { scripts, metafile } = await bundleEdge(root)
  for (const [name, code] of Object.entries(scripts)) {
    await writeFile(path.join(staging, 'edge', name), code)
    report(`edge/${name}`, code.length)
  }
  return metafile
}

async function buildCli() {
  const { metafile } = await build(cliOptions(root, staging))
  const outputs = Object.entries(metafile.outputs)
  const [, cli] = outputs.find(([file]) => path.basename(file) === 'cli.js')
  report('cli.js', cli.bytes)
  const total = outputs.reduce((sum, [, output]) => sum + output.bytes, 0)
  process.stdout.write(`  ${outputs.length} files, ${(total / 1024).toFixed(0)} KB\n`)
  return metafile
}

function report(name, bytes) {
  process.stdout.write(`dist/${name}  ${(bytes / 1024).toFixed(1)} KB\n`)
}
