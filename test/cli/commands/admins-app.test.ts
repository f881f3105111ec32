import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { DoctorData } from '../../../src/ui/schemas/data.ts'
import { ADA, beach, CANARY, landed, writtenBy, type Variant } from '../../helpers/admins-app.ts'
import { askAsStranger } from '../../faults/world.ts'
import { editFile, installData, startStage, statusData, type Stage } from '../../helpers/install.ts'

let stage: Stage

beforeAll(async () => {
  stage = await startStage()
  stage.sandbox.okta.addUser({ ...ADA, groups: ['Reports'] })
})
afterAll(() => stage?.close())

const VARIANTS: Variant[] = ['private_key_jwt', 'client_secret']

describe.each(VARIANTS)('an Okta app that is its admin’s, with %s', (variant) => {
  test('prints what to enter, stops with exit 6, and installs once it is entered', async () => {
    const one = await beach(stage, variant)
    const { sandbox } = stage
    sandbox.operations.clearLog()
    const dry = await one.run([...one.init, '--dry-run'])
    expect([dry.exitCode, stage.mutating()], dry.stderr).toEqual([0, []])
    expect(dry.stdout).toContain('What your Okta admin enters')
    expect(dry.stdout).toContain(`Client ID: ${one.app.clientId}`)
    expect(dry.stdout).toContain(`Sign-in redirect URIs: ${one.url}/_guard/callback`)

    const next = dry.stdout.slice(dry.stdout.indexOf('Next:'))
    expect(next).toContain(`--client-id ${one.app.clientId}`)
    expect(next).not.toContain('--dry-run')

    const first = await one.run(one.init)
    expect(first.exitCode).toBe(6)
    expect(await askAsStranger(one)).toBe('open')
    expect(first.stderr).toContain(`sign-in at ${one.url}/_guard/callback: the client id or`)
    expect(first.stderr).toContain('hint: When your Okta admin has done so')
    expect(first.stderr.includes('Public key (JWK): {')).toBe(variant === 'private_key_jwt')
    expect(sandbox.aws.functions().map(({ name }) => name)).not.toContain(
      `s3-okta-guard-${one.distributionId}`,
    )

    const sheet = await one.sheet()
    for (const { values } of sheet.entries) {
      for (const value of values) expect(first.stderr).toContain(value)
    }
    expect(sheet.jwks).toHaveLength(variant === 'private_key_jwt' ? 1 : 0)
    for (const { kid, n } of sheet.jwks) {
      expect(first.stderr).toContain(kid)
      expect(first.stderr).toContain(n)
    }

    await one.entered()
    const second = await one.run(one.init)
    expect(second.exitCode, second.stderr).toBe(0)
    expect(await askAsStranger(one)).toBe('guarded')
    const file = JSON.parse(
      await readFile(path.join(one.cwd, 's3-okta-guard.json'), 'utf8'),
    ) as object
    expect(file).toMatchObject({ okta: { client: { id: one.app.clientId } } })

    for (const argv of [one.init, ['apply', '--yes']]) {
      sandbox.operations.clearLog()
      const again = await one.run(argv)
      expect([again.exitCode, stage.mutating()], again.stderr).toEqual([0, []])
      expect(again.stdout).toContain('Nothing to change')
    }
  })

  test('people sign in, stay signed in and sign out', async () => {
    const one = await landed(stage, variant)
    const { agent, status } = await one.signIn()
    expect(status).toBe(200)
    stage.sandbox.clock.advance(16 * 60_000)
    const again = await agent.open(one.url)
    expect(again.status).toBe(200)
    expect(again.history.some((url) => url.includes('/_guard/refresh'))).toBe(true)
    expect(again.history.some((url) => url.includes('/authorize'))).toBe(false)
    const headers = { 'sec-fetch-site': 'same-origin' }
    const out = await agent.open(`${one.url}/_guard/logout`, { headers })
    expect(out.url).toBe(`${one.url}/_guard/signed-out`)
    expect((await agent.open(one.url)).text).toContain('type="password"')
  })

  test('status and doctor say what they know of it, without credentials of Okta', async () => {
    const one = await landed(stage, variant)
    const status = await one.run(['status', '--json'])
    expect(status.exitCode, status.stdout).toBe(0)
    const { parts, findings } = statusData(status)
    expect(parts.find(({ part }) => part === 'Okta app')).toEqual({
      part: 'Okta app',
      state: 'ok',
      detail: `${one.app.clientId}, your Okta admin's: takes sign-ins`,
    })
    expect(findings.map(({ code, severity }) => `${severity} ${code}`)).toEqual([
      'info okta-not-checked',
    ])
    const word = variant === 'client_secret' ? 'the secret was tried' : 'the key was tried'
    expect(findings[0]?.message).toContain(word)
    const doctor = await one.run(['doctor', '--json'])
    const { checks, findings: found } = doctor.json.data as DoctorData
    // Other tests have put the sandbox's clock forward.
    expect(found.filter(({ severity, code }) => severity === 'broken' && code !== 'clock')).toEqual(
      [],
    )
    expect(checks.find(({ check }) => check === 'Okta credentials')).toMatchObject({
      state: 'ok',
      detail: `none needed: ${one.app.clientId} is your Okta admin's`,
    })
  })

  test('a redirect URI that is taken out later is a finding, and status exits with 3', async () => {
    const one = await landed(stage, variant)
    await one.admin.change(one.app.id, { redirect_uris: ['https://example.com/callback'] })
    const status = await one.run(['status', '--json'])
    expect(status.exitCode).toBe(3)
    const { findings, parts } = statusData(status)
    expect(findings.find(({ code }) => code === 'okta-client')).toMatchObject({
      severity: 'broken',
      subject: `${one.url}/_guard/callback`,
    })
    expect(parts.find(({ part }) => part === 'Okta app')?.state).toBe('drift')
    const doctor = await one.run(['doctor'])
    expect([doctor.exitCode, doctor.stdout]).toEqual([3, expect.stringContaining('okta-client ')])
    await one.entered()
    expect((await one.run(['status'])).exitCode).toBe(0)
  })

  test('an app that does without PKCE is worth knowing, and no more', async () => {
    const one = await landed(stage, variant)
    const app = stage.sandbox.okta.store.apps.get(one.app.id)!
    Object.assign(app.credentials.oauthClient, { pkce_required: false })
    const status = await one.run(['status', '--json'])
    expect(status.exitCode, status.stdout).toBe(0)
    expect(
      statusData(status).findings.find(({ code }) => code === 'okta-client-pkce'),
    ).toMatchObject({ severity: 'info' })
  })

  test('other hosts are asked for before anything is changed', async () => {
    const host = `${variant.slice(0, 6)}.example.com`.replace('_', '-')
    const one = await landed(stage, variant, { site: { aliases: [host] } })
    await editFile(one.cwd, (file) => ({ ...file, hosts: [...file.hosts, host] }))
    stage.sandbox.operations.clearLog()
    const early = await one.run(['apply', '--yes', '--json'])
    expect(early.exitCode).toBe(6)
    expect(early.json.error?.code).toBe('okta-client-incomplete')
    const uri = `https://${host}/_guard/callback`
    expect(early.json.error?.details.join('\n')).toContain(`sign-in at ${uri}:`)
    expect(early.json.error?.details.join('\n')).not.toContain(`sign-in at ${one.url}/`)
    expect(stage.mutating().filter((call) => !call.includes('/lock/'))).toEqual([])
    expect((await one.signIn()).status).toBe(200)

    const dry = installData(await one.run(['apply', '--dry-run', '--json']))
    await one.admin.enter(one.app.id, dry.oktaAdmin as Parameters<typeof one.admin.enter>[1])
    const late = await one.run(['apply', '--yes'])
    expect(late.exitCode, late.stderr).toBe(0)
    expect((await one.signIn()).status).toBe(200)
  })

  test('teardown leaves the app as it is, and says what its admin may take out', async () => {
    const one = await landed(stage, variant)
    const before = structuredClone(stage.sandbox.okta.store.apps.get(one.app.id))
    stage.sandbox.operations.clearLog()
    const torn = await one.run(['teardown', '--confirm', one.distributionId])
    expect(torn.exitCode, torn.stderr).toBe(0)
    expect(torn.stdout).toContain(`The Okta app ${one.app.clientId} is your Okta admin's`)
    expect(torn.stdout).toMatch(
      variant === 'client_secret' ? /the guard's client secret/ : /the guard's public keys/,
    )
    expect(stage.sandbox.okta.store.apps.get(one.app.id)).toEqual(before)
    const { log } = stage.sandbox.operations
    expect(log.filter(({ service }) => service === 'okta')).toEqual([])
    expect(await askAsStranger(one)).toBe('open')
  })
})

test('the client secret is nowhere but in its SecureString', async () => {
  const one = await beach(stage, 'client_secret')
  const runs = [
    await one.run([...one.init, '--debug']),
    await one.run([...one.init, '--dry-run', '--json', '--debug']),
  ]
  await one.entered()
  const file = path.join(one.cwd, 'secret')
  await writeFile(file, `${CANARY}\n`)
  const byFile = one.init.map((word) => (word === '-' ? file : word))
  runs.push(await one.run([...byFile, '--debug']))
  expect(runs.map(({ exitCode }) => exitCode)).toEqual([6, 0, 0])
  await one.signIn()
  runs.push(await one.run(['status', '--debug']))
  runs.push(await one.run(['doctor', '--debug']))
  const text = writtenBy(stage, ...runs)
  for (const form of [CANARY, encodeURIComponent(CANARY), Buffer.from(CANARY).toString('base64')]) {
    expect(text).not.toContain(form)
  }
  const name = `/s3-okta-guard/${one.distributionId}/keys/client`
  const ring = stage.sandbox.aws.parameters().find((parameter) => parameter.name === name)
  expect([ring?.type, ring?.value.includes(CANARY)]).toEqual(['SecureString', true])
})
