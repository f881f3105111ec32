import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ADA, beach, CANARY, clientKeys, landed, writtenBy } from '../../helpers/admins-app.ts'
import { editFile, startStage, type Stage } from '../../helpers/install.ts'

let stage: Stage

beforeAll(async () => {
  stage = await startStage()
  stage.sandbox.okta.addUser({ ...ADA, groups: ['Reports'] })
})
afterAll(() => stage?.close())

type One = Awaited<ReturnType<typeof beach>>

/** Ends like this, and no call changes anything. */
async function refused(
  one: One,
  argv: string[],
  exit: number,
  code: string,
  options: Parameters<One['run']>[1] = {},
): Promise<string> {
  stage.sandbox.operations.clearLog()
  const ran = await one.run([...argv, '--json'], options)
  const { error } = ran.json
  expect([ran.exitCode, error?.code], ran.stdout).toEqual([exit, code])
  expect(stage.mutating()).toEqual([])
  expect(writtenBy(stage, ran)).not.toContain(CANARY)
  return [error?.message, ...(error?.details ?? []), error?.hint, ...(error?.next ?? [])].join('\n')
}

describe('before anything is written', () => {
  test('a secret that Okta does not take', async () => {
    const one = await beach(stage, 'client_secret')
    one.setSecret('another')
    const said = await refused(one, one.init, 5, 'client-secret-refused')
    expect(said).toContain(`Okta does not take this client secret for ${one.app.clientId}`)
    expect(said).toContain('Nothing was changed')
    await refused(one, [...one.init, '--dry-run'], 5, 'client-secret-refused')
  })

  test('a secret for an app that wants a key', async () => {
    const one = await beach(stage)
    const argv = [...one.init, '--client-secret-file', '-']
    await refused(one, argv, 5, 'client-secret-refused')
  })

  test('a client id that Okta does not know', async () => {
    const one = await beach(stage, 'client_secret')
    const argv = one.init.map((word) => (word === one.app.clientId ? '0oaNobodys' : word))
    await refused(one, argv, 5, 'client-secret-refused')
  })

  test('a secret that is needed and was not given', async () => {
    const one = await landed(stage, 'client_secret')
    await one.run(['teardown', '--confirm', one.distributionId])
    const said = await refused(one, ['init', '--yes'], 2, 'client-secret-needed')
    expect(said).toContain('--client-secret-file')
  })

  test('a file that is not there, and one that holds more', async () => {
    const one = await beach(stage, 'client_secret')
    const file = path.join(one.cwd, 'secret')
    const argv = one.init.map((word) => (word === '-' ? file : word))
    expect(await refused(one, argv, 2, 'client-secret-needed')).toContain('does not exist')
    await writeFile(file, `${CANARY} and more`)
    expect(await refused(one, argv, 2, 'client-secret-needed')).toContain('more than one word')
  })

  test('two credentials from one stdin', async () => {
    const one = await beach(stage, 'client_secret')
    const said = await refused(one, [...one.init, '--okta-token-file', '-'], 2, 'usage')
    expect(said).toContain('--client-secret-file and --okta-token-file cannot both read stdin')
  })

  test('a secret without an app to use it for', async () => {
    const { cwd, distributionId } = await stage.installed()
    stage.sandbox.operations.clearLog()
    const argv = ['apply', '--distribution', distributionId, '--client-secret-file', '-', '--json']
    const ran = await stage.run(argv, { cwd, stdin: CANARY })
    expect([ran.exitCode, ran.json.error?.code]).toEqual([2, 'usage'])
    expect(ran.json.error?.hint).toContain('--client-id')
    expect(stage.mutating()).toEqual([])
  })

  test('a client id that can be none', async () => {
    const one = await beach(stage)
    const argv = one.init.map((word) => (word === one.app.clientId ? 'no id' : word))
    stage.sandbox.operations.clearLog()
    const ran = await one.run(argv)
    expect(ran.exitCode).toBe(2)
    expect(ran.stderr).toContain('a client id like 0oa')
    expect(stage.sandbox.operations.log).toEqual([])
  })
})

describe('an install is with one app', () => {
  test('its own, and none of an admin', async () => {
    const own = await stage.installed()
    const one = await beach(stage)
    const argv = ['init', '--distribution', own.distributionId, '--client-id', one.app.clientId]
    const said = await refused(one, [...argv, '--group', 'Reports', '--yes'], 2, 'okta-app-other')
    expect(said).toContain('an Okta app of its own')
    expect(said).toContain(`${one.app.clientId} (private_key_jwt)`)
    expect(said).toContain(`teardown --distribution ${own.distributionId}`)
  })

  test('an admin’s, and none of its own', async () => {
    const one = await landed(stage)
    await editFile(one.cwd, ({ okta: { client: _, ...okta }, ...file }) => ({ ...file, okta }))
    const said = await refused(one, ['apply', '--yes'], 2, 'okta-app-other', { env: stage.env })
    expect(said).toContain('an app of its own is wanted now')
  })

  test('another client id, and another authentication', async () => {
    const one = await landed(stage)
    const other = await beach(stage)
    const argv = one.init.map((word) => (word === one.app.clientId ? other.app.clientId : word))
    const said = await refused(one, argv, 2, 'okta-app-other')
    expect(said).toContain(other.app.clientId)
    const secret = [...one.init, '--client-secret-file', '-']
    expect(await refused(one, secret, 2, 'okta-app-other')).toContain('(client_secret)')
  })

  test('init without a file goes on with the one that is installed', async () => {
    const one = await landed(stage)
    const argv = ['init', '--distribution', one.distributionId, '--yes']
    stage.sandbox.operations.clearLog()
    const ran = await one.run(argv, { cwd: await stage.folder() })
    expect([ran.exitCode, stage.mutating()], ran.stderr).toEqual([0, []])
    expect(ran.stdout).toContain('Nothing to change')
  })

  test('a wrong client id can be put right as long as nothing was installed with it', async () => {
    const one = await beach(stage)
    const wrong = one.init.map((word) => (word === one.app.clientId ? '0oaMistyped1' : word))
    expect((await one.run(wrong)).exitCode).toBe(6)
    expect((await one.run(one.init)).exitCode).toBe(6)
    await one.entered()
    const ran = await one.run(one.init)
    expect(ran.exitCode, ran.stderr).toBe(0)
    expect((await one.signIn()).status).toBe(200)
  })
})

test.each([
  ['a key, then a secret', 'client_secret' as const],
  ['a secret, then a key', 'private_key_jwt' as const],
])('begun with %s: what was typed first is forgotten', async (_what, variant) => {
  const one = await beach(stage, variant)
  const flags = ['--client-secret-file', '-']
  if (variant === 'client_secret') {
    const argv = one.init.filter((word) => !flags.includes(word))
    expect((await one.run(argv)).exitCode).toBe(6)
  } else {
    const { oauthClient } = stage.sandbox.okta.store.apps.get(one.app.id)!.credentials
    Object.assign(oauthClient, {
      token_endpoint_auth_method: 'client_secret_basic',
      client_secret: CANARY,
    })
    expect((await one.run([...one.init, ...flags])).exitCode).toBe(6)
    Object.assign(oauthClient, { token_endpoint_auth_method: 'private_key_jwt' })
  }
  expect((await one.run(one.init)).exitCode).toBe(6)
  await one.entered()
  const ran = await one.run(one.init)
  expect(ran.exitCode, ran.stderr).toBe(0)
  expect((await one.signIn()).status).toBe(200)
  expect(clientKeys(stage, one).map(({ key }) => typeof key)).toEqual([
    variant === 'client_secret' ? 'string' : 'object',
  ])
})

test('an install of an own app that was begun is taken away first', async () => {
  const one = await beach(stage)
  const argv = ['init', '--distribution', one.distributionId, '--group', 'Reports', '--yes']
  stage.sandbox.operations.arm({ at: { operation: 'CreateRole', nth: 1 }, kind: 'crash-before' })
  expect((await one.run(argv, { env: stage.env })).exitCode).not.toBe(0)
  stage.sandbox.operations.revive()
  const said = await refused(one, one.init, 2, 'okta-app-other')
  expect(said).toContain('the site is as it was')
})

describe('init stops at what the app still lacks, and names it', () => {
  const LACKS: [string, (one: One) => Promise<void>, RegExp][] = [
    [
      'the grant type refresh_token',
      (one) => one.admin.change(one.app.id, { grant_types: ['authorization_code'] }),
      /the grant type refresh_token|invalid_scope/,
    ],
    [
      'the redirect URI',
      (one) => one.admin.change(one.app.id, { redirect_uris: ['https://example.com/callback'] }),
      /sign-in at .*_guard\/callback: the client id or the redirect URI is not known/,
    ],
    [
      'the key',
      async (one) => {
        const { oauthClient } = stage.sandbox.okta.store.apps.get(one.app.id)!.settings
        for (const key of oauthClient.jwks!.keys) key.kid = 'another'
      },
      /token endpoint: the client key is not taken \(invalid_client\)/,
    ],
    [
      'the way to authenticate',
      async (one) => {
        const { oauthClient } = stage.sandbox.okta.store.apps.get(one.app.id)!.credentials
        Object.assign(oauthClient, {
          token_endpoint_auth_method: 'client_secret_basic',
          client_secret: 'not-the-guards',
        })
      },
      /token endpoint: the client key is not taken \(invalid_client\)/,
    ],
  ]
  test.each(LACKS)('%s', async (_what, take, line) => {
    const one = await beach(stage)
    await one.run(one.init)
    await one.entered()
    await take(one)
    const ran = await one.run([...one.init, '--json'])
    expect([ran.exitCode, ran.json.error?.code]).toEqual([6, 'okta-client-incomplete'])
    const { details = [] } = ran.json.error ?? {}
    const problems = details.slice(0, details.indexOf(''))
    expect(problems).toHaveLength(problems.filter((problem) => line.test(problem)).length)
    expect(problems.join('\n')).toMatch(line)
    const status = await one.run(['status', '--distribution', one.distributionId])
    expect(status.exitCode).not.toBe(0)
    await one.entered()
    expect((await one.run(one.init)).exitCode).toBe(0)
  })

  test('the redirect URI of a second host', async () => {
    const host = 'second.example.com'
    const one = await beach(stage, 'private_key_jwt', { site: { aliases: [host] } })
    await one.run(one.init)
    await one.entered()
    const ran = await one.run([...one.init, '--host', host, '--json'])
    expect(ran.exitCode).toBe(6)
    const { details = [] } = ran.json.error ?? {}
    expect(details.slice(0, details.indexOf(''))).toEqual([
      `sign-in at https://${host}/_guard/callback: the client id or the redirect URI is not known (HTTP 400)`,
    ])
  })
})
