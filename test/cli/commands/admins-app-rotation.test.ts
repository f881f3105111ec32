import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  ADA,
  CANARY,
  clientKeys,
  landed,
  manifestOf,
  rotation,
  writtenBy,
  type Beach,
} from '../../helpers/admins-app.ts'
import { startStage, statusData, type Stage } from '../../helpers/install.ts'

let stage: Stage

beforeAll(async () => {
  stage = await startStage()
  stage.sandbox.okta.addUser({ ...ADA, groups: ['Reports'] })
})
afterAll(() => stage?.close())

const ROTATE = ['rotate-keys', '--yes', '--json']
const CLIENT = [...ROTATE, '--only', 'client']
const SECRET = [...CLIENT, '--client-secret-file', '-']
const NEXT = 'CANARY-n3xt_~.%42+&=/'

let edges = 0
/** At an edge that has read no key before. */
const signsIn = async (one: Beach): Promise<number> => (await one.signIn(`edge-${edges++}`)).status

const heldKids = (one: Beach): string[] => clientKeys(stage, one).map(({ kid }) => kid)

/** The admin adds, beside the keys that are there, what the error says. */
async function addKey(one: Beach, details: string[]): Promise<void> {
  const line = details.find((text) => text.startsWith('{')) ?? ''
  const app = await one.admin.call('GET', `/api/v1/apps/${one.app.id}`)
  const { settings } = app as { settings: { oauthClient: { jwks: { keys: object[] } } } }
  const { keys } = settings.oauthClient.jwks
  await one.admin.change(one.app.id, { jwks: { keys: [...keys, JSON.parse(line) as object] } })
}

async function removeKey(one: Beach, kid: string): Promise<void> {
  const app = await one.admin.call('GET', `/api/v1/apps/${one.app.id}`)
  const { settings } = app as { settings: { oauthClient: { jwks: { keys: { kid: string }[] } } } }
  const keys = settings.oauthClient.jwks.keys.filter((key) => key.kid !== kid)
  await one.admin.change(one.app.id, { jwks: { keys } })
}

test('without --only the client ring stays, and that is said', async () => {
  const one = await landed(stage)
  const before = heldKids(one)
  const ran = await one.run(ROTATE)
  expect(ran.exitCode, ran.stdout).toBe(0)
  expect(ran.stderr).toContain("its Okta app is your Okta admin's")
  expect(ran.stderr).toContain('rotate-keys --only client')
  expect(rotation(ran).rings.map(({ ring }) => ring)).toEqual(['session', 'seal'])
  expect(heldKids(one)).toEqual(before)
  expect(await signsIn(one)).toBe(200)
})

test('--only client beside another ring is refused, and each alone is not', async () => {
  const one = await landed(stage)
  stage.sandbox.operations.clearLog()
  const ran = await one.run([...CLIENT, '--only', 'seal'])
  expect([ran.exitCode, ran.json.error?.code, stage.mutating()]).toEqual([2, 'usage', []])
  expect(ran.json.error?.next[0]).toContain('--only client')
  const seal = await one.run([...ROTATE, '--only', 'seal', '--only', 'session'])
  expect(seal.exitCode, seal.stdout).toBe(0)
})

describe('rotate-keys --only client, with a key', () => {
  test('prints the key, waits for the admin, and goes on when it is entered', async () => {
    const one = await landed(stage)
    const [old = ''] = heldKids(one)
    const first = await one.run(CLIENT)
    expect([first.exitCode, first.json.error?.code]).toEqual([6, 'okta-client-incomplete'])
    expect(first.json.error?.hint).toContain('Sign-ins go on with the one before')
    expect(await signsIn(one)).toBe(200)
    const [, pending = ''] = heldKids(one)
    expect(first.json.error?.details.join('\n')).toContain(pending)

    const again = await one.run(CLIENT)
    expect(again.exitCode).toBe(6)
    expect(heldKids(one)).toEqual([old, pending])
    expect(again.json.error?.details).toEqual(first.json.error?.details)
    const status = await one.run(['status', '--json'])
    expect(statusData(status).parts.find(({ part }) => part === 'Client key')?.state).toBe(
      'pending',
    )
    const dry = await one.run(['apply', '--dry-run'])
    expect(dry.stdout, 'the sheet has both').toContain(pending)
    expect(dry.stdout).toContain(old)

    await addKey(one, first.json.error?.details ?? [])
    const last = await one.run(CLIENT)
    expect(last.exitCode, last.stdout).toBe(0)
    expect(heldKids(one)).toEqual([pending, old])
    expect(await signsIn(one)).toBe(200)
    const { later } = statusData(await one.run(['status', '--json']))
    expect(later.map(({ what }) => what).join('\n')).toContain(
      `client key ${old}, no longer in use; your Okta admin takes it out of ${one.app.clientId}`,
    )

    stage.sandbox.clock.advance(2 * 3600_000)
    const applied = await one.run(['apply', '--yes'])
    expect(applied.exitCode, applied.stderr).toBe(0)
    expect(heldKids(one)).toEqual([pending])
    await removeKey(one, old)
    expect(await signsIn(one)).toBe(200)
    stage.sandbox.operations.clearLog()
    expect((await one.run(['apply', '--yes'])).exitCode).toBe(0)
    expect(stage.mutating()).toEqual([])
  })

  test.each([2, 3, 4, 6])('killed after write %i, it converges', async (mutation) => {
    const one = await landed(stage)
    const [old = ''] = heldKids(one)
    const { operations } = stage.sandbox
    operations.arm({ at: { mutation }, kind: 'crash-after' })
    const killed = await one.run(CLIENT)
    expect(killed.exitCode).not.toBe(0)
    operations.revive()
    expect(await signsIn(one)).toBe(200)
    const stopped = await one.run(CLIENT)
    expect(stopped.exitCode).toBe(6)
    await addKey(one, stopped.json.error?.details ?? [])
    operations.arm({ at: { mutation }, kind: 'crash-after' })
    await one.run(CLIENT)
    operations.revive()
    expect(await signsIn(one)).toBe(200)
    const last = await one.run(CLIENT)
    if (mutation <= 4) expect(last.exitCode, last.stdout).toBe(0)
    else expect([0, 6]).toContain(last.exitCode)
    expect(await signsIn(one)).toBe(200)
    expect(heldKids(one)).toContain(old)
  })

  test('--compromised drops the old one when the new one is taken, and not before', async () => {
    const one = await landed(stage)
    const [old = ''] = heldKids(one)
    const first = await one.run([...CLIENT, '--compromised'])
    expect(first.exitCode, first.stdout).toBe(6)
    expect(await signsIn(one)).toBe(200)
    await addKey(one, first.json.error?.details ?? [])
    const last = await one.run([...CLIENT, '--compromised'])
    expect(last.exitCode, last.stdout).toBe(0)
    expect(heldKids(one)).not.toContain(old)
    await removeKey(one, old)
    expect(await signsIn(one)).toBe(200)
  })
})

describe('rotate-keys --only client, with a client secret', () => {
  test('takes the new one, and keeps the old one until every edge has read it', async () => {
    const one = await landed(stage, 'client_secret')
    one.setSecret(NEXT)
    const ran = await one.run(SECRET, { stdin: NEXT })
    expect(ran.exitCode, ran.stdout).toBe(0)
    expect(clientKeys(stage, one).map(({ key }) => key)).toEqual([NEXT, CANARY])
    expect(await signsIn(one)).toBe(200)
    const status = await one.run(['status', '--json'])
    const { later } = statusData(status)
    expect(later.map(({ what }) => what).join('\n')).toContain(
      `the former client secret, no longer in use; your Okta admin deactivates it in ${one.app.clientId}`,
    )
    for (const secret of [NEXT, CANARY]) expect(writtenBy(stage, ran, status)).not.toContain(secret)
    stage.sandbox.clock.advance(2 * 3600_000)
    expect((await one.run(['apply', '--yes'])).exitCode).toBe(0)
    expect(clientKeys(stage, one).map(({ key }) => key)).toEqual([NEXT])
    expect(await signsIn(one)).toBe(200)
  })

  test('B52 both are good at Okta meanwhile, and nobody notices when the old one goes', async () => {
    const one = await landed(stage, 'client_secret')
    const secrets = `/api/v1/apps/${one.app.id}/credentials/secrets`
    const warm = `edge-${edges++}`
    expect((await one.signIn(warm)).status).toBe(200)
    const [old] = (await one.admin.call('GET', secrets)) as unknown as { id: string }[]
    const { client_secret: next } = await one.admin.call('POST', secrets, {})
    const ran = await one.run(SECRET, { stdin: `${String(next)}\n` })
    expect(ran.exitCode, ran.stdout).toBe(0)
    expect((await one.signIn(warm)).status, 'still with the old one').toBe(200)
    expect(await signsIn(one), 'with the new one').toBe(200)
    await one.admin.call('POST', `${secrets}/${old?.id ?? ''}/lifecycle/deactivate`)
    // What was read just now is not read again.
    stage.sandbox.clock.advance(5000)
    expect((await one.signIn(warm)).status, 'reads again what it is to use').toBe(200)
    expect(await signsIn(one)).toBe(200)
  })

  test('one that Okta does not take is refused, and nothing is written', async () => {
    const one = await landed(stage, 'client_secret')
    stage.sandbox.operations.clearLog()
    const ran = await one.run(SECRET, { stdin: NEXT })
    expect([ran.exitCode, ran.json.error?.code]).toEqual([5, 'client-secret-refused'])
    expect(stage.mutating()).toEqual([])
    expect(writtenBy(stage, ran)).not.toContain(NEXT)
    expect(await signsIn(one)).toBe(200)
  })

  test('none given, and one given where none is rotated', async () => {
    const one = await landed(stage, 'client_secret')
    stage.sandbox.operations.clearLog()
    const without = await one.run(CLIENT)
    expect([without.exitCode, without.json.error?.code]).toEqual([2, 'client-secret-needed'])
    const seal = await one.run([...ROTATE, '--only', 'seal', '--client-secret-file', '-'])
    expect([seal.exitCode, seal.json.error?.code]).toEqual([2, 'usage'])
    const key = await landed(stage)
    stage.sandbox.operations.clearLog()
    const other = await key.run(SECRET)
    expect([other.exitCode, other.json.error?.code]).toEqual([2, 'usage'])
    expect(stage.mutating()).toEqual([])
  })

  test.each([3, 4, 6, 8])('killed after write %i, it converges', async (mutation) => {
    const one = await landed(stage, 'client_secret')
    const { operations } = stage.sandbox
    one.setSecret(NEXT)
    operations.arm({ at: { mutation }, kind: 'crash-after' })
    await one.run(SECRET, { stdin: NEXT })
    operations.revive()
    const last = await one.run(SECRET, { stdin: NEXT })
    expect(last.exitCode, last.stdout).toBe(0)
    expect(clientKeys(stage, one)[0]?.key).toBe(NEXT)
    expect(await signsIn(one)).toBe(200)
    const { rotation: open } = manifestOf(stage, one) as { rotation?: object }
    expect(open).toBeUndefined()
  })

  test('another one takes the place of one that waits and is not taken any more', async () => {
    const one = await landed(stage, 'client_secret')
    const { operations } = stage.sandbox
    one.setSecret('the-first-try')
    const states = (): string[] => {
      const { keys } = manifestOf(stage, one) as { keys: { client: { state: string }[] } }
      return keys.client.map(({ state }) => state)
    }
    const stop = operations.afterMutation(() => {
      if (states().includes('pending')) one.setSecret(NEXT)
    })
    const first = await one.run(SECRET, { stdin: 'the-first-try' })
    stop()
    expect([first.exitCode, first.json.error?.code]).toEqual([6, 'okta-client-incomplete'])
    expect(states()).toEqual(['current', 'pending'])
    const dry = await one.run([...SECRET, '--dry-run'], { stdin: NEXT })
    expect(rotation(dry).plan.steps.map(({ id }) => id)).toContain('keys.client.next')
    const last = await one.run(SECRET, { stdin: NEXT })
    expect(last.exitCode, last.stdout).toBe(0)
    expect(clientKeys(stage, one)[0]?.key).toBe(NEXT)
    expect(await signsIn(one)).toBe(200)
  })

  test('--compromised puts the new one in the place of the old one', async () => {
    const one = await landed(stage, 'client_secret')
    one.setSecret(NEXT)
    const ran = await one.run([...SECRET, '--compromised'], { stdin: NEXT })
    expect(ran.exitCode, ran.stdout).toBe(0)
    expect(clientKeys(stage, one).map(({ key }) => key)).toEqual([NEXT])
    expect(await signsIn(one)).toBe(200)
  })

  test('on an installed guard, init says how to put in another', async () => {
    const one = await landed(stage, 'client_secret')
    stage.sandbox.operations.clearLog()
    const ran = await one.run(one.init)
    expect([ran.exitCode, stage.mutating()]).toEqual([0, []])
    expect(ran.stderr).toContain('rotate-keys --only client --client-secret-file FILE')
  })
})

test('revoke --user and --all do without Okta, and say what they leave', async () => {
  const one = await landed(stage)
  for (const env of [undefined, stage.env]) {
    const user = await one.run(['revoke', '--user', ADA.login, '--yes'], env && { env })
    expect(user.exitCode, user.stderr).toBe(0)
    expect(user.stdout).toContain('Sessions at the edge    done')
  }
  const argv = ['revoke', '--all', '--confirm', one.distributionId, '--yes']
  const all = await one.run(argv)
  expect(all.exitCode, all.stderr).toBe(0)
  expect(all.stdout).toMatch(/Refresh tokens at Okta +not done/)
})

test.each([1, 3, 6])(
  'a teardown that died after write %i is taken over by init',
  async (mutation) => {
    const one = await landed(stage)
    const { operations } = stage.sandbox
    operations.arm({ at: { mutation }, kind: 'crash-after' })
    await one.run(['teardown', '--confirm', one.distributionId])
    operations.revive()
    const stopped = await one.run(one.init)
    if (stopped.exitCode !== 0) expect(stopped.exitCode, stopped.stderr).toBe(6)
    await one.entered()
    const last = await one.run(one.init)
    expect(last.exitCode, last.stderr).toBe(0)
    expect(await signsIn(one)).toBe(200)
  },
)
