import { expect, test } from 'vitest'
import { cli } from '../../helpers/cli.ts'
import { expectValid } from '../../helpers/schema.ts'

/** Everything that is refused before a command is loaded: what was typed, by which name, and why. */
const REFUSED: [string[], command: string, says: RegExp][] = [
  [['statsu'], 'cli', /unknown command 'statsu'/],
  [['rotate-keys', '--only', 'all'], 'rotate-keys', /One of session, client, seal/],
  [['--bogus', 'status'], 'cli', /unknown option '--bogus'/],
  [['help', 'nothing-near'], 'cli', /no help on 'nothing-near'/],
  [['status', '--bogus'], 'status', /unknown option '--bogus'/],
  [['status', 'extra'], 'status', /too many arguments/],
  [['status', '--group', 'a'], 'status', /unknown option '--group'/],
  [['status', '--distribution'], 'status', /argument missing/],
  [['status', '--distribution', 'https://x'], 'status', /looks like E2QWRUHAPOMQZL/],
  [['status', '--lock-timeout', 'soon'], 'status', /whole number from 0/],
  [['status', '--lock-timeout', '-1'], 'status', /whole number from 0/],
  [['init', '--group', '--everyone'], 'init', /value is missing/],
  [['init', '--group', ''], 'init', /value is empty/],
  [['init', '--group', 'a', '--everyone'], 'init', /cannot be used with/],
  [['init', '--host', ' '], 'init', /value is empty/],
  [['init', '--client-id', 'x'], 'init', /It must be a client id/],
  [['init', '--kms-key', 'x'], 'init', /the ARN of a KMS key \(no alias\) in us-east-1/],
  [['apply', '--check'], 'apply', /unknown option '--check'/],
  [['explain'], 'explain', /missing required argument 'PATH'/],
  [['explain', '/a', '/b'], 'explain', /too many arguments/],
  [['explain', '--user', 'ann', '/'], 'explain', /An e-mail address is needed/],
  [['explain', '--groups', '', '/'], 'explain', /value is empty/],
  [['explain', '--distribution', 'E1', '/'], 'explain', /unknown option '--distribution'/],
  [['teardown', '--confirm'], 'teardown', /argument missing/],
  [['demo', '--port', '0'], 'demo', /whole number from 1 to 65535/],
  [['demo', '--port', '65536'], 'demo', /whole number from 1 to 65535/],
  [['demo', '--port', '80.5'], 'demo', /whole number from 1 to 65535/],
  [['demo', 'a', 'b'], 'demo', /too many arguments/],
  [['demo', '--distribution', 'E1'], 'demo', /unknown option '--distribution'/],
]

test.each(REFUSED)('%j is a usage error for people', async (argv, _command, says) => {
  const { exitCode, stdout, stderr } = await cli(argv)
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
  expect(stderr).toMatch(/^error: /)
  expect(stderr).toMatch(says)
  expect(stderr.trimEnd().split('\n').at(-1)).toMatch(/^next: s3-okta-guard .*--help$/)
})

test.each(REFUSED)('%j is one document with --json', async (argv, command, says) => {
  // First, so that no flag before it takes it for its value.
  const run = await cli(['--json', ...argv])
  expect(run.exitCode).toBe(2)
  expectValid(command, run.stdout)
  expect(run.json).toMatchObject({ schema: `s3-okta-guard/${command}@1`, ok: false, exitCode: 2 })
  expect(run.json.error?.code).toBe('usage')
  expect(run.json.error?.message).toMatch(says)
  expect(run.stderr).toBe('')
})

test.each([
  [['statsu'], 'status'],
  [['teardwon'], 'teardown'],
  [['status', '--jsno'], '--json'],
  [['init', '--grop', 'a'], '--group'],
  [['help', 'exit-code'], 'exit-codes'],
])('%j suggests %s', async (argv, meant) => {
  expect((await cli(argv)).stderr).toContain(`hint: Did you mean ${meant}?`)
})

test('no command: short help on stderr, exit 2', async () => {
  const { exitCode, stdout, stderr } = await cli([])
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
  for (const name of ['init', 'apply', 'status', 'teardown', 'demo']) {
    expect(stderr).toMatch(new RegExp(`^  ${name} `, 'm'))
  }
  expect(stderr.split('\n').length).toBeLessThan(24)
})

test('no command with --json: one document', async () => {
  const run = await cli(['--json'])
  expect(run.exitCode).toBe(2)
  expectValid('cli', run.stdout)
})

test.each([
  [['status', '--okta-token=00SeCrEt-0123456789']],
  [['--okta-token=00SeCrEt-0123456789', 'status']],
  [['status', '--json', "--okta-token=00SeCrEt'\n0123456789"]],
])('a secret given to a flag that is none does not come back: %j', async (argv) => {
  const { exitCode, stdout, stderr } = await cli(argv)
  expect(exitCode).toBe(2)
  expect(stdout + stderr).toContain('--okta-token')
  expect(stdout + stderr).not.toMatch(/00SeCrEt|0123456789/)
})

test('a flag of a command before its name says where it belongs', async () => {
  expect((await cli(['--distribution', 'E1', 'status'])).stderr).toContain('come after its name')
})
