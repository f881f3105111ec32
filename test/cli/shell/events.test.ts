import { expect, test } from 'vitest'
import { GuardError } from '../../../src/errors/guard-error.ts'
import type { Finding } from '../../../src/plan/types.ts'
import { cli } from '../../helpers/cli.ts'
import { eventsOf } from '../../helpers/events.ts'
import { expectValid, validatorOf } from '../../helpers/schema.ts'
import { fakeCommand, STATUS } from './fake.ts'

const FINDING: Finding = {
  code: 'drift',
  severity: 'broken',
  subject: 'okta.app',
  message: 'It is not as it was.',
  next: 's3-okta-guard apply',
}

const working = fakeCommand(async ({ output }) => {
  output.info('looking')
  output.warn('one thing')
  output.waiting('for another run')
  output.view((view) => {
    view.heading('To enter in Okta')
    view.line('a key')
  })
  const steps = output.steps(3)
  const first = steps.begin('the role', { id: 'iam.role', action: 'create' })
  first.update('until AWS knows it')
  first.update('until AWS knows it')
  first.done('as wanted')
  steps.begin('CloudFront', { id: 'cloudfront.deployed', action: 'wait' }).later()
  steps.begin('the site', { id: 'web.probe', action: 'check' }).fail('it is open')
  return {
    exitCode: 3,
    data: { ...STATUS, findings: [FINDING] },
    render: (view) => view.line('drift'),
  }
})

const NOW = Date.parse('2026-11-23T12:00:00Z')
const run = (argv: string[], commands = working) =>
  cli(['status', '--json-events', ...argv], { commands, now: () => NOW })

/** Without what stands in every line. */
function told(stderr: string): object[] {
  return eventsOf(stderr).map(({ schema, time, command, ...rest }) => {
    expect({ schema, time, command }).toEqual({
      schema: 's3-okta-guard/event@1',
      time: '2026-11-23T12:00:00.000Z',
      command: 'status',
    })
    return rest
  })
}

const LOUD = [
  { event: 'message', level: 'warning', message: 'one thing' },
  { event: 'waiting', message: 'for another run' },
]
const ROLE = { step: 'iam.role', action: 'create', resource: 'the role' }
const WAIT = { step: 'cloudfront.deployed', action: 'wait', resource: 'CloudFront' }
const PROBE = { step: 'web.probe', action: 'check', resource: 'the site' }
const END = [
  { event: 'finding', ...FINDING },
  { event: 'finished', ok: false, exitCode: 3 },
]

test('--json-events: one event a line on stderr, the result in words on stdout', async () => {
  const { exitCode, stdout, stderr } = await run([])
  expect({ exitCode, stdout }).toEqual({ exitCode: 3, stdout: 'drift\n' })
  expect(told(stderr)).toEqual([
    { event: 'message', level: 'info', message: 'looking' },
    ...LOUD,
    { event: 'message', level: 'info', message: 'To enter in Okta\na key' },
    { event: 'step-started', ...ROLE, number: 1, total: 3 },
    { event: 'waiting', ...ROLE, message: 'until AWS knows it' },
    { event: 'step-done', ...ROLE, seconds: 0, message: 'as wanted' },
    { event: 'step-started', ...WAIT, number: 2, total: 3 },
    { event: 'step-unfinished', ...WAIT, seconds: 0 },
    { event: 'step-started', ...PROBE, number: 3, total: 3 },
    { event: 'step-failed', ...PROBE, seconds: 0, message: 'it is open' },
    ...END,
  ])
})

test('with --json stdout is the document, and stderr the same events', async () => {
  const json = await run(['--json'])
  expectValid('status', json.stdout)
  expect(json.json).toMatchObject({ exitCode: 3, data: { findings: [FINDING] } })
  expect(json.stderr).toBe((await run([])).stderr)
})

test('with --quiet only warnings, waits and the end are told', async () => {
  const quiet = await run(['--quiet'])
  expect(told(quiet.stderr)).toEqual([...LOUD, ...END])
})

test('--debug is told as events too, one for each line', async () => {
  const cause = new Error('socket\nhang up')
  const failing = fakeCommand(async () => {
    throw new GuardError({ code: 'aws-failed', message: 'AWS failed.', cause })
  })
  const { stderr } = await run(['--debug'], failing)
  const levels = eventsOf(stderr).map(({ event, level }) => level ?? event)
  expect(new Set(levels)).toEqual(new Set(['debug', 'failed']))
  expect(stderr).toContain('hang up')
})

test('a failure is the last event, with code, hint and next command', async () => {
  const error = {
    code: 'aws-denied' as const,
    message: 'AWS refused it.',
    hint: 'Allow it.',
    next: ['s3-okta-guard init'],
    details: ['lambda:CreateFunction'],
  }
  const failing = fakeCommand(async () => {
    throw new GuardError(error)
  })
  const { exitCode, stdout, stderr } = await run([], failing)
  expect({ exitCode, stdout }).toEqual({ exitCode: 5, stdout: '' })
  expect(told(stderr)).toEqual([{ event: 'failed', ok: false, exitCode: 5, error }])
})

test.each([[['--json-events']], [['status', '--json-events', '--nope']]])(
  'what the parser refuses is an event as well: %j',
  async (argv) => {
    const { exitCode, stdout, stderr } = await cli(argv)
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
    expect(eventsOf(stderr)).toMatchObject([{ event: 'failed', error: { code: 'usage' } }])
  },
)

test('no question is asked: it would stand among the events', async () => {
  const asking = fakeCommand(async ({ prompter }) => {
    await prompter.confirm({ message: 'Apply this plan?', flag: '--yes' })
    throw new Error('was asked')
  })
  const options = { commands: asking, isTTY: { stdin: true, stdout: true, stderr: true } }
  const { exitCode, stderr } = await cli(['status', '--json-events'], options)
  expect(exitCode).toBe(2)
  expect(eventsOf(stderr)).toMatchObject([{ event: 'failed', error: { code: 'input-needed' } }])
})

test('what a server has put into a message stays within its line and steers no terminal', async () => {
  const hostile = fakeCommand(async () => {
    throw new GuardError({ code: 'okta-failed', message: 'no\n{"event":"finished"}\u001b[2J' })
  })
  const { stderr } = await run([], hostile)
  expect(eventsOf(stderr)).toHaveLength(1)
  expect(stderr).not.toContain('\u001b')
})

test('the schema of events refuses what is none', () => {
  const validate = validatorOf('event')
  const event = {
    schema: 's3-okta-guard/event@1',
    time: '2026-11-23T12:00:00.000Z',
    command: 'status',
    event: 'message',
    level: 'info',
    message: 'looking',
  }
  expect(validate(event)).toBe(true)
  expect(validate({ ...event, event: 'step-guessed' })).toBe(false)
  expect(validate({ ...event, time: 'today' })).toBe(false)
  expect(validate({ ...event, level: undefined })).toBe(false)
})
