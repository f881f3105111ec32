import { execFileSync, spawnSync } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { Command } from 'commander'
import { expect, test } from 'vitest'
import { displayFlags } from '../../../src/commands/flags.ts'
import { COMMANDS } from '../../../src/commands/table.ts'
import { cli, temporaryFolder } from '../../helpers/cli.ts'
import { expectValid } from '../../helpers/schema.ts'

const SHELLS = ['bash', 'zsh', 'fish']
const longs = (command: Command): string[] => command.options.map(({ long }) => long ?? '')
const DISPLAY = [...longs(displayFlags(new Command())), '--help']

/** As the parser knows it. */
const KNOWN = COMMANDS.flatMap(({ name, alias, flags }) =>
  [name, ...(alias === undefined ? [] : [alias])].map((word) => ({
    word,
    flags: longs(flags(new Command(word))),
  })),
)

async function scriptFor(shell: string): Promise<{ file: string; folder: string }> {
  const { stdout, exitCode } = await cli(['completion', shell])
  expect(exitCode).toBe(0)
  const folder = await temporaryFolder()
  const file = path.join(folder, `completion.${shell}`)
  await writeFile(file, stdout)
  return { file, folder }
}

/** What bash would offer for the last of the words. */
async function offered(...lines: string[][]): Promise<string[][]> {
  const { file, folder } = await scriptFor('bash')
  await mkdir(path.join(folder, 'a site'))
  await writeFile(path.join(folder, 'a file.json'), '')
  const asked = lines.map((words) => {
    const quoted = words.map((word) => `'${word}'`).join(' ')
    return `COMP_WORDS=(${quoted}); COMP_CWORD=${words.length - 1}; ${CALL}`
  })
  const script = [`source ${file}`, ...asked].join('\n')
  const out = execFileSync('bash', ['--norc', '-c', script], { cwd: folder, encoding: 'utf8' })
  return out
    .split('END\n')
    .slice(0, -1)
    .map((block) => block.split('\n').slice(0, -1))
}

const CALL = '_s3_okta_guard; printf "%s\\n" "${COMPREPLY[@]}"; echo END'

test('bash offers every command and its other name, then what stands before a name', async () => {
  const [first = []] = await offered(['s3-okta-guard', ''])
  const names = [...KNOWN.map(({ word }) => word), 'help']
  expect([...first].sort()).toEqual([...names, ...DISPLAY, '--version'].sort())
})

test('bash offers the flags of each command, and no other', async () => {
  const lists = await offered(...KNOWN.map(({ word }) => ['s3-okta-guard', '--json', word, '--']))
  for (const [index, { word, flags }] of KNOWN.entries()) {
    expect([...(lists[index] ?? [])].sort(), word).toEqual([...flags, ...DISPLAY].sort())
  }
})

test('bash offers values where they are known, and paths where one belongs', async () => {
  const lists = await offered(
    ['s3-okta-guard', 'rotate-keys', '--only', ''],
    ['s3-okta-guard', 'rotate', '--compromised', '--only', '=', 'se'],
    ['s3-okta-guard', 'rotate', '--only', '='],
    ['s3-okta-guard', 'completion', ''],
    ['s3-okta-guard', 'help', 'ex'],
    ['s3-okta-guard', 'status', '--config', 'a'],
    ['s3-okta-guard', 'demo', ''],
    ['s3-okta-guard', 'init', '--group', ''],
  )
  expect(lists).toEqual([
    ['session', 'client', 'seal'],
    ['session', 'seal'],
    ['session', 'client', 'seal'],
    SHELLS,
    ['explain', 'exit-codes'],
    expect.arrayContaining(['a site', 'a file.json']),
    ['a site'],
    [''],
  ])
})

test('bash completes them at its own prompt', async () => {
  const { file, folder } = await scriptFor('bash')
  await writeFile(path.join(folder, 'reports site.json'), '')
  const typed = [
    `source ${file}`,
    String.raw`s3-okta-guard() { printf 'GOT<%s>' "$@"; echo; }`,
    's3-okta-guard dem\t--che\t',
    's3-okta-guard rotate-keys --only ses\t--comp\t',
    's3-okta-guard rotate-keys --only=cl\t',
    's3-okta-guard status --config repo\t',
    'exit',
  ]
  const env = { PATH: process.env['PATH'], HOME: folder, TERM: 'dumb', INPUTRC: '/dev/null' }
  const input = `${typed.join('\n')}\n`
  const { stdout } = spawnSync('bash', ['--norc', '--noprofile', '-i'], {
    ...{ cwd: folder, env, input, encoding: 'utf8' },
  })
  const got = stdout.split('\n').filter((line) => line.startsWith('GOT<'))
  expect(got).toEqual([
    'GOT<demo>GOT<--check>',
    'GOT<rotate-keys>GOT<--only>GOT<session>GOT<--compromised>',
    'GOT<rotate-keys>GOT<--only=client>',
    'GOT<status>GOT<--config>GOT<reports site.json>',
  ])
})

test.each(SHELLS)('the script for %s has every command and every flag', async (shell) => {
  const { stdout } = await cli(['completion', shell])
  for (const { word, flags } of KNOWN) {
    expect(stdout).toContain(word)
    const missing = [...flags, ...DISPLAY].filter((flag) =>
      shell === 'fish'
        ? !new RegExp(`-l ${flag.slice(2)} `).test(stdout)
        : !new RegExp(`${flag}(?![\\w-])`).test(stdout),
    )
    expect(missing, word).toEqual([])
  }
})

/** Of a shell that is not installed, nothing can be said. */
test.each([
  ['bash', '-n'],
  ['zsh', '-n'],
  ['fish', '--no-execute'],
])('%s takes the script that is for it, where it is installed', async (shell, check) => {
  const { file } = await scriptFor(shell)
  const { error, status, stderr } = spawnSync(shell, [check, file], { encoding: 'utf8' })
  expect(error ? (error as NodeJS.ErrnoException).code : status, stderr).toBe(error ? 'ENOENT' : 0)
})

test('with --json the script is in the document; another shell is refused', async () => {
  const run = await cli(['completion', 'fish', '--json'])
  expectValid('completion', run.stdout)
  const { stdout } = await cli(['completion', 'fish'])
  expect(run.json.data).toEqual({ shell: 'fish', script: stdout })
  expect((await cli(['completion', 'powershell'])).exitCode).toBe(2)
  expect((await cli(['completion'])).exitCode).toBe(2)
})
