import { expect, test } from 'vitest'
import { cli } from '../../helpers/cli.ts'
import type { CliOptions } from '../../helpers/cli.ts'
import { fakeCommand, STATUS } from './fake.ts'

const ESCAPE = '\u001b'
const TERMINAL = { stdin: true, stdout: true, stderr: true }

const colorful = fakeCommand(async ({ output }) => {
  output.warn('careful')
  output.steps(1).begin('look').done()
  return { exitCode: 0, data: STATUS, render: (view) => view.heading('Result') }
})

test('colors in a terminal, on both streams', async () => {
  const run = await cli(['status'], { isTTY: TERMINAL, commands: colorful })
  expect(run.stdout).toContain(ESCAPE)
  expect(run.stderr).toContain(ESCAPE)
})

test('each stream is looked at apart', async () => {
  const piped = await cli(['status'], { isTTY: { stderr: true }, commands: colorful })
  expect(piped.stdout).toBe('Result\n')
  expect(piped.stderr).toContain(ESCAPE)
  const logged = await cli(['status'], { isTTY: { stdout: true }, commands: colorful })
  expect(logged.stdout).toContain(ESCAPE)
  expect(logged.stderr).toMatch(/^warning: careful\nstep 1\/1 look … done \(0 s\)\n$/)
})

test.each<[string, string[], CliOptions]>([
  ['pipes', [], {}],
  ['--no-color', ['--no-color'], { isTTY: TERMINAL }],
  ['NO_COLOR', [], { isTTY: TERMINAL, env: { NO_COLOR: '1' } }],
  ['TERM=dumb', [], { isTTY: TERMINAL, env: { TERM: 'dumb' } }],
])('no color and no animation with %s', async (_what, flags, options) => {
  const run = await cli(['status', ...flags], { ...options, commands: colorful })
  expect(run.stdout).toBe('Result\n')
  expect(run.stderr).toBe('warning: careful\nstep 1/1 look … done (0 s)\n')
})

test('an empty NO_COLOR means nothing', async () => {
  const env = { NO_COLOR: '' }
  const run = await cli(['status'], { isTTY: TERMINAL, env, commands: colorful })
  expect(run.stdout).toContain(ESCAPE)
})

test('text from outside cannot steer the terminal', async () => {
  const hostile = fakeCommand(async ({ output }) => {
    output.info('group \u001b]0;owned\u0007 \u001b[2J\u009b31m name\r')
    return { exitCode: 0, data: STATUS, render: (view) => view.line('a\u001b[1Ab\u0008') }
  })
  const run = await cli(['status'], { isTTY: TERMINAL, commands: hostile })
  expect(run.stderr).toContain('group ]0;owned [2J31m name\n')
  expect(run.stdout).toBe('a[1Ab\n')
})
