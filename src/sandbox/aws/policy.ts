interface Statement {
  Effect?: unknown
  Action?: unknown
  Resource?: unknown
  NotAction?: unknown
  NotResource?: unknown
  Condition?: unknown
}

export type PolicyDecision = 'allowed' | 'explicitDeny' | 'implicitDeny'

/** Whether the policies together allow an action on one resource: an Allow that fits and no Deny. */
export function allows(documents: unknown[], action: string, resource: string): boolean {
  return decide(documents, action, resource) === 'allowed'
}

/** The same with the reason, and with what is known of the request's context (`iam:PassedToService` …). */
export function decide(
  documents: unknown[],
  action: string,
  resource: string,
  context: Record<string, string[]> = {},
): PolicyDecision {
  const statements = documents.flatMap(statementsOf)
  const fitting = statements.filter((statement) => fits(statement, action, resource))
  if (fitting.some((statement) => statement.Effect === 'Deny')) return 'explicitDeny'
  const allowed = fitting.some(
    ({ Effect, Condition }) => Effect === 'Allow' && meets(Condition, context),
  )
  return allowed ? 'allowed' : 'implicitDeny'
}

/** StringEquals alone is evaluated; any other operator is not met. */
function meets(condition: unknown, context: Record<string, string[]>): boolean {
  if (condition === undefined) return true
  const operators = Object.entries(condition as Record<string, Record<string, unknown>>)
  if (operators.length === 0) return false
  return operators.every(
    ([operator, keys]) =>
      operator === 'StringEquals' &&
      Object.entries(keys).every(([key, wanted]) =>
        listOf(wanted).some((value) => context[key]?.includes(value)),
      ),
  )
}

/** Whether a trust policy lets a service principal assume the role. */
export function trusts(trust: unknown, service: string): boolean {
  return statementsOf(trust).some((statement) => {
    const principal = (statement as { Principal?: { Service?: unknown } }).Principal
    return (
      statement.Effect === 'Allow' &&
      listOf(statement.Action).includes('sts:AssumeRole') &&
      typeof principal === 'object' &&
      listOf(principal.Service).includes(service)
    )
  })
}

/** The `Statement` of a policy document as an array; empty when it is no policy. */
export function statementsOf(document: unknown): Statement[] {
  if (typeof document !== 'object' || document === null) return []
  const { Statement: statement } = document as { Statement?: unknown }
  const list: unknown[] = Array.isArray(statement) ? statement : [statement]
  return list.filter((entry): entry is Statement => typeof entry === 'object' && entry !== null)
}

/** A policy field that may be one string or several. */
export function listOf(value: unknown): string[] {
  const list: unknown[] = Array.isArray(value) ? value : [value]
  return list.filter((entry) => typeof entry === 'string')
}

/** NotAction and NotResource are not evaluated: such a statement allows nothing and denies nothing. */
function fits(statement: Statement, action: string, resource: string): boolean {
  return (
    listOf(statement.Action).some((pattern) =>
      wildcard(pattern.toLowerCase(), action.toLowerCase()),
    ) && listOf(statement.Resource).some((pattern) => wildcard(pattern, resource))
  )
}

function wildcard(pattern: string, text: string): boolean {
  const source = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`)
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
  return new RegExp(`^${source}$`, 's').test(text)
}
