// `npm run check`: everything that can be known without running the product. `npm run check lint` runs one.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import path from 'node:path'

const CHECKS = [
  { name: 'lint', what: 'typed ESLint rules', run: ['eslint', '.', '--max-warnings=0'] },
  { name: 'types', what: 'TypeScript, strict', run: ['tsc', '-p', '.'] },
  {
    name: 'planted',
    what: 'the checks find what is planted',
    run: ['node', 'scripts/check-planted.js'],
  },
  { name: 'format', what: 'Prettier', run: ['prettier', '--check', '--log-level=warn', '.'] },
  { name: 'imports', what: 'directions, cycles', run: ['node', 'scripts/check-imports.js'] },
  { name: 'files', what: 'sizes and names', run: ['node', 'scripts/check-files.js'] },
  { name: 'dead code', what: 'knip', run: ['knip', '--no-progress'] },
  { name: 'package', what: 'publint', run: ['publint', '--strict'], needs: 'dist/cli.js' },
]
const AT_ONCE = 2

const wanted = process.argv.slice(2)
const queue = CHECKS.filter(({ name }) => wanted.length === 0 || wanted.includes(name))
if (queue.length === 0)
  throw new Error(`no such check; there are: ${CHECKS.map((c) => c.name).join(', ')}`)

const total = queue.length
const failed = []
const started = performance.now()
await Promise.all(Array.from({ length: AT_ONCE }, work))
process.stdout.write(`${seconds(started)} s\n`)
process.stdout.write(`\n${total - failed.length} passed, ${failed.length} failed, 0 skipped\n`)
process.exitCode = failed.length > 0 ? 1 : 0

async function work() {
  for (let check = queue.shift(); check !== undefined; check = queue.shift()) {
    const begun = performance.now()
    const { code, output } = await execute(check)
    if (code !== 0) failed.push(check.name)
    const mark = code === 0 ? 'ok    ' : 'FAILED'
    process.stdout.write(
      `${mark} ${check.name} (${check.what}), ${seconds(begun)} s${shown(code, output)}\n`,
    )
  }
}

async function execute({ run: [tool, ...args], needs }) {
  if (needs && !existsSync(needs))
    return { code: 1, output: `${needs} is missing: npm run build\n` }
  const local = path.join('node_modules', '.bin', tool)
  const child = spawn(tool === 'node' ? process.execPath : local, args)
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (output += data))
  const code = await new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', resolve)
  })
  return { code, output }
}

/** All of it when it failed; its last line, which says how much was looked at, when it did not. */
function shown(code, output) {
  const lines = output.trim().split('\n')
  if (code !== 0) return `\n${lines.map((line) => `    ${line}`).join('\n')}`
  return /^\d+ (files|modules)/.test(lines.at(-1)) ? `: ${lines.at(-1)}` : ''
}

function seconds(since) {
  return ((performance.now() - since) / 1000).toFixed(1)
}
