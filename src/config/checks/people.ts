import type { AccessRule, Allowance } from '../../access/rules.ts'
import { repeated } from './problem.ts'
import type { Problem } from './problem.ts'

type Lists = Exclude<Allowance, 'everyone'>

const DOMAIN = /^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z0-9]([a-z0-9-]*[a-z0-9])?$/

/** Who can never be let in: nobody at all, or addresses that no e-mail address can equal. */
export function checkPeople(rules: AccessRule[]): Problem[] {
  return rules.flatMap(({ allow }, at) => {
    const path = ['access', 'rules', at, 'allow']
    return allow === 'everyone' ? [] : checkLists(allow, path)
  })
}

function checkLists({ groups, emails, emailDomains }: Lists, path: Problem['path']): Problem[] {
  if (!groups && !emails && !emailDomains) {
    return [{ path, message: 'lets nobody in; name groups, emails or emailDomains' }]
  }
  return [
    ...repeated(groups ?? [], [...path, 'groups']),
    ...checkEach(emails ?? [], [...path, 'emails'], wrongEmail),
    ...checkEach(emailDomains ?? [], [...path, 'emailDomains'], wrongDomain),
  ]
}

function checkEach(
  values: string[],
  path: Problem['path'],
  wrong: (value: string) => string | undefined,
): Problem[] {
  const problems = values.flatMap((value, at) => {
    const message = wrong(value)
    return message === undefined ? [] : [{ path: [...path, at], message }]
  })
  return [...problems, ...repeated(values, path)]
}

function wrongEmail(email: string): string | undefined {
  const [local = '', domain, ...more] = email.split('@')
  if (domain === undefined || more.length > 0) return 'should have exactly one "@"'
  if (local.includes('*')) return 'has a "*"; emailDomains lets all of a domain in'
  if (!/^[!-~]+$/.test(local)) return notAscii(local) ?? 'is no e-mail address'
  return wrongDomain(domain)
}

function wrongDomain(domain: string): string | undefined {
  if (domain.includes('@')) return 'is written without "@", like "example.com"'
  if (domain.endsWith('.')) return 'should not end with a dot'
  if (domain.includes('*')) return 'has a "*", which is not known here; name each domain'
  return DOMAIN.test(domain) ? undefined : (notAscii(domain) ?? 'is no domain like "example.com"')
}

function notAscii(text: string): string | undefined {
  const letter = /[^\0-\x7f]/u.exec(text)?.[0]
  const code = letter?.codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0')
  return letter && `has "${letter}" (U+${code}), which is not ASCII and only looks like it`
}
