import { spawnSync } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { Command } from 'commander'
import { describe, expect, test } from 'vitest'
import { displayFlags } from '../../src/commands/program/flags.ts'
import { COMMANDS } from '../../src/commands/table.ts'
import { cli } from '../helpers/cli.ts'
import { folderFor, offered, SHELLS } from './ask.ts'

const longs = (command: Command): string[] => command.options.map(({ long }) => long ?? '')
const DISPLAY = [...longs(displayFlags(new Command())), '--help']

/** As the parser knows it. */
const KNOWN = COMMANDS.flatMap(({ name, alias, flags }) =>
  [name, ...(alias === undefined ? [] : [alias])].map((word) => ({
    word,
    flags: longs(flags(new Command(word))),
  })),
)
const RINGS = ['client', 'seal', 'session']

/** What is typed, and what is offered: the same by every shell. */
const LINES: [typed: string, offered: string[]][] = [
  ['r', ['revoke', 'rotate', 'rotate-keys']],
  ['--json r', ['revoke', 'rotate', 'rotate-keys']],
  ['--ver', ['--version']],
  ['--', [...DISPLAY, '--version']],
  ...KNOWN.map(({ word, flags }): [string, string[]] => [`${word} --`, [...flags, ...DISPLAY]]),
  ['--quiet status --str', ['--strict']],
  ['init --group demo --h', ['--help', '--host']],
  ['help ex', ['exit-codes', 'explain']],
  ['help status --', DISPLAY],
  ['rotate-keys --only ', RINGS],
  ['rotate-keys --only=', RINGS],
  ['rotate --compromised --only=se', ['seal', 'session']],
  ['rotate --only seal --only c', ['client']],
  ['rotate-keys --only seal --comp', ['--compromised']],
  ['completion ', [...SHELLS]],
  ['status --config r', ['reports site.json']],
  ['status --config=r', ['reports site.json']],
  ['init --client-secret-file r', ['reports site.json']],
  ['demo ', ['a site']],
  ['init --group ', []],
  ['status --profile ', []],
  ['teardown --confirm=', []],
]

describe.each(SHELLS)('%s', (shell) => {
  test('offers commands, flags, known values and paths where each belongs', async () => {
    const lines = LINES.map(([typed]) => `s3-okta-guard ${typed}`)
    const found = await offered(shell, lines)
    const wanted = LINES.map(([typed, words]) => [typed, [...words].sort()])
    expect(LINES.map(([typed], index) => [typed, found[index]])).toEqual(wanted)
  })

  test('offers every command and its other name first', async () => {
    const [first = []] = await offered(shell, ['s3-okta-guard '])
    const names = [...KNOWN.map(({ word }) => word), 'help'].sort()
    expect(first.filter((word) => !word.startsWith('--'))).toEqual(names)
  })

  test('finds no fault with the script', async () => {
    const check = shell === 'fish' ? '--no-execute' : '-n'
    const cwd = await folderFor(shell)
    const { status, stderr } = spawnSync(shell, [check, `completion.${shell}`], {
      ...{ cwd, encoding: 'utf8' },
    })
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  })
})

test('bash completes them at its own prompt', async () => {
  const cwd = await folderFor('bash')
  const typed = [
    'source completion.bash',
    String.raw`s3-okta-guard() { printf 'GOT<%s>' "$@"; echo; }`,
    's3-okta-guard dem\t--che\t',
    's3-okta-guard rotate-keys --only ses\t--comp\t',
    's3-okta-guard rotate-keys --only=cl\t',
    's3-okta-guard status --config repo\t',
    'exit',
  ]
  const env = { PATH: process.env['PATH'], HOME: cwd, TERM: 'dumb', INPUTRC: '/dev/null' }
  const input = `${typed.join('\n')}\n`
  const { stdout } = spawnSync('bash', ['--norc', '--noprofile', '-i'], {
    ...{ cwd, env, input, encoding: 'utf8' },
  })
  expect(stdout.split('\n').filter((line) => line.startsWith('GOT<'))).toEqual([
    'GOT<demo>GOT<--check>',
    'GOT<rotate-keys>GOT<--only>GOT<session>GOT<--compromised>',
    'GOT<rotate-keys>GOT<--only=client>',
    'GOT<status>GOT<--config>GOT<reports site.json>',
  ])
})

test('zsh takes the script as a file of fpath, too', async () => {
  const cwd = await folderFor('zsh')
  const { stdout } = await cli(['completion', 'zsh'])
  await writeFile(path.join(cwd, '_s3-okta-guard'), stdout)
  const script =
    'fpath=($PWD $fpath); autoload -Uz compinit; compinit -u -D; print $_comps[s3-okta-guard]; whence -w _s3-okta-guard'
  const env = { ...process.env, HOME: cwd, ZDOTDIR: cwd }
  const run = spawnSync('zsh', ['-f', '-c', script], { ...{ cwd, env, encoding: 'utf8' } })
  expect(run.stdout).toBe('_s3-okta-guard\n_s3-okta-guard: function\n')
})
