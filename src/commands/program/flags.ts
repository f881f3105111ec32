import { Argument, InvalidArgumentError, Option } from 'commander'
import type { Command } from 'commander'
import { CLIENT_ID, CLIENT_ID_WORDS } from '../../access/client-id.ts'
import { KMS_KEY, KMS_KEY_WORDS } from '../../access/kms-key.ts'
import type { RingName } from '../../plan/names.ts'
import { SHELLS } from './options.ts'

/** Known by every command, and before its name as well. */
export function displayFlags(program: Command): Command {
  return program
    .option('--yes', 'apply without asking')
    .option('--json', 'print one JSON document on stdout; asks nothing')
    .option('--json-events', 'one JSON object a line on stderr as things happen; asks nothing')
    .option('--no-input', 'never ask; fail and name the flag instead')
    .option('--no-color', 'no color and no animation (also: NO_COLOR=1)')
    .option('--quiet', 'only the result, warnings and errors')
    .option('--debug', 'say more on stderr')
}

/** Known by every command that works on a distribution. */
export function targetFlags(command: Command): Command {
  return command
    .addOption(
      new Option('--distribution <ID>', 'the CloudFront distribution').argParser(distributionId),
    )
    .addOption(configFlag())
    .addOption(flag('--profile <NAME>', 'the AWS profile'))
    .addOption(flag('--okta-token-file <FILE>', 'a file with the Okta API token; - reads stdin'))
    .option('--dry-run', 'show the plan and change nothing')
    .addOption(
      new Option(
        '--lock-timeout <SECONDS>',
        'how long to wait for another run (default: 90)',
      ).argParser(wholeNumber(0, 86_400)),
    )
}

/** What init and apply take. */
export function installFlags(command: Command): Command {
  return targetFlags(
    command
      .addOption(flag('--okta-org-url <URL>', 'the Okta org, like https://acme.okta.com'))
      .addOption(
        flag('--authorization-server <ID>', 'a custom authorization server (default: the org’s)'),
      )
      .addOption(
        repeatable('--group <NAME>', 'an Okta group that may sign in').conflicts('everyone'),
      )
      .option('--everyone', 'everyone in the Okta org may sign in')
      .addOption(repeatable('--host <NAME>', 'a host name of the site; the first is canonical'))
      .addOption(
        repeatable(
          '--behavior <PATTERN>',
          'guard this cache behavior only; `default` is the default one',
        ),
      )
      .addOption(
        new Option(
          '--client-id <ID>',
          'an Okta app that your Okta admin looks after (default: the guard makes one)',
        ).argParser(clientId),
      )
      .addOption(flag('--client-secret-file <FILE>', 'its client secret; - reads stdin'))
      .addOption(
        new Option(
          '--kms-key <ARN>',
          'the KMS key that encrypts the private keys (default: aws/ssm)',
        ).argParser(kmsKey),
      )
      .addOption(repeatable('--accept <FINDING>', 'go on in spite of this finding'))
      .option('--no-wait', 'do not wait for CloudFront; exits 6')
      .option('--write-config', 'write the configuration file'),
  )
}

/** What status and doctor take. */
export function lookFlags(command: Command): Command {
  return targetFlags(command.option('--strict', 'exit 3 for what is due, too'))
}

export function teardownFlags(command: Command): Command {
  return targetFlags(
    command
      .addOption(
        new Option(
          '--confirm <ID>',
          'the distribution id once more, instead of typing it',
        ).argParser(distributionId),
      )
      .option('--wait', 'wait until Lambda has let its replicas go, which may take hours')
      .option('--logs', 'delete the log groups of the edges as well, in every Region'),
  )
}

export function rotateFlags(command: Command): Command {
  return targetFlags(
    command
      .addOption(
        new Option('--only <RING>', 'this ring instead of all (repeatable)')
          .choices(RINGS)
          .argParser(ringName),
      )
      .addOption(
        flag(
          '--client-secret-file <FILE>',
          'the new secret of an Okta app that is not the guard’s; - reads stdin',
        ),
      )
      .option('--compromised', 'the old keys leaked: drop them at once; people sign in again')
      .option('--no-wait', 'do not wait; exits 6 until the new keys are in use'),
  )
}

export function revokeFlags(command: Command): Command {
  return targetFlags(
    command
      .addOption(
        new Option(
          '--user <EMAIL_OR_SUB>',
          'whose sessions end: an e-mail address or an Okta user id',
        )
          .argParser(person)
          .conflicts('all'),
      )
      .option('--all', 'end all sessions: everybody signs in again')
      .addOption(
        new Option('--confirm <ID>', 'for --all: the distribution id once more').argParser(
          distributionId,
        ),
      )
      .option('--no-wait', 'do not wait for CloudFront; exits 6'),
  )
}

export function explainFlags(command: Command): Command {
  return command
    .argument('<PATH>', 'a path of the site, or the whole address')
    .addOption(
      new Option('--user <EMAIL>', 'who asks (default: somebody not signed in)').argParser(email),
    )
    .addOption(
      new Option('--groups <NAMES>', 'the Okta groups they are in, with commas').argParser(names),
    )
    .addOption(flag('--root-object <NAME>', 'the default root object of the distribution'))
    .addOption(configFlag())
}

export function demoFlags(command: Command): Command {
  return command
    .argument('[FOLDER]', 'the site to show (default: a sample)')
    .addOption(
      new Option('--port <N>', 'the port of the site (default: a free one)').argParser(
        wholeNumber(1, 65_535),
      ),
    )
    .option('--check', 'sign in as every user, tear down, and exit')
}

export function completionFlags(command: Command): Command {
  return command.addArgument(new Argument('<SHELL>', 'the shell it is for').choices(SHELLS))
}

function configFlag(): Option {
  return flag('--config <FILE>', 'the configuration file (default: s3-okta-guard.json)')
}

function flag(flags: string, description: string): Option {
  return new Option(flags, description).argParser(value)
}

function repeatable(flags: string, description: string): Option {
  return new Option(flags, `${description} (repeatable)`).argParser(
    (given: string, before: string[] | undefined) => [...(before ?? []), value(given)],
  )
}

/** A flag where a value belongs is a value that was forgotten. */
function value(given: string): string {
  if (given.trim() === '') throw new InvalidArgumentError('The value is empty.')
  if (given.startsWith('--')) throw new InvalidArgumentError('The value is missing.')
  return given
}

/** Help loads no plan. */
const RINGS = ['session', 'client', 'seal'] as const satisfies readonly RingName[]

function ringName(given: string, before: RingName[] | undefined): RingName[] {
  const ring = RINGS.find((name) => name === value(given))
  if (ring) return [...new Set([...(before ?? []), ring])]
  throw new InvalidArgumentError(`One of ${RINGS.join(', ')} is needed.`)
}

function kmsKey(given: string): string {
  if (KMS_KEY.test(value(given))) return given
  throw new InvalidArgumentError(`It must be ${KMS_KEY_WORDS}.`)
}

function clientId(given: string): string {
  if (CLIENT_ID.test(value(given))) return given
  throw new InvalidArgumentError(`It must be ${CLIENT_ID_WORDS}.`)
}

function person(given: string): string {
  const name = value(given).trim()
  if (/^[^\s@]+(@[^\s@]+)?$/.test(name)) return name
  throw new InvalidArgumentError('An e-mail address or an Okta user id is needed.')
}

function email(given: string): string {
  if (value(given).includes('@')) return given.trim()
  throw new InvalidArgumentError('An e-mail address is needed.')
}

function names(given: string): string[] {
  const list = value(given).split(',')
  return [...new Set(list.map((name) => name.trim()).filter((name) => name !== ''))]
}

function distributionId(given: string): string {
  if (/^[A-Z0-9]+$/.test(value(given))) return given
  throw new InvalidArgumentError('A distribution id looks like E2QWRUHAPOMQZL.')
}

function wholeNumber(lowest: number, highest: number) {
  return (given: string): number => {
    const number = /^\d{1,9}$/.test(given) ? Number(given) : Number.NaN
    if (number >= lowest && number <= highest) return number
    throw new InvalidArgumentError(`A whole number from ${lowest} to ${highest} is needed.`)
  }
}
