import type { Explanation } from '../../access/explanation.ts'
import { ROUTES } from '../../access/names.ts'
import { matches } from '../../access/rules.ts'
import type { Settings } from '../../access/settings.ts'
import type { View } from '../../ui/output.ts'
import type { ExplainData } from '../../ui/schemas/data.ts'
import type { Tone } from '../../ui/style.ts'

type ExplainedRule = ExplainData['rules'][number]

/** Why, in a sentence. */
export function reasonOf(
  uri: string,
  { verdict, readings, maySignIn, rules }: Explanation,
  { allow, access }: Settings,
): string {
  switch (verdict) {
    case 'guard':
      return Object.values<string>(ROUTES).includes(uri)
        ? 'The guard itself answers there, whoever asks.'
        : 'The guard itself answers there, that there is no such page.'
    case 'public': {
      const opening = access.public.find((pattern) => matches(readings[0] ?? '', [pattern]))
      return `"${opening}" of access.public opens it to everybody.`
    }
    case 'sign-in':
      return 'It is not public: one has to sign in first.'
    case 'allowed':
      if (rules.length === 0) return 'There are no access rules: whoever may sign in may open it.'
      return `${named(rules)} ${rules.length === 1 ? 'lets' : 'let'} them in.`
    case 'denied': {
      if (maySignIn === false && 'groups' in allow) {
        return `Only members of ${listed(allow.groups)} may sign in.`
      }
      const refusing = rules.filter(({ lets }) => !lets)
      return `${named(refusing)} ${refusing.length === 1 ? 'does' : 'do'} not let them in.`
    }
  }
}

const WORDS: Record<ExplainData['verdict'], [Tone, string]> = {
  public: ['good', 'public'],
  allowed: ['good', 'allowed'],
  denied: ['bad', 'denied'],
  'sign-in': ['attention', 'sign-in required'],
  guard: ['attention', 'the guard’s own'],
}

/** The verdict first, then how it came about. */
export function render(view: View, data: ExplainData): void {
  const [tone, word] = WORDS[data.verdict]
  view.line(`${view.style.paint(tone, word)}: ${data.path} for ${whoOf(data)}`)
  view.line(data.reason)
  if (data.verdict !== 'guard') {
    view.line()
    view.table(pathRows(data))
  }
  // Nobody asks them where everybody may come.
  if (data.verdict !== 'guard' && data.verdict !== 'public') {
    for (const rule of data.rules) ruleLines(view, rule, data)
  }
  if (data.notes.length > 0) view.line()
  for (const note of data.notes) view.line(view.style.paint('muted', note))
}

function whoOf({ user, groups }: ExplainData): string {
  if (user === undefined && groups === undefined) return 'somebody who is not signed in'
  const member = groups && groups.length > 0 ? ` in ${listed(groups, 'and')}` : ''
  return `${user ?? 'somebody'}${member}`
}

function pathRows({ path, readings, served, servedBy, verdict }: ExplainData): string[][] {
  const isPublic = ['  public', verdict === 'public' ? 'yes' : 'no']
  const [first, ...more] = readings
  if (first === undefined) {
    return [['  read as', 'nobody can say what: it is never public and needs every rule'], isPublic]
  }
  if (more.length > 0) {
    const why = 'servers differ: it is never public and needs the rule of each'
    return [['  read as', why], ...readings.map((reading) => ['', shown(reading)]), isPublic]
  }
  return [
    ...(first === path ? [] : [['  read as', shown(first)]]),
    ...(servedBy === null ? [] : [['  served', `${served} (${servedBy})`]]),
    isPublic,
  ]
}

function ruleLines(view: View, rule: ExplainedRule, data: ExplainData): void {
  const [tone, mark]: [Tone, string] =
    rule.lets === null ? ['muted', '·'] : rule.lets ? ['good', '✓'] : ['bad', '✗']
  const name = `access.rules[${rule.rule}]`
  const about = rule.decides.length > 0 ? rule.decides.map(shown).join(', ') : data.path
  const why = whyOf(rule, data)
  view.line()
  view.line(`  ${view.style.paint(tone, mark)} ${name}  ${rule.patterns.join(', ')}`)
  view.table([
    ['      for', about],
    ['      lets in', allowance(rule)],
    ...(why === '' ? [] : [['      because', why]]),
  ])
}

function allowance({ allow }: ExplainedRule): string {
  if (allow === 'everyone') return 'everyone who may sign in'
  const { groups, emails, emailDomains } = allow
  return [
    groups && `members of ${listed(groups)}`,
    emails && listed(emails),
    emailDomains && `addresses at ${listed(emailDomains)}`,
  ]
    .filter(Boolean)
    .join('; ')
}

const BY: Record<string, string> = {
  groups: 'the group fits',
  emails: 'the address fits',
  emailDomains: 'the domain of the address fits',
}

function whyOf({ lets, by, allow }: ExplainedRule, { user, groups }: ExplainData): string {
  if (lets === null || allow === 'everyone') return ''
  if (lets) return by.map((list) => BY[list]).join(', ')
  return [
    ...(allow.groups && !groups ? ['no --groups were given'] : []),
    ...((allow.emails ?? allow.emailDomains) && user === undefined ? ['no --user was given'] : []),
    'nothing fits',
  ].join(', ')
}

/** Characters that cannot be seen, and blanks at the ends, are shown. */
function shown(path: string): string {
  return /[\0-\x1f\x7f]|^\s|\s$/.test(path) ? JSON.stringify(path) : path
}

function named(rules: readonly { rule: number }[]): string {
  return rules.map(({ rule }) => `access.rules[${rule}]`).join(' and ')
}

function listed(names: string[], word = 'or'): string {
  return names.map((name) => `"${name}"`).join(` ${word} `)
}
