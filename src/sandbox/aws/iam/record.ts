import { AwsError } from '../errors.ts'
import type { Cloud, Context } from '../types.ts'
import type { RoleRecord } from './stored.ts'

export type { RoleRecord } from './stored.ts'

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
