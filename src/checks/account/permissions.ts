import type { Permissions } from '../../plan/examined.ts'
import type { AwsCommand } from '../../plan/permissions.ts'
import type { Finding } from '../../plan/types.ts'

const TEMPLATE = 'templates/iam-operator-policy.json'

/** All that is missing for the coming commands in one finding, and all that cannot be told in another. */
export function checkPermissions(
  { denied, unknown }: Permissions,
  who: string,
  coming: AwsCommand[],
): Finding[] {
  const found: Finding[] = []
  if (denied.length > 0) {
    found.push({
      code: 'permissions-missing',
      severity: 'broken',
      subject: '',
      message: `${who} may not ${denied.length === 1 ? 'do this' : `do these ${denied.length} things`}, which ${coming.join(', ')} will need: ${denied.join(', ')}.`,
      next: `Attach ${TEMPLATE} to it (it comes with the package), or these actions alone.`,
    })
  }
  if (unknown.length > 0) {
    const why = [...new Set(unknown.map((one) => one.why.replace(/\.$/, '')))].join('; ')
    found.push({
      code: 'permissions-unknown',
      severity: 'info',
      subject: '',
      message: `Whether ${who} may do the following cannot be told (${why}): ${unknown.map(({ action }) => action).join(', ')}.`,
      next: `Compare its policies with ${TEMPLATE}, or allow iam:SimulatePrincipalPolicy and run this again.`,
    })
  }
  return found
}
