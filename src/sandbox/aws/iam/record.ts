import { AwsError } from '../errors.ts'
import type { Cloud, Context } from '../types.ts'

export interface RoleRecord {
  name: string
  path: string
  arn: string
  id: string
  description: string
  maxSessionDuration: number
  createdAt: number
  /** Parsed trust policy; the document itself is given back as it came. */
  trust: unknown
  trustDocument: string
  trustAt: number
  /** What Lambda goes by until IAM has caught up with the newest trust policy. */
  formerTrust: unknown
  /** Parsed, by name. */
  inlinePolicies: Map<string, unknown>
  inlineDocuments: Map<string, string>
  /** ARNs of managed policies. */
  attachedPolicies: string[]
  tags: Map<string, string>
}

/** The role that a form names in `RoleName`, or NoSuchEntity. */
export function roleNamed(form: URLSearchParams, context: Context): RoleRecord {
  const name = form.get('RoleName') ?? ''
  const role = [...context.cloud.roles.values()].find(
    (role) => role.name === name && accountOf(role.arn) === context.account,
  )
  if (!role) throw new AwsError('NoSuchEntity', 404, `The role with name ${name} cannot be found.`)
  return role
}

/** The trust policy that the other services see: a new one takes `delays.role`. */
export function effectiveTrust(role: RoleRecord, cloud: Cloud): unknown {
  return cloud.clock.now() < role.trustAt + cloud.delays.role ? role.formerTrust : role.trust
}

/** Where `RoleName` points, for policies of the caller. */
export function roleArns(form: URLSearchParams, { account }: Context): string[] {
  return [`arn:aws:iam::${account}:role${form.get('Path') ?? '/'}${form.get('RoleName') ?? ''}`]
}

function accountOf(arn: string): string | undefined {
  return arn.split(':')[4]
}
