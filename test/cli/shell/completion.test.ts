import { Command } from 'commander'
import { expect, test } from 'vitest'
import { displayFlags } from '../../../src/commands/program/flags.ts'
import { COMMANDS } from '../../../src/commands/table.ts'
import { cli } from '../../helpers/cli.ts'
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

test('with --json the script is in the document; another shell is refused', async () => {
  const run = await cli(['completion', 'fish', '--json'])
  expectValid('completion', run.stdout)
  const { stdout } = await cli(['completion', 'fish'])
  expect(run.json.data).toEqual({ shell: 'fish', script: stdout })
  expect((await cli(['completion', 'powershell'])).exitCode).toBe(2)
  expect((await cli(['completion'])).exitCode).toBe(2)
})
