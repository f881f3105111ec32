import { AwsError } from '../errors.ts'
import { listOf, statementsOf } from '../policy.ts'

/** Reads a trust policy or refuses it as IAM does. */
export function readTrust(text: string): unknown {
  const document = readDocument(text)
  for (const statement of statementsOf(document) as Record<string, unknown>[]) {
    if ('Resource' in statement) throw malformed('Has prohibited field Resource')
    if (!('Principal' in statement)) throw malformed('Missing required field Principal')
    if (!listOf(statement.Action).every((action) => action.startsWith('sts:'))) {
      throw malformed('AssumeRole policy may only specify STS AssumeRole actions.')
    }
    for (const service of listOf((statement.Principal as { Service?: unknown }).Service)) {
      if (!/^[a-z0-9.-]+\.amazonaws\.com$/.test(service)) {
        throw malformed(`Invalid principal in policy: "SERVICE":"${service}"`)
      }
    }
  }
  return document
}

/** Reads an inline policy or refuses it as IAM does. */
export function readPolicy(text: string): unknown {
  const document = readDocument(text)
  for (const statement of statementsOf(document) as Record<string, unknown>[]) {
    if ('Principal' in statement) throw malformed('Policy document should not specify a principal.')
    if (!('Resource' in statement || 'NotResource' in statement)) {
      throw malformed('Policy statement must contain resources.')
    }
  }
  return document
}

function readDocument(text: string): unknown {
  let document: unknown
  try {
    document = JSON.parse(text)
  } catch {
    throw malformed('This policy contains invalid Json')
  }
  const version = (document as { Version?: unknown } | null)?.Version
  if (version !== undefined && version !== '2012-10-17' && version !== '2008-10-17') {
    throw malformed('The policy document has an unknown version.')
  }
  const statements = statementsOf(document) as Record<string, unknown>[]
  if (statements.length === 0) throw malformed('Syntax errors in policy.')
  for (const statement of statements) {
    if (statement.Effect !== 'Allow' && statement.Effect !== 'Deny') {
      throw malformed('Syntax errors in policy.')
    }
    const actions = [...listOf(statement.Action), ...listOf(statement.NotAction)]
    if (actions.length === 0) throw malformed('Policy statement must contain actions.')
    if (!actions.every((action) => action === '*' || /^[\w-]+:.+$/.test(action))) {
      throw malformed('Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.')
    }
  }
  return document
}

function malformed(message: string): AwsError {
  return new AwsError('MalformedPolicyDocument', 400, message)
}
