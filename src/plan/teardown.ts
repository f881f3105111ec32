import type { PlanInput } from './context.ts'
import type { Tags } from './distribution/distribution.ts'
import { OWNER_TAG, type Observed } from './observed.ts'
import { isAdmins, type InstalledApp } from './manifest.ts'
import { namesOf } from './names.ts'
import { refuseOtherAccount } from './refusals/refusals.ts'
import { detachSteps } from './resources/attachment.ts'
import { manifestStep, parameterDestroySteps } from './resources/documents.ts'
import { oktaDestroySteps } from './resources/okta-app.ts'
import { logDestroySteps, logsLeft, logsNotChecked, type EdgeLogs } from './resources/logs.ts'
import { keptRole, roleDestroySteps } from './resources/role.ts'
import { step } from './step.ts'
import { refuseNewerTool } from './refusals/tool-version.ts'
import type { Finding, Plan, Step } from './types.ts'

/**
 * The same with nothing desired: the inverse order of the install, the manifest last.
 * A distribution that is gone is no obstacle: the rest is given back all the same.
 * `logs`: what the edges have logged goes as well.
 */
export function planTeardown(
  distribution: string,
  found: Observed,
  input: PlanInput,
  logs?: EdgeLogs,
): Plan {
  refuseOtherAccount(found)
  refuseNewerTool(found.manifest, input.tool)
  const observed = onlyOurs(found, distribution)
  // Log groups and associations have no owner but the function of their name.
  const isOurName = found.lambda === undefined || observed.lambda !== undefined
  const attached = isOurName || found.manifest ? observed.distribution : undefined
  const [keys, parameters] = parameterDestroySteps(observed, distribution)
  const destroy: Step[] = [
    ...(attached ? detachSteps(observed, attached) : []),
    ...oktaDestroySteps(observed),
    ...keys,
    ...roleDestroySteps(observed, distribution),
    ...functionDestroySteps(observed, distribution),
    ...(logs && isOurName ? logDestroySteps(logs, distribution) : []),
    ...parameters,
  ]
  const { manifest } = observed
  const findings = [
    ...appLeft(manifest?.okta),
    ...keptRole(observed, distribution),
    ...(logs ? logsNotChecked(logs, distribution) : []),
    ...(!logs && observed.lambda ? [logsLeft(distribution)] : []),
  ]
  if (destroy.length === 0 || !manifest || manifest.state === 'tearing-down') {
    return { steps: destroy, later: [], findings }
  }
  const mark = manifestStep(
    'manifest',
    { ...manifest, tool: input.tool, state: 'tearing-down' },
    observed,
    { distribution },
    'settings',
  )
  return { steps: [mark, ...destroy], later: [], findings }
}

/** Not ours to change: what was entered there for this site is for its admin to take out. */
function appLeft(app: InstalledApp | undefined): Finding[] {
  if (!isAdmins(app)) return []
  return [
    {
      code: 'okta-app-left',
      severity: 'info',
      subject: app.clientId,
      message: `The Okta app ${app.clientId} is your Okta admin's and stays as it is.`,
      next: `Have your Okta admin take out this site's redirect URIs and the guard's ${app.authentication === 'client_secret' ? 'client secret' : 'public keys'}, or delete the app.`,
    },
  ]
}

function functionDestroySteps(observed: Observed, distribution: string): Step[] {
  if (!observed.lambda) return []
  const { function: name } = namesOf(distribution)
  return [
    step({
      id: 'lambda.function',
      kind: 'lambda.function.delete',
      action: 'delete',
      reason: 'settings',
      resource: `Lambda function ${name} and its versions`,
      inputs: { name },
      after: ['cloudfront.deployed', 'iam.role'],
    }),
  ]
}

/** What carries another owner's tag, or none, is left alone whatever its name. */
function onlyOurs(observed: Observed, distribution: string): Observed {
  const ours = ({ tags }: { tags: Tags }): boolean => tags[OWNER_TAG] === distribution
  return {
    ...observed,
    role: observed.role && ours(observed.role) ? observed.role : undefined,
    lambda: observed.lambda && ours(observed.lambda) ? observed.lambda : undefined,
    parameters: observed.parameters.filter(ours),
  }
}
