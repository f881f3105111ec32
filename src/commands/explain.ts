import { explain } from '../access/explanation.ts'
import type { Person } from '../access/rules.ts'
import { originOf } from '../access/settings.ts'
import type { Settings } from '../access/settings.ts'
import { nearest } from '../config/nearest.ts'
import { toSettings } from '../config/settings.ts'
import { EXIT } from '../errors/codes.ts'
import { GuardError } from '../errors/guard-error.ts'
import type { ExplainData } from '../ui/schemas/data.ts'
import type { Command } from './program/context.ts'
import { reasonOf, render } from './explain/view.ts'
import type { ExplainOptions } from './program/options.ts'

/** Which rule decides about a path and why, by the code of the edge function. Calls nobody. */
export const run: Command<ExplainOptions, ExplainData> = async ({
  config,
  configPath,
  options,
}) => {
  if (!config) {
    throw new GuardError({
      code: 'config-unreadable',
      message: `There is no ${configPath}: explain reads the rules of that file.`,
      hint: 'Name the configuration file with --config FILE.',
    })
  }
  const settings = toSettings(config.file)
  const { user, groups } = options
  const person: Person | undefined =
    user === undefined && groups === undefined
      ? undefined
      : { ...(user !== undefined && { email: user }), ...(groups && { groups }) }
  const uri = uriOf(options.path, settings)
  const explanation = explain({
    uri,
    person,
    allow: settings.allow,
    access: settings.access,
    site: siteOf(settings, options.rootObject),
  })
  const data: ExplainData = {
    path: uri,
    ...(user !== undefined && { user }),
    ...(groups && { groups }),
    ...explanation,
    reason: reasonOf(uri, explanation, settings),
    notes: notesOf(explanation, settings, options),
  }
  return { exitCode: EXIT.ok, data, render: (view) => render(view, data) }
}

/** The path as CloudFront would hand it over: of one of the hosts, without query, escaped. */
function uriOf(given: string, { hosts }: Settings): string {
  const address = /^https?:\/\/([^/?#]*)(.*)$/is.exec(given)
  const known = hosts.map((host) => new URL(originOf(host)).host)
  const host = address?.[1]?.toLowerCase().replace(/\.?(:443)?$/, '')
  if (host !== undefined && !known.includes(host)) {
    throw new GuardError({
      code: 'usage',
      message: `${host} is not a host of the site; the file names ${known.join(', ')}.`,
      hint: 'Give the path alone, or an address of the site.',
    })
  }
  const path = (address ? (address[2] ?? '') : given).replace(/[?#].*/s, '')
  if (!address && !path.startsWith('/')) {
    throw new GuardError({
      code: 'usage',
      message: `${JSON.stringify(given)} is not a path: it does not begin with "/".`,
      hint: `Did you mean ${JSON.stringify(`/${given}`)}?`,
    })
  }
  return (path || '/').replace(/[^!-~]+/gu, escaped)
}

/** A lone surrogate, which has no escape, becomes U+FFFD. */
function escaped(letters: string): string {
  return encodeURIComponent(Buffer.from(letters).toString())
}

function siteOf({ site }: Settings, rootObject: string | undefined) {
  return rootObject === undefined
    ? site
    : { ...site, defaultRootObject: rootObject.replace(/^\/+/, '') }
}

function notesOf(
  { served, maySignIn, verdict }: ReturnType<typeof explain>,
  settings: Settings,
  { groups, rootObject }: ExplainOptions,
): string[] {
  const { allow, behaviors } = settings
  const notes: string[] = []
  if (served === '/' && rootObject === undefined) {
    notes.push('Assumes no default root object; if the distribution has one: --root-object NAME.')
  }
  if (maySignIn === null && 'groups' in allow && (verdict === 'allowed' || verdict === 'denied')) {
    notes.push(`Assumes membership in ${quoted(allow.groups)}, without which nobody signs in.`)
  }
  if (behaviors !== 'all') {
    notes.push(`Holds where a guarded cache behavior serves the path: ${behaviors.join(', ')}.`)
  }
  return [...notes, ...(groups ?? []).flatMap((group) => unknownGroup(group, settings))]
}

/** Where a name is near to one of the file it was probably mistyped. */
function unknownGroup(group: string, { allow, access }: Settings): string[] {
  const lists = access.rules.map((rule) => (rule.allow === 'everyone' ? [] : rule.allow.groups))
  const known = [...('groups' in allow ? allow.groups : []), ...lists.flatMap((list) => list ?? [])]
  if (known.includes(group)) return []
  const near = nearest(group, known)
  return near === undefined ? [] : [`No rule names "${group}"; did you mean "${near}"?`]
}

function quoted(names: string[]): string {
  return names.map((name) => `"${name}"`).join(' or ')
}
