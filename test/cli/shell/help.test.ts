import { expect, test } from 'vitest'
import { COMMANDS } from '../../../src/commands/table.ts'
import { ERROR_CODES, EXIT } from '../../../src/errors/codes.ts'
import { cli } from '../../helpers/cli.ts'

const names = COMMANDS.map(({ name }) => name)

test('the commands are those that are built, the most used first', () => {
  expect(names).toEqual([
    'init',
    'apply',
    'status',
    'rotate-keys',
    'revoke',
    'doctor',
    'explain',
    'teardown',
    'demo',
    'completion',
  ])
})

test.each([[['--help']], [['-h']], [['help']]])(
  '%j shows examples, then every command',
  async (argv) => {
    const { exitCode, stdout, stderr } = await cli(argv)
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    expect(stdout.indexOf('Examples:')).toBeLessThan(stdout.indexOf('Usage:'))
    for (const name of names) expect(stdout).toMatch(new RegExp(`^  ${name} `, 'm'))
    expect(stdout).toContain('help exit-codes')
    expect(stdout).toContain('help environment')
  },
)

test.each(names)('%s --help shows its examples before anything else', async (name) => {
  const { exitCode, stdout, stderr } = await cli([name, '--help'])
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
  const examples = stdout.indexOf('Examples:')
  expect(examples).toBeGreaterThan(0)
  expect(stdout.slice(0, examples).split('\n').length).toBeLessThanOrEqual(3)
  expect(stdout.indexOf(`npx s3-okta-guard ${name}`)).toBeLessThan(stdout.indexOf('Usage:'))
  expect(stdout).toContain('--json')
  expect((await cli(['help', name])).stdout).toBe(stdout)
})

test.each(COMMANDS.flatMap(({ name, examples }) => examples.map(({ line }) => [name, line])))(
  'every flag in an example of %s is one that it knows: %s',
  async (name, line) => {
    const { stdout } = await cli([name, '--help'])
    const options = stdout.slice(stdout.indexOf('Options:'))
    const flags = line.match(/--[a-z-]+/g) ?? []
    for (const flag of flags) expect(options).toContain(` ${flag} `)
    expect(line.split(' ')[0]).toBe(name)
  },
)

const INSTALL = [
  ...['--okta-org-url', '--group', '--everyone', '--host', '--behavior', '--accept', '--no-wait'],
  ...['--write-config', '--authorization-server', '--kms-key'],
  ...['--client-id', '--client-secret-file'],
]
const TARGET = [
  '--distribution',
  '--config',
  '--profile',
  '--okta-token-file',
  '--dry-run',
  '--lock-timeout',
]
const DISPLAY = [
  ...['--yes', '--json', '--json-events', '--no-input', '--no-color', '--quiet', '--debug'],
  '--help',
]

test.each([
  ['init', [...INSTALL, ...TARGET, ...DISPLAY]],
  ['apply', [...INSTALL, ...TARGET, ...DISPLAY]],
  ['status', ['--strict', ...TARGET, ...DISPLAY]],
  [
    'rotate-keys',
    ['--only', '--client-secret-file', '--compromised', '--no-wait', ...TARGET, ...DISPLAY],
  ],
  ['doctor', ['--strict', ...TARGET, ...DISPLAY]],
  ['explain', ['--user', '--groups', '--root-object', '--config', ...DISPLAY]],
  ['revoke', ['--user', '--all', '--confirm', '--no-wait', ...TARGET, ...DISPLAY]],
  ['teardown', ['--confirm', '--wait', '--logs', ...TARGET, ...DISPLAY]],
  ['demo', ['--port', '--check', ...DISPLAY]],
  ['completion', DISPLAY],
])('%s knows these flags and no other', async (name, flags) => {
  const { stdout } = await cli([name, '--help'])
  const listed = [...stdout.matchAll(/^ {2}(?:-\w, )?(--[a-z-]+)/gm)].map(([, flag]) => flag)
  expect(listed.sort()).toEqual([...flags, '--version'].sort())
})

test('--version prints the version and nothing else', async () => {
  const { exitCode, stdout, stderr } = await cli(['--version'])
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
  expect(stdout).toMatch(/^\d+\.\d+\.\d+\S*\n$/)
})

test('help exit-codes names every exit code and every error code', async () => {
  const { stdout } = await cli(['help', 'exit-codes'])
  for (const exit of Object.values(EXIT)) expect(stdout).toMatch(new RegExp(`^ +${exit}  `, 'm'))
  for (const code of Object.keys(ERROR_CODES)) expect(stdout).toContain(` ${code} `)
})

test('help environment names the variables that are read', async () => {
  const { stdout } = await cli(['help', 'environment'])
  const names = ['OKTA_CLIENT_ORGURL', 'OKTA_CLIENT_TOKEN', 'AWS_PROFILE', 'AWS_ENDPOINT_URL']
  for (const name of [...names, 'NO_COLOR']) expect(stdout).toContain(name)
})
