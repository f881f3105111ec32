import type * as z from 'zod'
import type { Problem } from './checks/problem.ts'
import type { ParsedJson } from './json.ts'
import { KEYS, MEANT } from './meant.ts'
import { nearest } from './nearest.ts'

/** What is wrong with the file: where, what was found, what was meant. */
export function explainIssues(issues: z.core.$ZodIssue[], json: ParsedJson): string[] {
  return issues.flatMap((issue) => explainIssue(issue, json))
}

/** The same of values whose form is right. */
export function explainProblems(problems: Problem[], json: ParsedJson): string[] {
  return problems.map(({ path, message }) => {
    const value = valueAt(json.value, path)
    const found = typeof value === 'object' ? '' : ` ${brief(value)}`
    return `line ${json.at(path).line}: ${shown(path)}${found}: ${message}`
  })
}

function explainIssue(issue: z.core.$ZodIssue, json: ParsedJson): string[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((name) => unknownKey([...issue.path, name], json))
  }
  const within = issuesWithin(issue, json)
  return within.length > 0 ? explainIssues(within, json) : [wrongValue(issue.path, json)]
}

/** Where an object was given and only one of the forms is an object, what is wrong inside it. */
function issuesWithin(issue: z.core.$ZodIssue, json: ParsedJson): z.core.$ZodIssue[] {
  if (issue.code !== 'invalid_union') return []
  const value = valueAt(json.value, issue.path)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return []
  const fitting = issue.errors.filter((issues) => issues.every(isInside))
  if (fitting.length !== 1) return []
  return (fitting[0] ?? []).map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] }))
}

function isInside({ code, path }: z.core.$ZodIssue): boolean {
  return path.length > 0 || code === 'unrecognized_keys'
}

function unknownKey(path: PropertyKey[], json: ParsedJson): string {
  const name = String(path.at(-1))
  const parent = dotted(path.slice(0, -1))
  const siblings = KEYS.filter((known) => known.split('.').slice(0, -1).join('.') === parent)
  const meant = nearest(name, siblings) ?? elsewhere(name)
  const suggestion =
    meant === undefined
      ? `the keys here are ${siblings.map((known) => known.split('.').at(-1)).join(', ')}`
      : `did you mean "${meant}"?`
  return `line ${json.at(path).line}: ${shown(path)} is an unknown key; ${suggestion}`
}

/** The same word where it belongs, e.g. `groups` for `allow.groups`. */
function elsewhere(name: string): string | undefined {
  return KEYS.find((known) => known.split('.').at(-1)?.toLowerCase() === name.toLowerCase())
}

function wrongValue(path: PropertyKey[], json: ParsedJson): string {
  const { line } = json.at(path)
  const found = valueAt(json.value, path)
  const inList = typeof path.at(-1) === 'number'
  const meant = MEANT[dotted(path)]
  const should = `${inList ? 'together they' : 'it'} should be ${meant ?? 'something else'}`
  if (found === undefined) return `line ${line}: ${shown(path)} is missing; ${should}`
  return `line ${line}: ${shown(path)} is ${brief(found)}; ${should}`
}

/** `status.accept.finding` for `['status', 'accept', 0, 'finding']`. */
function dotted(path: PropertyKey[]): string {
  return path.filter((part) => typeof part !== 'number').join('.')
}

/** `status.accept[0].finding`. */
function shown(path: PropertyKey[]): string {
  if (path.length === 0) return 'the file'
  return path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('')
    .replace(/^\./, '')
}

function valueAt(value: unknown, path: PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (inner, part) =>
      typeof inner === 'object' && inner !== null
        ? (inner as Record<PropertyKey, unknown>)[part]
        : undefined,
    value,
  )
}

function brief(value: unknown): string {
  const text = JSON.stringify(value)
  return text.length <= 60 ? text : `${text.slice(0, 59)}…`
}
