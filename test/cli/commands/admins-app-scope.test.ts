import { generateKeyPairSync } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { askAsStranger } from '../../faults/world.ts'
import { answering, json, type Answering } from '../../helpers/answering.ts'
import { startStage, statusData, type Stage } from '../../helpers/install.ts'

let stage: Stage

beforeAll(async () => {
  stage = await startStage()
})
afterAll(() => stage?.close())

const { n, e } = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({
  format: 'jwk',
})
const KEY = { kty: 'RSA', kid: 'okta-1', alg: 'RS256', use: 'sig', n, e }

/** An org that knows the app, its redirect URIs and its key, and these scopes alone. */
async function orgWith(scopes: Set<string>): Promise<Answering> {
  const org: Answering = await answering((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', org.url)
    const at = (name: string): string => `${org.url}/oauth2/v1/${name}`
    if (pathname === '/.well-known/openid-configuration') {
      return json(response, 200, {
        issuer: org.url,
        authorization_endpoint: at('authorize'),
        token_endpoint: at('token'),
        end_session_endpoint: at('logout'),
        revocation_endpoint: at('revoke'),
        userinfo_endpoint: at('userinfo'),
        jwks_uri: at('keys'),
      })
    }
    if (pathname.endsWith('/keys')) return json(response, 200, { keys: [KEY] })
    if (pathname.endsWith('/token')) return json(response, 400, { error: 'invalid_grant' })
    const isKnown = (searchParams.get('scope') ?? '').split(' ').every((one) => scopes.has(one))
    const error = isKnown ? 'login_required' : 'invalid_scope'
    const location = `${searchParams.get('redirect_uri') ?? ''}?error=${error}`
    response.writeHead(302, { location }).end()
  })
  return org
}

const ALWAYS = ['openid', 'profile', 'email', 'offline_access']
const RULES = {
  rules: [
    { paths: ['/crew/*'], allow: { groups: ['Crew'] } },
    { paths: ['/*'], allow: 'everyone' },
  ],
}

test.each([
  ['groups, which a rule asks for', 'groups', { access: RULES }],
  ['offline_access, which keeps people signed in', 'offline_access', {}],
])('an app that is refused the scope %s is not installed with', async (_what, scope, file) => {
  const scopes = new Set([...ALWAYS, ...('access' in file ? ['groups'] : [])])
  scopes.delete(scope)
  const org = await orgWith(scopes)
  const site = stage.sandbox.createSite()
  const cwd = await stage.folder()
  const name = path.join(cwd, 's3-okta-guard.json')
  await writeFile(
    name,
    JSON.stringify({
      version: 1,
      distribution: site.distributionId,
      behaviors: 'all',
      hosts: [new URL(site.url).host],
      okta: { orgUrl: org.url, client: { id: '0oaAdmins1' } },
      allow: { groups: ['Reports'] },
      ...file,
    }),
  )
  const { OKTA_CLIENT_TOKEN: _, OKTA_CLIENT_ORGURL: _url, ...env } = stage.env
  const run = (argv: string[]) => stage.run([...argv, '--json'], { cwd, env })

  const refused = await run(['init', '--yes'])
  expect([refused.exitCode, refused.json.error?.code], refused.stdout).toEqual([
    6,
    'okta-client-incomplete',
  ])
  const { details = [] } = refused.json.error ?? {}
  expect(details.slice(0, details.indexOf(''))).toEqual([
    `sign-in at ${site.url}/_guard/callback: invalid_scope`,
  ])
  expect(await askAsStranger(site)).toBe('open')

  scopes.add(scope)
  const taken = await run(['init', '--yes'])
  expect(taken.exitCode, taken.stderr).toBe(0)
  expect(await askAsStranger(site)).toBe('guarded')

  scopes.delete(scope)
  const status = await run(['status'])
  expect(status.exitCode, status.stdout).toBe(3)
  expect(statusData(status).findings).toContainEqual(
    expect.objectContaining({ code: 'okta-client', severity: 'broken' }),
  )
  expect(await readFile(name, 'utf8')).toContain('0oaAdmins1')
})
