import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest'
import { answering, json, type Answering } from '../../helpers/answering.ts'
import { editFile, startStage, type Installed, type Stage } from '../../helpers/install.ts'

const TOKEN = 'canary-of-an-okta-token-0a1b2c3d4e'

const KEY = { kty: 'RSA', kid: 'theirs', use: 'sig', alg: 'RS256', e: 'AQAB', n: 'u'.repeat(342) }

let stage: Stage
let site: Installed

beforeAll(async () => {
  stage = await startStage()
  site = await stage.installed()
})
afterAll(() => stage.close())

/** What a checkout may hold that somebody else has written: a file that names an org of theirs. */
async function checkout(orgUrl: string, distribution = site.distributionId): Promise<string> {
  await editFile(site.cwd, (file) => ({ ...file, distribution, okta: { orgUrl } }))
  return site.cwd
}

/** Answers whatever is asked, as an org would that wants to be trusted. */
function theirs(): Promise<Answering> {
  return answering(({ url: target = '', headers }, response) => {
    const base = `http://${headers.host}`
    const { pathname, searchParams } = new URL(target, base)
    const v1 = `${base}/oauth2/v1`
    if (pathname.endsWith('/openid-configuration')) {
      const endpoints = ['authorize', 'token', 'revoke', 'logout', 'userinfo', 'keys']
      const [authorize, token, revoke, logout, userinfo, keys] = endpoints.map((e) => `${v1}/${e}`)
      return json(response, 200, {
        issuer: base,
        ...{ authorization_endpoint: authorize, token_endpoint: token, jwks_uri: keys },
        ...{ revocation_endpoint: revoke, end_session_endpoint: logout },
        userinfo_endpoint: userinfo,
      })
    }
    if (pathname.endsWith('/keys')) return json(response, 200, { keys: [KEY] })
    if (pathname.endsWith('/authorize')) {
      const location = `${searchParams.get('redirect_uri')}?error=login_required`
      return json(response, 302, {}, { location })
    }
    if (pathname.endsWith('/token')) return json(response, 400, { error: 'invalid_grant' })
    return json(response, 200, [])
  })
}

function expectUntold({ seen }: Answering): void {
  const told = seen.flatMap(({ headers, ...rest }) => [
    JSON.stringify(rest),
    ...Object.values(headers).map((value) =>
      String(value).replace(/^Basic (.*)$/, (_, pair: string) => atob(pair)),
    ),
  ])
  expect(told.filter((text) => text.includes(TOKEN))).toEqual([])
  expect(seen.filter(({ headers }) => headers.authorization !== undefined)).toEqual([])
}

const COMMANDS = [
  ['status'],
  ['doctor'],
  ['apply', '--dry-run'],
  ['apply', '--yes'],
  ['init', '--dry-run'],
  ['init', '--yes'],
  ['rotate-keys', '--dry-run'],
  ['revoke', '--user', 'ada@tidewater.example', '--dry-run'],
  ['teardown', '--dry-run'],
]

/** A token without OKTA_CLIENT_ORGURL beside it. */
function without(name: string): Record<string, string> {
  const { [name]: _, ...env } = stage.env
  return env
}

describe('a file of a checkout that names another org', () => {
  it.each(COMMANDS)('gets no token from %s %s', async (...argv) => {
    const org = await theirs()
    const cwd = await checkout(org.url)
    const env = { ...without('OKTA_CLIENT_ORGURL'), OKTA_CLIENT_TOKEN: TOKEN }
    await stage.run([...argv, '--json'], { cwd, env })
    expectUntold(org)
  })

  it.each(COMMANDS)('gets none from a file or stdin either: %s %s', async (...argv) => {
    const org = await theirs()
    const cwd = await checkout(org.url)
    const env = without('OKTA_CLIENT_ORGURL')
    delete env['OKTA_CLIENT_TOKEN']
    const given = { cwd, env, stdin: `${TOKEN}\n` }
    await stage.run([...argv, '--okta-token-file', '-', '--json'], given)
    expectUntold(org)
  })

  it.each(COMMANDS)('gets none where nothing is installed: %s %s', async (...argv) => {
    const org = await theirs()
    const { distributionId } = stage.sandbox.createSite()
    const cwd = await checkout(org.url, distributionId)
    const env = { ...without('OKTA_CLIENT_ORGURL'), OKTA_CLIENT_TOKEN: TOKEN }
    await stage.run([...argv, '--json'], { cwd, env })
    expectUntold(org)
  })

  it('is told apart from the one that is installed, and what to type', async () => {
    const org = await theirs()
    const cwd = await checkout(org.url)
    const env = without('OKTA_CLIENT_ORGURL')
    for (const argv of [['apply'], ['init', '--yes']]) {
      const ran = await stage.run([...argv, '--json'], { cwd, env })
      expect(ran.exitCode).toBe(5)
      expect(ran.json.error).toMatchObject({ code: 'okta-credentials' })
      expect(ran.json.error?.message).toContain(org.url)
      expect(ran.json.error?.message).toContain(stage.sandbox.okta.url)
      expect(ran.json.error?.hint).toContain('OKTA_CLIENT_ORGURL')
    }
  })
})

describe('a token that does not say its org', () => {
  it.each([['status'], ['apply'], ['rotate-keys', '--dry-run'], ['init', '--yes']])(
    'goes to the org that is installed: %s %s',
    async (...argv) => {
      const { cwd } = await stage.installed()
      const env = without('OKTA_CLIENT_ORGURL')
      const before = stage.sandbox.operations.log.length
      const ran = await stage.run([...argv, '--json'], { cwd, env })
      expect(ran.exitCode, ran.stdout).toBe(0)
      const asked = stage.sandbox.operations.log.slice(before)
      expect(asked.some(({ service }) => service === 'okta')).toBe(true)
    },
  )

  it('goes where a flag says', async () => {
    const { cwd } = await stage.installed()
    const env = without('OKTA_CLIENT_ORGURL')
    const argv = ['apply', '--okta-org-url', stage.sandbox.okta.url, '--json']
    expect((await stage.run(argv, { cwd, env })).exitCode).toBe(0)
  })
})

test('what ~/.okta/okta.yaml has for one org goes to no other that a file names', async () => {
  const org = await theirs()
  const cwd = await checkout(org.url)
  // The home folder of a test is its folder.
  await mkdir(path.join(cwd, '.okta'))
  const yaml = `okta:\n  client:\n    orgUrl: ${stage.sandbox.okta.url}\n    token: ${TOKEN}\n`
  await writeFile(path.join(cwd, '.okta/okta.yaml'), yaml)
  const env = without('OKTA_CLIENT_ORGURL')
  delete env['OKTA_CLIENT_TOKEN']
  for (const argv of COMMANDS) await stage.run([...argv, '--json'], { cwd, env })
  expectUntold(org)
})

test.each([['apply'], ['init', '--yes']])(
  'a client secret goes to no org that a file alone names: %s %s',
  async (...argv) => {
    const org = await theirs()
    const client = { id: '0oaOfAnAdmin', authentication: 'client_secret' } as const
    const { distributionId, url } = stage.sandbox.createSite()
    const { cwd } = site
    await editFile(cwd, (file) => ({
      ...file,
      ...{ distribution: distributionId, hosts: [new URL(url).host] },
      okta: { orgUrl: org.url, client },
    }))
    const env = without('OKTA_CLIENT_ORGURL')
    const given = [...argv, '--client-secret-file', '-', '--json']
    const ran = await stage.run(given, { cwd, env, stdin: `${TOKEN}\n` })
    expect(ran.exitCode).not.toBe(0)
    expectUntold(org)
  },
)
