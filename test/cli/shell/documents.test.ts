import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, test } from 'vitest'
import { ERROR_CODES, exitCodeOf } from '../../../src/errors/codes.ts'
import type { ErrorCode } from '../../../src/errors/codes.ts'
import { GuardError } from '../../../src/errors/guard-error.ts'
import { cli, temporaryFolder } from '../../helpers/cli.ts'
import { expectValid, validatorOf } from '../../helpers/schema.ts'
import { fakeCommand, STATUS } from './fake.ts'

const working = fakeCommand(async ({ output }) => {
  output.info('looking')
  output.warn('one thing')
  const step = output.steps(1).begin('look')
  step.done()
  return {
    exitCode: 0,
    data: { ...STATUS, sites: STATUS.sites, parts: STATUS.parts },
    render: (view) => view.line('all is well'),
  }
})

const failing = (error: unknown) =>
  fakeCommand(async () => {
    throw error
  })

test('success: the result on stdout, everything else on stderr', async () => {
  const people = await cli(['status'], { commands: working })
  expect(people.exitCode).toBe(0)
  expect(people.stdout).toBe('all is well\n')
  expect(people.stderr).toMatch(/^looking\nwarning: one thing\nstep 1\/1 look … done \(\d+ s\)\n$/)
})

test('success with --json: one document on stdout, the same stderr', async () => {
  const run = await cli(['status', '--json'], { commands: working })
  expectValid('status', run.stdout)
  expect(run.json).toEqual({
    schema: 's3-okta-guard/status@1',
    ok: true,
    exitCode: 0,
    data: STATUS,
  })
  expect(run.stderr).toContain('looking')
})

test('--quiet leaves the result, warnings and errors', async () => {
  const run = await cli(['status', '--quiet'], { commands: working })
  expect(run).toMatchObject({ stdout: 'all is well\n', stderr: 'warning: one thing\n' })
})

test('a result that is not right is not ok, and keeps its data', async () => {
  const drifted = fakeCommand(async () => ({
    exitCode: 3,
    data: STATUS,
    render: (view) => view.line('drift'),
  }))
  const run = await cli(['status', '--json'], { commands: drifted })
  expect(run.exitCode).toBe(3)
  expectValid('status', run.stdout)
  expect(run.json).toMatchObject({ ok: false, exitCode: 3, data: STATUS })
})

test.each(Object.keys(ERROR_CODES) as ErrorCode[])('%s exits as the table says', async (code) => {
  const error = new GuardError({ code, message: 'It went wrong.', next: ['s3-okta-guard status'] })
  const run = await cli(['status', '--json'], { commands: failing(error) })
  expect(run.exitCode).toBe(exitCodeOf(code))
  expectValid('status', run.stdout)
  expect(run.json).toMatchObject({
    ok: false,
    exitCode: exitCodeOf(code),
    error: { code, message: 'It went wrong.', hint: '', next: ['s3-okta-guard status'] },
  })
})

test('a failure says what happened first and what to type last', async () => {
  const error = new GuardError({
    code: 'aws-denied',
    message: 'AWS refused lambda:CreateFunction.',
    details: ['lambda:CreateFunction'],
    hint: 'Allow it.',
    next: ['s3-okta-guard init', 's3-okta-guard status'],
  })
  const run = await cli(['status'], { commands: failing(error) })
  expect(run.stdout).toBe('')
  expect(run.stderr).toBe(
    [
      'error: AWS refused lambda:CreateFunction.',
      '  lambda:CreateFunction',
      'hint: Allow it.',
      'next: s3-okta-guard init',
      'next: s3-okta-guard status',
      '',
    ].join('\n'),
  )
})

test('what nobody foresaw is called a bug, without its stack', async () => {
  const run = await cli(['status'], { commands: failing(new TypeError('x is not a function')) })
  expect(run.exitCode).toBe(1)
  expect(run.stderr).toMatch(/^error: unexpected: x is not a function\nhint: This is a bug/)
  expect(run.stderr).not.toContain('    at ')
  const json = await cli(['status', '--json'], { commands: failing('a string') })
  expectValid('status', json.stdout)
  expect(json.json.error).toMatchObject({ code: 'internal', message: 'unexpected: a string' })
})

test('--debug shows the stack and what caused it, on stderr', async () => {
  const cause = new Error('socket hang up')
  const error = new GuardError({ code: 'aws-failed', message: 'AWS failed.', cause })
  const run = await cli(['status', '--debug', '--json'], { commands: failing(error) })
  expectValid('status', run.stdout)
  expect(run.stderr).toContain('caused by: Error: socket hang up')
  expect(run.stderr).toContain('    at ')
})

test('a wrong file is told before the command is loaded', async () => {
  const cwd = await temporaryFolder()
  await writeFile(path.join(cwd, 's3-okta-guard.json'), '{\n  "version": 1,\n  "acess": []\n}\n')
  const commands = failing(new Error('was loaded'))
  const run = await cli(['status', '--json'], { cwd, commands })
  expect(run.exitCode).toBe(2)
  expectValid('status', run.stdout)
  expect(run.json.error?.code).toBe('config-invalid')
  expect(run.json.error?.details.join('\n')).toContain('line 3: acess is an unknown key')
})

test('a file is optional unless it is named', async () => {
  const config = fakeCommand(async (context) => ({
    exitCode: 0,
    data: STATUS,
    render: (view) => view.line(`${context.configPath} ${context.config?.path ?? 'no file'}`),
  }))
  const cwd = await temporaryFolder()
  const without = await cli(['status'], { cwd, commands: config })
  expect(without.stdout).toBe(`${path.join(cwd, 's3-okta-guard.json')} no file\n`)
  const named = await cli(['status', '--config', 'other.json'], { cwd, commands: config })
  expect(named.exitCode).toBe(2)
  expect(named.stderr).toContain('other.json cannot be read: there is no such file')
})

test('the schema of a command refuses what is not its document', () => {
  const validate = validatorOf('status')
  const envelope = { schema: 's3-okta-guard/status@1', ok: true, exitCode: 0, data: STATUS }
  expect(validate(envelope)).toBe(true)
  expect(validate({ ...envelope, schema: 's3-okta-guard/init@1' })).toBe(false)
  expect(validate({ ...envelope, data: { ...STATUS, state: 'fine' } })).toBe(false)
  expect(validate({ ...envelope, data: undefined, error: { code: 'usage' } })).toBe(false)
})
