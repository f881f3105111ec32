import { afterEach, describe, expect, it } from 'vitest'
import { createUserAgent, type UserAgent } from '../../../src/sandbox/user-agent.ts'
import { type GuardedSite, PEOPLE, startGuardedSite } from '../../helpers/sandbox.ts'

const { ada } = PEOPLE
const TOKEN = 'POST /oauth2/v1/token'
const MINUTE = 60_000

let guarded: GuardedSite
afterEach(() => guarded.close())

/** Grant types of the calls of the token endpoint, with their status. */
function tokenCalls(): string[] {
  return guarded.sandbox.operations.log
    .filter(({ operation }) => operation === TOKEN)
    .map(({ resource, status }) => `${resource} ${status}`)
}

async function signedIn(): Promise<UserAgent> {
  const agent = createUserAgent()
  const page = await agent.signIn(`${guarded.site.url}/`, ada.login, ada.password)
  expect(page.status).toBe(200)
  guarded.sandbox.operations.clearLog()
  return agent
}

describe('a guarded site whose time and people tests move', () => {
  it('renews a session that has run out, without a form, although the Okta session has ended', async () => {
    guarded = await startGuardedSite()
    const agent = await signedIn()
    guarded.sandbox.okta.endSessions(ada.login)
    guarded.sandbox.clock.advance(16 * MINUTE)
    const page = await agent.open(`${guarded.site.url}/?q=1`)
    expect([page.status, page.url]).toEqual([200, `${guarded.site.url}/?q=1`])
    expect(tokenCalls()).toEqual(['refresh_token 200'])
  })

  it('is closed to a suspended user once the session has run out', async () => {
    guarded = await startGuardedSite()
    const agent = await signedIn()
    guarded.sandbox.okta.suspendUser(ada.login)
    expect((await agent.open(`${guarded.site.url}/`)).status).toBe(200)
    guarded.sandbox.clock.advance(16 * MINUTE)
    expect((await agent.open(`${guarded.site.url}/`)).text).toContain('type="password"')
    expect(tokenCalls()).toEqual(['refresh_token 400'])
  })

  it('follows groups at the next renewal, by rules that only a released edge knows', async () => {
    guarded = await startGuardedSite({
      groupsClaim: { filter: { type: 'REGEX', value: '.*' } },
      change: (config) => ({
        ...config,
        access: {
          revision: 1,
          public: [],
          rules: [{ paths: ['/*'], allow: { groups: ['Reports', 'Crew'] } }],
        },
      }),
    })
    const agent = await signedIn()
    guarded.sandbox.cloudfront.hold('fra')
    await guarded.publish((config) => ({
      ...config,
      access: {
        revision: 2,
        public: [],
        rules: [{ paths: ['/*'], allow: { groups: ['Crew'] } }],
      },
    }))
    const open = (edge: string) => {
      agent.headers['x-sandbox-edge'] = edge
      return agent.open(`${guarded.site.url}/`)
    }
    expect((await open('fra')).status).toBe(200)
    guarded.sandbox.clock.advance(5 * MINUTE)
    expect((await open('syd')).status).toBe(403)
    guarded.sandbox.okta.addToGroup(ada.login, 'Crew')
    guarded.sandbox.clock.advance(16 * MINUTE)
    expect((await open('syd')).status).toBe(200)
    guarded.sandbox.cloudfront.release('fra')
    expect((await open('fra')).status).toBe(200)
  })
})
