import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm'
import { afterEach, describe, expect, it } from 'vitest'
import { COOKIES } from '../../src/access/names.ts'
import { createUserAgent } from '../../src/sandbox/user-agent.ts'
import { type GuardedSite, PEOPLE, startGuardedSite } from '../helpers/sandbox.ts'

const { ada } = PEOPLE
const SECRETS = ['s3cret-_.~:%41+ &=/', 'the-next_0ne']
let guarded: GuardedSite
afterEach(() => guarded?.close())

const at = (path: string): string => guarded.site.url + path

/** A new secret at Okta and in SSM. */
async function rotate(secret: string): Promise<void> {
  const { url: endpoint, credentials, region } = guarded.sandbox.aws
  await new SSMClient({ endpoint, credentials, region }).send(
    new PutParameterCommand({
      Name: guarded.config.secrets.client,
      Value: JSON.stringify({ version: 1, keys: [{ kid: 'client-1', key: secret }] }),
      Type: 'SecureString',
      Overwrite: true,
    }),
  )
  setAtOkta(secret)
}

function setAtOkta(secret: string): void {
  const app = guarded.sandbox.okta.store.apps.get(guarded.appId)!
  app.credentials.oauthClient['client_secret'] = secret
}

describe('an app with a client secret, at a server that reads it as RFC 6749 says', () => {
  it.each(SECRETS)('T27 signs in, refreshes and revokes with %j', async (clientSecret) => {
    guarded = await startGuardedSite({ clientSecret })
    const agent = createUserAgent()
    const page = await agent.signIn(at('/docs/index.html'), ada.login, ada.password)
    expect([page.status, page.url]).toEqual([200, at('/docs/index.html')])

    guarded.sandbox.clock.advance(16 * 60_000)
    const again = await agent.open(at('/'))
    expect(again.status).toBe(200)
    expect(again.history.some((url) => url.includes('/_guard/refresh'))).toBe(true)
    expect(again.history.some((url) => url.includes('/authorize'))).toBe(false)

    const thief = createUserAgent()
    thief.cookies.push(...agent.cookies.filter(({ host }) => host === new URL(at('/')).host))
    const headers = { 'sec-fetch-site': 'same-origin' }
    expect((await agent.open(at('/_guard/logout'), { headers })).url).toBe(at('/_guard/signed-out'))
    guarded.sandbox.clock.advance(16 * 60_000)
    const stolen = await thief.open(at('/'))
    expect(stolen.text, 'its refresh token was taken back').toContain('type="password"')
  })

  it('B49 goes on with a secret that was rotated while the edge is warm', async () => {
    guarded = await startGuardedSite({ clientSecret: SECRETS[0]! })
    const sign = () => createUserAgent().signIn(at('/'), ada.login, ada.password)
    expect((await sign()).status).toBe(200)
    guarded.sandbox.clock.advance(30_000)
    await rotate(SECRETS[1]!)
    expect((await sign()).status).toBe(200)
  })

  it('T27 ends on one page where Okta does not take it', async () => {
    guarded = await startGuardedSite({ clientSecret: SECRETS[0]! })
    setAtOkta('another')
    const agent = createUserAgent()
    const page = await agent.signIn(at('/'), ada.login, ada.password)
    expect(page.status).toBe(502)
    expect(page.text).toContain('Okta did not accept this site')
    for (const secret of SECRETS) expect(page.text).not.toContain(secret)
    expect(agent.cookies.some(({ name }) => name === COOKIES.session)).toBe(false)
  })
})
