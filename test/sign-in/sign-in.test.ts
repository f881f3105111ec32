import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { COOKIES, MARKER_HEADER } from '../../src/access/names.ts'
import { createUserAgent, linksOf, type UserAgent } from '../../src/sandbox/user-agent.ts'
import { type GuardedSite, PEOPLE, startGuardedSite } from '../helpers/sandbox.ts'

const DEEP = '/reports/q3.html?route=harbor&view=table&odd=%2F%20+%e2%82%ac&&empty='
const { ada, eve } = PEOPLE
let guarded: GuardedSite
let agent: UserAgent
let at: (path: string) => string

beforeAll(async () => {
  guarded = await startGuardedSite()
  at = (path) => guarded.site.url + path
})
afterAll(() => guarded?.close())
beforeEach(() => {
  agent = createUserAgent()
})

/** Sign-ins under way; the note that one was just tried is none. */
const transactions = (): string[] =>
  agent.cookies
    .map(({ name }) => name)
    .filter((name) => name.startsWith(COOKIES.transactionPrefix) && !name.endsWith('-tried'))
const sessions = (): string[] =>
  agent.cookies.filter(({ name }) => name === COOKIES.session).map(({ value }) => value)

describe('a person of an assigned group', () => {
  it('lands on the page asked for, its query byte for byte', async () => {
    const page = await agent.signIn(at(DEEP), ada.login, ada.password)
    expect(page.status).toBe(200)
    expect(page.url).toBe(at(DEEP))
    expect(page.text).toContain('<h1>Third quarter</h1>')
    expect(guarded.sandbox.cloudfront.forwarded.at(-1)).toMatchObject({
      uri: '/reports/q3.html',
      querystring: DEEP.split('?')[1],
    })
  })

  it('leaves no transaction behind, and the origin sees no cookie of the guard', async () => {
    await agent.signIn(at('/'), ada.login, ada.password)
    expect(transactions()).toEqual([])
    expect(sessions()).toHaveLength(1)
    agent.cookies.push({ name: 'theme', value: 'dark', host: new URL(at('/')).host, path: '/' })
    await agent.open(at('/style.css'))
    const { headers } = guarded.sandbox.cloudfront.forwarded.at(-1)!
    expect(headers['cookie']?.map(({ value }) => value)).toEqual(['theme=dark'])
  })

  it('is told who they are', async () => {
    await agent.signIn(at('/'), ada.login, ada.password)
    const me = await agent.open(at('/_guard/me'))
    expect(JSON.parse(me.text)).toMatchObject({ email: ada.login, name: ada.name })
  })

  it('keeps one transaction for each tab while Okta asks', async () => {
    await agent.open(at('/reports/q3.html'))
    await agent.open(at('/docs/index.html'))
    expect(transactions()).toHaveLength(2)
  })

  it('signs in twice in two tabs that had both started', async () => {
    const first = await agent.open(at('/reports/q3.html?tab=1'))
    const second = await agent.open(at('/docs/index.html?tab=2'))
    const fields = { username: ada.login, password: ada.password }
    expect((await agent.submit(first, fields)).url).toBe(at('/reports/q3.html?tab=1'))
    expect((await agent.submit(second, fields)).url).toBe(at('/docs/index.html?tab=2'))
  })

  it('may try again after a wrong password', async () => {
    const form = await agent.open(at(DEEP))
    const again = await agent.submit(form, { username: ada.login, password: 'wrong' })
    expect(again.status).toBe(401)
    const page = await agent.submit(again, { username: ada.login, password: ada.password })
    expect(page.url).toBe(at(DEEP))
  })

  it('needs no form again while Okta remembers them', async () => {
    await agent.signIn(at('/'), ada.login, ada.password)
    const session = agent.cookies.findIndex(({ name }) => name === COOKIES.session)
    agent.cookies.splice(session, 1)
    const page = await agent.open(at('/docs/index.html'))
    expect(page.url).toBe(at('/docs/index.html'))
  })

  it('signs out, and the site is protected again', async () => {
    await agent.signIn(at('/'), ada.login, ada.password)
    const out = await agent.open(at('/_guard/logout'), {
      headers: { 'sec-fetch-site': 'same-origin' },
    })
    expect(out.url).toBe(at('/_guard/signed-out'))
    expect(out.status).toBe(200)
    expect(sessions()).toHaveLength(0)
    const after = await agent.open(at('/'))
    expect(after.text).toContain('type="password"')
  })

  it('is not signed out by another site', async () => {
    await agent.signIn(at('/'), ada.login, ada.password)
    const page = await agent.open(at('/_guard/logout'), {
      headers: { 'sec-fetch-site': 'cross-site' },
    })
    expect(page.status).toBe(200)
    expect(sessions()).toHaveLength(1)
  })
})

describe('somebody who does not get in', () => {
  it('gets a page that says so, not a loop', async () => {
    const page = await agent.signIn(at(DEEP), eve.login, eve.password)
    expect(page.status).toBe(403)
    expect(new URL(page.url).pathname).toBe('/_guard/callback')
    expect(page.headers.get(MARKER_HEADER)).toBe('refused')
    expect(sessions()).toHaveLength(0)
    expect((await agent.open(at(DEEP))).status).toBe(403)
  })

  it('may sign in as somebody else from there', async () => {
    const page = await agent.signIn(at(DEEP), eve.login, eve.password)
    const url = linksOf(page).get('Use another account') ?? ''
    const after = await agent.signIn(url, ada.login, ada.password)
    expect(after.status).toBe(200)
    expect(after.url).toBe(at(DEEP))
  })

  it('gets no page of the site by a path of the guard that it does not know', async () => {
    const page = await agent.open(at('/_guard/other'))
    expect(page.status).toBe(404)
    expect(page.headers.get(MARKER_HEADER)).not.toBeNull()
  })

  it('gets 401 for what is not a navigation', async () => {
    const page = await agent.open(at('/reports/today.json'), {
      headers: { 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty', accept: '*/*' },
    })
    expect(page.status).toBe(401)
    expect(JSON.parse(page.text)).toHaveProperty('login')
  })
})

describe('nothing reaches the origin', () => {
  it.each(['/', '/index.html', '/reports/q3.html', '/style.css', '/_guard/x'])(
    'for a stranger who asks for %s',
    async (path) => {
      const before = guarded.sandbox.cloudfront.forwarded.length
      await agent.request(at(path))
      expect(guarded.sandbox.cloudfront.forwarded).toHaveLength(before)
    },
  )
})

it('writes no secret into the log of the function', async () => {
  const page = await agent.signIn(at('/'), ada.login, ada.password)
  const code = new URL(page.history.find((url) => url.includes('/_guard/callback')) ?? '')
  const session = agent.cookies.find(({ name }) => name === COOKIES.session)?.value ?? ''
  const log = guarded.sandbox.cloudfront.logs.join('\n')
  const secrets = [session, code.searchParams.get('code') ?? '', ada.password]
  for (const parameter of guarded.sandbox.aws.parameters())
    for (const [secret] of parameter.value.matchAll(/[\w-]{40,}/g)) secrets.push(secret)
  expect(secrets.length).toBeGreaterThan(5)
  for (const secret of secrets) {
    expect(secret.length).toBeGreaterThan(5)
    expect(log.includes(secret)).toBe(false)
  }
})
