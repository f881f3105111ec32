import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { Command } from 'commander'
import { expect, test } from 'vitest'
import { displayFlags } from '../../../src/commands/program/flags.ts'
import { COMMANDS } from '../../../src/commands/table.ts'
import { EXIT } from '../../../src/errors/codes.ts'
import { AWS_COMMANDS } from '../../../src/plan/permissions.ts'
import { executors } from '../../../src/provision/steps/index.ts'
import { eventJsonSchema } from '../../../src/ui/schemas/events.ts'
import { EXITS, STEPS } from '../../helpers/command-facts.ts'
import { MARK, madeCommonPart, madePart } from '../../helpers/command-page.ts'

const folder = new URL('../../../docs/commands/', import.meta.url)
const names = COMMANDS.map(({ name }) => name)

/** Above the mark people write, below it the code does. */
function expectCurrent(file: string, made: string): string {
  const url = new URL(file, folder)
  const before = existsSync(url) ? readFileSync(url, 'utf8') : ''
  const byHand = before.includes(MARK) ? before.slice(0, before.indexOf(MARK)) : before
  if (process.env['UPDATE_GENERATED']) writeFileSync(url, `${byHand.trimEnd()}\n\n${made}`)
  const text = readFileSync(url, 'utf8')
  expect(text).toBe(`${byHand.trimEnd()}\n\n${made}`)
  return text
}

test('every command has its page, and no page is of a command that is gone', () => {
  const pages = readdirSync(folder).filter((file) => file !== 'README.md')
  expect(pages.sort()).toEqual(names.map((name) => `${name}.md`).sort())
})

test.each(COMMANDS)(
  'the page of $name has its flags, permissions, steps and exit codes',
  (command) => {
    const text = expectCurrent(`${command.name}.md`, madePart(command))
    expect(text.startsWith(`# ${command.name}\n`)).toBe(true)
    for (const { long } of command.flags(new Command()).options) expect(text).toContain(`\`${long}`)
    for (const exit of Object.values(EXIT))
      expect(text).toMatch(new RegExp(`^\\| ${exit} \\| .+ \\|$`, 'm'))
    for (const heading of ['Reads', 'Calls', 'Writes']) {
      expect(text).toMatch(new RegExp(`^## ${heading}\\n\\n\\S`, 'm'))
    }
    if (command.alias !== undefined) expect(text).toContain(`\`${command.alias}\``)
  },
)

test('the page of all of them has the common flags, and links to each', () => {
  const text = expectCurrent('README.md', madeCommonPart())
  for (const { long } of displayFlags(new Command()).options) expect(text).toContain(`\`${long}`)
  for (const name of names) expect(text).toContain(`](${name}.md)`)
})

test('it knows every event of --json-events', () => {
  const text = readFileSync(new URL('README.md', folder), 'utf8')
  const events = [...JSON.stringify(eventJsonSchema()).matchAll(/"event":(\{[^{}]*\})/g)].flatMap(
    ([, json = '{}']) => {
      const { const: one, enum: several } = JSON.parse(json) as { const?: string; enum?: string[] }
      return [...(several ?? []), ...(one === undefined ? [] : [one])]
    },
  )
  expect(new Set(events).size).toBe(10)
  for (const event of events) expect(text).toContain(`\`${event}\``)
})

test('every kind of step is on the page of a command, and every command in the tables exists', () => {
  expect(Object.keys(STEPS).sort()).toEqual(Object.keys(executors).sort())
  for (const [kind, { of }] of Object.entries(STEPS)) {
    expect(of.length, kind).toBeGreaterThan(0)
    expect(names, kind).toEqual(expect.arrayContaining(of))
  }
  expect(Object.keys(EXITS).sort()).toEqual([...names].sort())
  expect(names).toEqual(expect.arrayContaining([...AWS_COMMANDS]))
})
