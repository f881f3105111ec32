import type { OktaMetadata } from '../access/edge-config.ts'
import { GuardError } from '../errors/guard-error.ts'
import { tryClient, type ClientAnswer } from '../okta/try-client.ts'
import type { AdminSheet, ClientRequest } from '../plan/okta/admin-sheet.ts'
import { sheetLines } from '../plan/okta/admin-sheet.ts'
import type { AuthorizeAnswer, BegunSignIn } from '../plan/observed.ts'
import { cloudTime, type Cloud } from './cloud.ts'

/** The endpoints of the authorization server that are asked. */
export type Server = Pick<OktaMetadata, 'issuer' | 'authorizationEndpoint' | 'tokenEndpoint'>

export interface ClientKey {
  kid: string
  key: Record<string, string> | string
}

/** A sign-in begun at each redirect URI, and a token call with the key: what Okta says of the app. */
export async function askClient(
  { clientId, redirectUris, scope }: ClientRequest,
  server: Server,
  { kid, key }: ClientKey,
  cloud: Cloud,
): Promise<string[]> {
  const [begun, answer] = await Promise.all([
    beginSignIns({ clientId, redirectUris, scope }, server.authorizationEndpoint, cloud),
    tryClient({
      ...{ clientId, kid, key, signal: cloud.signal, now: cloudTime(cloud.aws) },
      ...{ issuer: server.issuer, tokenEndpoint: server.tokenEndpoint },
      redirectUri: redirectUris[0] ?? '',
    }),
  ])
  return [...begun.flatMap(beginProblem), ...keyProblems(answer, typeof key === 'string')]
}

export function beginSignIns(
  { clientId, redirectUris, scope }: ClientRequest,
  endpoint: string,
  { web }: Pick<Cloud, 'web'>,
): Promise<BegunSignIn[]> {
  return Promise.all(
    redirectUris.map(async (redirectUri) => ({
      redirectUri,
      answer: await web.beginSignIn({ endpoint, clientId, redirectUri, scope }),
    })),
  )
}

function beginProblem({ redirectUri, answer }: BegunSignIn): string[] {
  const words = problemWords(answer)
  return words === undefined ? [] : [`sign-in at ${redirectUri}: ${words}`]
}

/** undefined: nothing is wrong. */
export function problemWords(answer: AuthorizeAnswer): string | undefined {
  switch (answer.kind) {
    case 'taken':
      return undefined
    case 'refused':
      return answer.error
    case 'unclear':
      return `Okta did not say (${answer.detail})`
  }
}

function keyProblems({ authenticated, grants, error }: ClientAnswer, isSecret: boolean): string[] {
  const what = isSecret ? 'the client secret' : 'the client key'
  if (!authenticated || error !== undefined)
    return [`token endpoint: ${what} is not taken (${error ?? 'no reason given'})`]
  return Object.entries(grants)
    .filter(([, isAllowed]) => !isAllowed)
    .map(([grant]) => `token endpoint: the app does not have the grant type ${grant}`)
}

/** Ends a run until the Okta admin has done their part. */
export function clientIncomplete(problems: string[], sheet: AdminSheet): GuardError {
  return new GuardError({
    code: 'okta-client-incomplete',
    message: `The Okta app ${sheet.clientId} does not take sign-ins of this site yet; the site is as it was.`,
    details: [...problems, '', 'What your Okta admin enters for it:', ...sheetLines(sheet)],
    hint: 'When your Okta admin has done so, run the same command again.',
  })
}

/** A secret of no use is refused before anything is written. */
export async function assertSecretTaken(
  secret: string,
  clientId: string,
  server: Pick<Server, 'issuer' | 'tokenEndpoint'>,
  cloud: Cloud,
): Promise<void> {
  const { issuer, tokenEndpoint } = server
  const answer = await tryClient({
    ...{ clientId, issuer, tokenEndpoint, kid: '', key: secret },
    ...{ now: cloudTime(cloud.aws), signal: cloud.signal },
  })
  if (answer.authenticated) return
  throw new GuardError({
    code: 'client-secret-refused',
    message: `Okta does not take this client secret for ${clientId}: its token endpoint answers ${answer.error ?? 'an error'}.`,
    hint: 'Nothing was changed. Look at the client id, that the app authenticates with a client secret, and that this secret is active there.',
  })
}
