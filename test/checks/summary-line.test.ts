import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

const root = path.resolve(import.meta.dirname, '../..')

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 's3-okta-guard-summary-'))
})
afterEach(async () => {
  await rm(folder, { recursive: true, force: true })
})

/** Runs the files as a suite of their own and returns its last line. */
async function lastLineOf(files: Record<string, string>): Promise<string | undefined> {
  for (const [name, text] of Object.entries(files)) await writeFile(path.join(folder, name), text)
  const vitest = path.join(root, 'node_modules/vitest/vitest.mjs')
  const reporter = path.join(root, 'scripts/summary-reporter.js')
  const args = [vitest, 'run', '--globals', '--root', folder, '--reporter', 'default']
  return new Promise((resolve) => {
    execFile(process.execPath, [...args, '--reporter', reporter], { cwd: folder }, (_, stdout) => {
      resolve(stdout.trimEnd().split('\n').at(-1))
    })
  })
}

const passes = "test('a', () => {})\n"
const fails = "test('b', () => { throw new Error('no') })\n"
const isLeftOut = `test.${'skip'}('c', () => {})\n`

describe('the line that every suite ends with', () => {
  test('counts what passed, failed and was left out', async () => {
    const line = await lastLineOf({ 'one.test.js': passes + passes + fails + isLeftOut })
    expect(line).toBe('2 passed, 1 failed, 1 skipped')
  })

  test('counts a file that cannot be loaded as failed', async () => {
    const broken = { 'one.test.js': passes, 'two.test.js': "import './nowhere.js'\n" }
    expect(await lastLineOf(broken)).toBe('1 passed, 1 failed, 0 skipped')
  })

  test('counts an error outside of every test as failed', async () => {
    const late =
      "test('a', () => { setTimeout(() => { throw new Error('late') }) ; return new Promise((r) => setTimeout(r, 50)) })\n"
    expect(await lastLineOf({ 'one.test.js': late })).toMatch(
      /^1 passed, 1 failed|^0 passed, [12] failed/,
    )
  })

  test('does not call a suite without tests passed', async () => {
    expect(await lastLineOf({ 'nothing.js': '' })).toBe('0 passed, 1 failed, 0 skipped')
  })
})
