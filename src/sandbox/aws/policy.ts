interface Statement {
  Effect?: unknown
  Action?: unknown
  Resource?: unknown
  NotAction?: unknown
  NotResource?: unknown
  Condition?: unknown
}

/** Whether the policies together allow an action on one resource: an Allow that fits and no Deny. */
export function allows(documents: unknown[], action: string, resource: string): boolean {
  const statements = documents.flatMap(statementsOf)
  const fitting = statements.filter((statement) => fits(statement, action, resource))
  return (
    fitting.some((statement) => statement.Effect === 'Allow' && !statement.Condition) &&
    !fitting.some((statement) => statement.Effect === 'Deny')
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
