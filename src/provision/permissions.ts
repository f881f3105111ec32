import type { Aws } from '../aws/types.ts'
import { GuardError } from '../errors/guard-error.ts'
import type { Permissions } from '../plan/examined.ts'
import type { Identity } from '../plan/observed.ts'
import { comingCommands, grantsFor, type Grant } from '../plan/permissions.ts'

/** What AWS has answered to real calls counts more than any simulation. */
export interface SeenActions {
  allowed: ReadonlySet<string>
  denied: ReadonlySet<string>
}

/**
 * Each permission that the coming commands need: seen in use, simulated by IAM, or not known.
 * `state` is that of the manifest, `kmsKey` what the private keys are or will be encrypted with.
 */
export async function examinePermissions(
  { account, arn }: Identity,
  distribution: string | undefined,
  state: string | undefined,
  iam: Pick<Aws['iam'], 'simulate'>,
  kmsKey?: string,
): Promise<(seen: SeenActions) => Permissions> {
  const grants = grantsFor([...comingCommands(state), 'status']).flatMap((grant): Grant[] => {
    if (grant.only === undefined) return [grant]
    return grant.only === 'kms-key' && kmsKey !== undefined
      ? [{ ...grant, example: () => kmsKey }]
      : []
  })
  const principal = principalOf(arn)
  const simulated = await Promise.all(
    grants.map((grant) => simulate(grant, principal, account, distribution ?? 'EXAMPLE', iam)),
  )
  return (seen) => {
    const result: Permissions = { denied: [], unknown: [], allowed: [] }
    for (const [action, verdict] of simulated.flat()) {
      if (seen.denied.has(action)) result.denied.push(action)
      else if (seen.allowed.has(action) || verdict === 'allowed') result.allowed.push(action)
      else if (verdict === 'denied') result.denied.push(action)
      else result.unknown.push({ action, why: verdict.why })
    }
    return result
  }
}

type Verdict = 'allowed' | 'denied' | { why: string }

async function simulate(
  { actions, condition, example }: Grant,
  principal: { arn: string } | { why: string } | 'root',
  account: string,
  distribution: string,
  iam: Pick<Aws['iam'], 'simulate'>,
): Promise<[action: string, verdict: Verdict][]> {
  const names = Object.keys(actions)
  const all = (verdict: Verdict): [string, Verdict][] => names.map((name) => [name, verdict])
  if (principal === 'root') return all('allowed')
  if ('why' in principal) return all(principal)
  try {
    const found = await iam.simulate({
      principal: principal.arn,
      // IAM takes no wildcard here; a policy that allows `X*` allows `X`.
      actions: names.map(plain),
      resource: example(account, distribution),
      context: condition ? { [condition.key]: condition.values[0] ?? '' } : {},
    })
    return names.map((name) => {
      const allowed = found[plain(name)]
      if (allowed === undefined) return [name, { why: 'IAM did not say' }]
      return [name, allowed ? 'allowed' : 'denied']
    })
  } catch (error) {
    if (!(error instanceof GuardError) || error.code === 'interrupted') throw error
    return all({ why: whyOf(error) })
  }
}

function plain(action: string): string {
  return action.replace('*', '')
}

function whyOf({ code, message }: GuardError): string {
  return code === 'aws-denied' ? 'iam:SimulatePrincipalPolicy is not allowed' : message
}

/**
 * Whose policies IAM must look at. A session of a role counts as the role, whose path its own ARN does not tell.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
 */
export function principalOf(arn: string): { arn: string } | { why: string } | 'root' {
  const [, partition = '', service = '', , account = '', resource = ''] = arn.split(':')
  if (service === 'iam' && resource === 'root') return 'root'
  if (service === 'iam' && resource.startsWith('user/')) return { arn }
  const [kind, role = ''] = resource.split('/')
  if (service !== 'sts' || kind !== 'assumed-role') {
    return { why: `IAM cannot simulate ${arn}` }
  }
  if (role.startsWith('AWSReservedSSO_')) {
    return { arn: `arn:${partition}:iam::${account}:role/aws-reserved/sso.amazonaws.com/${role}` }
  }
  return { arn: `arn:${partition}:iam::${account}:role/${role}` }
}
