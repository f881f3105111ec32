import { Command } from 'commander'
import type { Option } from 'commander'
import { displayFlags } from '../../src/commands/program/flags.ts'
import type { RunnableCommand } from '../../src/commands/program/spec.ts'
import { EXIT_MEANINGS } from '../../src/errors/meanings.ts'
import { AWS_COMMANDS, GRANTS, type AwsCommand } from '../../src/plan/permissions.ts'
import { EXITS, STEPS } from './command-facts.ts'

/** What stands above is written by hand. */
export const MARK =
  '<!-- Made from the code: UPDATE_GENERATED=1 npx vitest run test/unit/documents -->'

/** The part of `docs/commands/NAME.md` that follows from the code. */
export function madePart(command: RunnableCommand): string {
  const sections = [
    ['Flags', flags(command)],
    ['AWS permissions', permissions(command.name)],
    ['Steps', steps(command.name)],
    ['Exit codes', exits(command.name)],
    ['Examples', examples(command)],
  ]
  return `${MARK}\n\n${sections.map(([title, text]) => `## ${title}\n\n${text}\n`).join('\n')}`
}

/** The flags of every command, for the page that all of them link to. */
export function madeCommonPart(): string {
  return `${MARK}\n\n## Flags\n\n${flagTable(displayFlags(new Command()).options)}\n`
}

function flags({ name, flags: declare }: RunnableCommand): string {
  const declared = declare(new Command(name))
  const args = declared.registeredArguments.map((one) => {
    const word = one.required ? `<${one.name()}>` : `[${one.name()}]`
    return `\`${word}\`: ${one.description}${choices(one.argChoices)}.`
  })
  const own = declared.options.length > 0 ? [flagTable(declared.options)] : []
  return [...args, ...own, 'And those of [every command](README.md#flags).'].join('\n\n')
}

function flagTable(options: readonly Option[]): string {
  const rows = options.map(
    ({ flags: words, description, argChoices }) =>
      `| \`${words}\` | ${description}${choices(argChoices)} |`,
  )
  return ['| flag | means |', '|---|---|', ...rows].join('\n')
}

function choices(words: readonly string[] | undefined): string {
  return words ? `: ${words.map((word) => `\`${word}\``).join(', ')}` : ''
}

function permissions(name: string): string {
  if (!AWS_COMMANDS.includes(name as AwsCommand)) return 'None: it calls no AWS.'
  const services = new Map<string, string[]>()
  for (const { actions, only } of GRANTS) {
    for (const [action, commands] of Object.entries(actions)) {
      if (!commands.includes(name as AwsCommand)) continue
      const [service = '', operation = ''] = action.split(':')
      const word = `\`${operation}\`${only === undefined ? '' : ` (only with \`--${only}\`)`}`
      services.set(service, [...(services.get(service) ?? []), word])
    }
  }
  const rows = [...services].map(([service, words]) => `| ${service} | ${words.join(', ')} |`)
  const policy = `As a policy: [templates/iam/${name}.json](../../templates/iam/${name}.json).`
  return [policy, '', '| service | actions |', '|---|---|', ...rows].join('\n')
}

function steps(name: string): string {
  const rows = Object.entries(STEPS).flatMap(([kind, { does, of }]) =>
    of.includes(name) ? [`| \`${kind}\` | ${does} |`] : [],
  )
  if (rows.length === 0) return 'None: it changes nothing.'
  return [
    'Its plan is made of these; none is there that is not needed.',
    '',
    '| step | does |',
    '|---|---|',
    ...rows,
  ].join('\n')
}

function exits(name: string): string {
  const of = EXITS[name]
  if (!of) throw new Error(`nobody has said when ${name} ends with which exit code`)
  const rows = EXIT_MEANINGS.map(({ exit, name: word }) => `| ${exit} | ${of[word] ?? 'never'} |`)
  return ['| exit | when |', '|---:|---|', ...rows].join('\n')
}

function examples({ examples: given }: RunnableCommand): string {
  const lines = given.map(({ line, does }) => `# ${does}\nnpx s3-okta-guard ${line}`)
  return `\`\`\`sh\n${lines.join('\n\n')}\n\`\`\``
}
