import { same } from '../canonical.ts'
import { change } from '../step.ts'
import type { Change } from '../types.ts'

type Statement = Record<string, unknown>

/**
 * Where a policy document is not the wanted one, statement by statement and member by member. Statements have the name
 * of their Sid, or their number where they have none.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
 */
export function policyChanges(found: unknown, wanted: unknown): Change[] {
  const [there, here] = [statementsOf(found), statementsOf(wanted)]
  const names = [...new Set([...here.keys(), ...there.keys()])]
  const changes = names.flatMap((name) => statementChanges(name, there.get(name), here.get(name)))
  // The version of the language, say; or what is no policy at all.
  return changes.length > 0 ? changes : [change('policy document', found, wanted)]
}

function statementChanges(
  name: string,
  found: Statement | undefined,
  wanted: Statement | undefined,
): Change[] {
  if (!found || !wanted) return [change(`statement ${name}`, summary(found), summary(wanted))]
  const members = [...new Set([...Object.keys(wanted), ...Object.keys(found)])]
  return members
    .filter((member) => !same(listed(found[member]), listed(wanted[member])))
    .map((member) => change(`statement ${name}: ${member}`, found[member], wanted[member]))
}

function summary(statement: Statement | undefined): string {
  if (!statement) return ''
  const { Effect, Action, NotAction, Resource, Principal } = statement
  const actions = NotAction === undefined ? Action : `all but ${text(NotAction)}`
  const words = [Effect, actions, Resource ?? Principal]
  return words.flatMap((word) => (word === undefined ? [] : [text(word)])).join(' ')
}

function text(value: unknown): string {
  if (Array.isArray(value)) return value.map(text).join(', ')
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** IAM takes one string for a list of one, and gives lists back in an order of its own. */
function listed(value: unknown): unknown {
  const list = Array.isArray(value) ? value : [value]
  return list.every((one) => typeof one === 'string') ? [...list].sort() : value
}

function statementsOf(policy: unknown): Map<string, Statement> {
  const { Statement: given } = Object(policy) as { Statement?: Statement | Statement[] }
  const statements = given === undefined ? [] : [given].flat()
  return new Map(
    statements.map((one, index) => [
      typeof one['Sid'] === 'string' ? one['Sid'] : String(index + 1),
      one,
    ]),
  )
}
