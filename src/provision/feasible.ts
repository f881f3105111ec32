import type { EdgeConfig } from '../access/edge-config.ts'
import { makeEdgeZip } from '../edge-package/zip.ts'
import { GuardError } from '../errors/guard-error.ts'
import { isGiven, type Plan } from '../plan/types.ts'
import type { Cloud } from './cloud.ts'
import { encodeDocument } from './documents.ts'

/** Throws what could not be carried out, before anything is written; refs stand for little. */
export function assertFeasible(
  { steps }: Plan,
  cloud: Pick<Cloud, 'build' | 'clientSecret'>,
): void {
  for (const { kind, inputs } of steps) {
    if (kind === 'document.put' && inputs['plain'] !== true) {
      encodeDocument(String(inputs['name']), inputs['value'])
    }
    if (isGiven(inputs['key']) && cloud.clientSecret === undefined) throw secretNeeded()
    if ('config' in inputs) makeEdgeZip(cloud.build, knownConfig(inputs['config']))
  }
}

export function secretNeeded(): GuardError {
  return new GuardError({
    code: 'client-secret-needed',
    message: 'The Okta app authenticates with a client secret, and none was given.',
    hint: "Put the secret from the app's General tab into a file and name it with --client-secret-file; - reads stdin.",
  })
}

/** Without Okta's endpoints there is no configuration, and without one nothing is published. */
function knownConfig(config: unknown): EdgeConfig {
  if (config !== undefined) return config as EdgeConfig
  throw new GuardError({
    code: 'okta-credentials',
    message: "The function needs Okta's endpoints and keys, and Okta could not be asked.",
    hint: 'Set OKTA_CLIENT_ORGURL and OKTA_CLIENT_TOKEN, or give --okta-token-file.',
  })
}
