import * as oauth from 'oauth4webapi'
import { importJWK, type JWK } from 'jose'
import { createClock } from '../../../../src/sandbox/clock.ts'
import { startOkta, type SandboxOkta } from '../../../../src/sandbox/okta/index.ts'
import type { OAuthSettings } from '../../../../src/sandbox/okta/store.ts'
import { createOperations } from '../../../../src/sandbox/operations.ts'
import type { Operations, SandboxClock } from '../../../../src/sandbox/types.ts'
import { createUserAgent, type UserAgent } from '../../../../src/sandbox/user-agent.ts'
import { keyPair, webApp } from './helpers.ts'

export const ADA = { login: 'ada@x.example', password: 'pw-ada', name: 'Ada Byron' }
const CALLBACK = 'http://localhost:9/_guard/callback'

/** An org with one app for the group Staff, Ada in it, and a relying party that is not ours. */
export interface OrgWorld {
  org: SandboxOkta
  clock: SandboxClock
  operations: Operations
  appId: string
  agent: UserAgent
  /** A call of the management API. */
  api(method: string, path: string, body?: unknown): Promise<Response>
  /** As far as the callback. */
  authorize(scope?: string): Promise<URLSearchParams>
  signIn(scope?: string): Promise<oauth.TokenEndpointResponse>
  refresh(token: string | undefined, scope?: string): Promise<oauth.TokenEndpointResponse>
  /** Another app with the same key, for which nobody is signed in. */
  otherApp(): Promise<string>
  revoke(token: string, given?: { audience?: string; clientId?: string }): Promise<Response>
  userinfo(accessToken: string): Promise<Response>
  close(): Promise<void>
}

const insecure = { [oauth.allowInsecureRequests]: true }
const key = keyPair('client')

export async function startOrg(settings: Partial<OAuthSettings> = {}): Promise<OrgWorld> {
  const clock = createClock()
  const operations = createOperations(clock)
  const org = await startOkta({ clock, operations })
  org.addUser({ ...ADA, groups: ['Staff'] })
  const headers = { authorization: `SSWS ${org.token}`, 'content-type': 'application/json' }
  const api: OrgWorld['api'] = (method, path, body) =>
    fetch(`${org.url}/api/v1${path}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
  const app = webApp('Reports', [key.public]) as unknown as {
    settings: { oauthClient: OAuthSettings }
  }
  Object.assign(app.settings.oauthClient, {
    grant_types: ['authorization_code', 'refresh_token'],
    ...settings,
  })
  const { id: appId } = (await (await api('POST', '/apps', app)).json()) as { id: string }
  const [staff] = (await (await api('GET', '/groups?q=Staff')).json()) as { id: string }[]
  await api('PUT', `/apps/${appId}/groups/${staff?.id}`)

  const privateKey = (await importJWK(key.private as JWK, 'RS256')) as oauth.PrivateKey['key']
  const agent = createUserAgent()
  const found = await oauth.discoveryRequest(new URL(org.url), insecure)
  const as = await oauth.processDiscoveryResponse(new URL(org.url), found)
  const client = (): oauth.Client => ({
    client_id: appId,
    [oauth.clockSkew]: Math.round((clock.now() - Date.now()) / 1000),
  })
  const proof = (audience: string | undefined): oauth.ClientAuth =>
    oauth.PrivateKeyJwt(
      { key: privateKey, kid: 'client' },
      {
        [oauth.modifyAssertion](_header, payload) {
          payload['aud'] = audience ?? ''
        },
      },
    )
  const verifier = oauth.generateRandomCodeVerifier()

  async function authorize(scope = 'openid profile email offline_access') {
    const url = new URL(as.authorization_endpoint ?? '')
    url.search = new URLSearchParams({
      client_id: appId,
      response_type: 'code',
      scope,
      redirect_uri: CALLBACK,
      state: 'st',
      nonce: 'no',
      code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    }).toString()
    let page = await agent.request(url.href)
    for (let step = 0; step < 12; step += 1) {
      const location = page.headers.get('location')
      if (location?.startsWith(CALLBACK)) return new URL(location).searchParams
      if (location) page = await agent.request(new URL(location, page.url).href)
      else if (page.status === 200 && page.text.includes('type="password"'))
        page = await agent.request(page.url, {
          method: 'POST',
          headers: { 'content-type': 'application/x-www-form-urlencoded' },
          body: new URLSearchParams({ username: ADA.login, password: ADA.password }).toString(),
        })
      else throw new Error(`stuck at ${page.url}: ${page.status}`)
    }
    throw new Error('a loop')
  }

  return {
    org,
    clock,
    operations,
    appId,
    agent,
    api,
    authorize,
    async signIn(scope) {
      const callback = oauth.validateAuthResponse(as, client(), await authorize(scope), 'st')
      const response = await oauth.authorizationCodeGrantRequest(
        as,
        client(),
        proof(as.token_endpoint),
        callback,
        CALLBACK,
        verifier,
        insecure,
      )
      return oauth.processAuthorizationCodeResponse(as, client(), response, { expectedNonce: 'no' })
    },
    async refresh(token = '', scope) {
      const response = await oauth.refreshTokenGrantRequest(
        as,
        client(),
        proof(as.token_endpoint),
        token,
        { ...insecure, ...(scope ? { additionalParameters: { scope } } : {}) },
      )
      return oauth.processRefreshTokenResponse(as, client(), response)
    },
    async otherApp() {
      const made = await api('POST', '/apps', webApp('Other', [key.public]))
      return ((await made.json()) as { id: string }).id
    },
    revoke: (token, { audience = as.revocation_endpoint, clientId = appId } = {}) =>
      oauth.revocationRequest(
        as,
        { ...client(), client_id: clientId },
        proof(audience),
        token,
        insecure,
      ),
    userinfo: (accessToken) => oauth.userInfoRequest(as, client(), accessToken, insecure),
    close: () => org.close(),
  }
}

/** The claims of an ID token whose response oauth4webapi has checked. */
export function claimsOf(tokens: oauth.TokenEndpointResponse): oauth.IDToken {
  const claims = oauth.getValidatedIdTokenClaims(tokens)
  if (!claims) throw new Error('no ID token')
  return claims
}

export const REFUSED = {
  error: 'invalid_grant',
  error_description: 'The refresh token is invalid or expired.',
  status: 400,
}
