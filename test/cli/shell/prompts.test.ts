import { expect, test } from 'vitest'
import { cli, CTRL_C, scriptedPrompter } from '../../helpers/cli.ts'
import type { CliOptions } from '../../helpers/cli.ts'
import { expectValid } from '../../helpers/schema.ts'
import { fakeCommand, STATUS } from './fake.ts'

const asking = fakeCommand(async ({ prompter }) => {
  const id = await prompter.input({ message: 'Which distribution?', flag: '--distribution ID' })
  const yes = await prompter.confirm({ message: 'Apply?', flag: '--yes' })
  return { exitCode: 0, data: STATUS, render: (view) => view.line(`${id} ${yes}`) }
})

const TERMINAL = { stdin: true, stdout: true, stderr: true }

test.each<[string, string[], CliOptions]>([
  ['stdin is no terminal', [], { isTTY: { stdout: true, stderr: true } }],
  ['--no-input', ['--no-input'], { isTTY: TERMINAL }],
  ['--json', ['--json'], { isTTY: TERMINAL }],
  ['the token comes from stdin', ['--okta-token-file', '-'], { isTTY: TERMINAL }],
])('nothing is asked when %s; the error names the flag', async (_when, flags, options) => {
  const run = await cli(['status', ...flags], { ...options, commands: asking })
  expect(run.exitCode).toBe(2)
  if (flags.includes('--json')) {
    expectValid('status', run.stdout)
    expect(run.json.error).toMatchObject({ code: 'input-needed' })
    expect(run.json.error?.hint).toContain('--distribution ID')
  } else {
    expect(run.stdout).toBe('')
    expect(run.stderr).toContain('Answer it with --distribution ID.')
  }
})

test('answers come back in the order of the questions', async () => {
  const { prompter, asked } = scriptedPrompter(['E123', false])
  const run = await cli(['status'], { prompter, commands: asking })
  expect(run).toMatchObject({ exitCode: 0, stdout: 'E123 false\n' })
  expect(asked).toEqual(['Which distribution?', 'Apply?'])
})

test('--json asks nothing even when somebody could answer', async () => {
  const { prompter, asked } = scriptedPrompter(['E123', true])
  const run = await cli(['status', '--json'], { prompter, commands: asking })
  expect(run.exitCode).toBe(2)
  expect(asked).toEqual([])
})

test('Ctrl-C in a question exits 130', async () => {
  const { prompter } = scriptedPrompter([CTRL_C])
  const run = await cli(['status'], { prompter, commands: asking })
  expect(run.exitCode).toBe(130)
})

test('a closed stdin in a real question exits 130, with stdout clean', async () => {
  const run = await cli(['status'], { isTTY: TERMINAL, stdin: '', commands: asking })
  expect(run.exitCode).toBe(130)
  expect(run.stdout).toBe('')
  expect(run.stderr).toContain('Which distribution?')
})
