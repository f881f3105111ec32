import { PutRolePolicyCommand, IAMClient } from '@aws-sdk/client-iam'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { COOKIES, MARKER_HEADER } from '../../src/access/names.ts'
import { createUserAgent, type Page, type UserAgent } from '../../src/sandbox/user-agent.ts'
import { type GuardedSite, PEOPLE, startGuardedSite } from '../helpers/sandbox.ts'

const { ada } = PEOPLE
const fields = { username: ada.login, password: ada.password }
let guarded: GuardedSite
let agent: UserAgent

beforeEach(async () => {
  guarded = await startGuardedSite()
  agent = createUserAgent()
})
afterEach(() => guarded?.close())

const at = (path: string): string => guarded.site.url + path
const hasSession = (): boolean => agent.cookies.some(({ name }) => name === COOKIES.session)

/** A page of the guard that leaves the reader with something to do. */
function expectHelpful(page: Page, status: number): void {
  expect(page.status).toBe(status)
  expect(page.headers.get(MARKER_HEADER)).not.toBeNull()
  expect(page.headers.get('cache-control')).toContain('no-store')
  expect(page.text).toContain('<a href=')
  expect(page.text).toContain(page.headers.get('x-amz-cf-id') ?? 'no request id')
}

describe('when something behind the sign-in fails', () => {
  it('a signed-in user goes on while Okta and SSM are both gone', async () => {
    await agent.signIn(at('/'), ada.login, ada.password)
    await Promise.all([guarded.sandbox.okta.close(), guarded.sandbox.aws.close()])
    expect((await agent.open(at('/docs/index.html'))).status).toBe(200)
  })

  it('a stranger is redirected while Okta and SSM are both gone, and gets a page then', async () => {
    await Promise.all([guarded.sandbox.okta.close(), guarded.sandbox.aws.close()])
    const redirect = await agent.request(at('/docs/index.html'))
    expect(redirect.status).toBe(302)
    expectHelpful(await agent.open(redirect.headers.get('location') ?? ''), 503)
  })

  it('a role that may not read the keys means a page, never the site', async () => {
    const { url: endpoint, credentials, region } = guarded.sandbox.aws
    const deny = { Effect: 'Deny', Action: 'ssm:*', Resource: '*' }
    await new IAMClient({ endpoint, credentials, region }).send(
      new PutRolePolicyCommand({
        RoleName: `s3-okta-guard-${guarded.site.distributionId}`,
        PolicyName: 'guard',
        PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: [deny] }),
      }),
    )
    expectHelpful(await agent.open(at('/')), 503)
  })

  it('Okta gone between the form and the code means a page, and no session', async () => {
    const form = await agent.open(at('/'))
    const answer = await agent.request(form.url, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams(fields).toString(),
    })
    const back = await agent.request(answer.headers.get('location') ?? '')
    const callback = back.headers.get('location') ?? ''
    expect(callback).toContain('/_guard/callback')
    await guarded.sandbox.okta.close()
    const page = await agent.open(callback)
    expect(page.status).toBeGreaterThanOrEqual(500)
    expectHelpful(page, page.status)
    expect(hasSession()).toBe(false)
  })

  it('a code is worth nothing without the cookie of its attempt', async () => {
    const form = await agent.open(at('/'))
    const host = new URL(at('/')).host
    const other = createUserAgent()
    other.cookies.push(...agent.cookies.filter((cookie) => cookie.host !== host))
    const page = await other.submit(form, fields)
    expectHelpful(page, 400)
    expect(other.cookies.some(({ name }) => name === COOKIES.session)).toBe(false)
  })

  it('a callback used twice sends a signed-in user home', async () => {
    const page = await agent.signIn(at('/docs/index.html'), ada.login, ada.password)
    const callback = page.history.find((url) => url.includes('/_guard/callback')) ?? ''
    const again = await agent.open(callback)
    expect(again.status).toBe(200)
    expect(new URL(again.url).pathname).not.toContain('_guard')
  })

  it.each([
    ['no cookies of the site', 'cookies', () => true],
    ['everything but the session', 'cookies', (name: string) => name === COOKIES.session],
  ])('a browser that keeps %s gets a page in the end, not a loop', async (_what, text, drops) => {
    const host = new URL(at('/')).host
    agent.keeps = (cookie) => cookie.host !== host || !drops(cookie.name)
    const page = await agent.submit(await agent.open(at('/')), fields)
    expectHelpful(page, 400)
    expect(page.text).toContain(text)
    expect(hasSession()).toBe(false)
  })

  it('an app that was deactivated in Okta means no code and no loop', async () => {
    const app = guarded.sandbox.okta.store.apps.get(guarded.appId)
    app!.status = 'INACTIVE'
    const page = await agent.open(at('/'))
    expect(new URL(page.url).origin).toBe(guarded.sandbox.okta.url)
    expect(page.status).toBe(400)
  })
})
