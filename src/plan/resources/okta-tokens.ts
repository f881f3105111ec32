import { step } from '../step.ts'
import type { Step } from '../types.ts'

/** What can be done at Okta about the refresh tokens of an app. */
export type OktaTokens =
  /** No credentials, or none for this: then the edge alone refuses. */
  | { reachable: false; reason: string }
  | { reachable: true; appId: string; clientId: string; users: KnownUser[] }

export interface KnownUser {
  /** The `sub` of their sessions. */
  id: string
  login: string
  status: string
}

/** All tokens of the app, or those of these users and nobody else's. */
export function oktaTokenSteps(tokens: OktaTokens, everyone: boolean): Step[] {
  if (!tokens.reachable) return []
  const { appId, clientId, users } = tokens
  const common = { action: 'delete', reason: 'settings' } as const
  if (everyone) {
    return [
      step({
        ...common,
        id: 'okta.tokens',
        kind: 'okta.tokens.revoke',
        resource: `Refresh tokens of everybody, at Okta for app ${appId}`,
        inputs: { appId },
      }),
    ]
  }
  return users.map(({ id, login }) =>
    step({
      ...common,
      id: `okta.tokens.${id}`,
      kind: 'okta.user.tokens.revoke',
      resource: `Refresh tokens of ${login}, at Okta for app ${appId}`,
      inputs: { userId: id, clientId },
    }),
  )
}
