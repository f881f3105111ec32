import { describe, expect, test } from 'vitest'
import { planInstall } from '../../../../src/plan/install.ts'
import { describeRing, factsOf } from '../../../../src/plan/keys/facts.ts'
import { nextRound, type Round } from '../../../../src/plan/keys/round.ts'
import { effectSteps } from '../../../../src/plan/keys/steps.ts'
import { keyTimes } from '../../../../src/plan/keys/times.ts'
import type { ClientKeyEntry, Manifest, PublicKeyEntry } from '../../../../src/plan/manifest.ts'
import { namesOf } from '../../../../src/plan/names.ts'
import type { Observed, OktaAppFields } from '../../../../src/plan/observed.ts'
import type { Cloud } from '../../../../src/provision/cloud.ts'
import { timeAfter } from '../../../../src/provision/steps/keys.ts'
import { applied, distributionIn, okta } from '../../../property/plan/model.ts'
import { emptyWorld, ID, INPUT, settingsOf } from '../world.ts'

const WANTED = settingsOf()
const NAMES = namesOf(ID)

function installed(): Observed {
  const start = emptyWorld()
  return applied(start, planInstall(WANTED, start, INPUT))
}

function manifestIn(world: Observed): Manifest {
  if (!world.manifest) throw new Error('nothing is installed')
  return world.manifest
}

function hold(world: Observed, name: string, kids: string[]): void {
  const found = world.parameters.find((one) => one.name === name)
  Object.assign(found ?? {}, { description: describeRing(kids) })
}

/** Made, in SSM and in the manifest, and used by nobody yet. */
function withPending(ring: 'session' | 'client', compromised: boolean): Observed {
  const world = installed()
  const manifest = manifestIn(world)
  const [current] = manifest.keys[ring] as PublicKeyEntry[]
  if (!current) throw new Error('no key')
  const half = { ...current.public, kid: 'next' }
  const next: PublicKeyEntry = { ...current, kid: 'next', state: 'pending', public: half }
  const entries: (PublicKeyEntry & ClientKeyEntry)[] = [current, next]
  manifest.keys[ring] = entries
  manifest.rotation = { [ring]: { since: INPUT.now, compromised } }
  hold(world, NAMES.keys[ring], [current.kid, 'next'])
  return world
}

describe('a session key is known at the edges', () => {
  const facts = (change: (world: Observed) => void) => {
    const world = installed()
    change(world)
    const { baked, deployed } = factsOf(world, ID).session
    return [baked.length, deployed]
  }

  test('when the version that knows it is deployed to every one of them', () => {
    expect(facts(() => undefined)).toEqual([1, true])
    expect(facts((world) => (distributionIn(world).status = 'InProgress'))).toEqual([1, false])
  })

  test('and not while a single behavior has another version, or none has ours', () => {
    const older = (world: Observed): void => {
      const [first] = distributionIn(world).behaviors
      Object.assign(first?.lambda[0] ?? {}, { arn: `${first?.lambda[0]?.arn ?? ''}0` })
    }
    expect(facts(older)).toEqual([0, true])
    const none = (world: Observed): void =>
      distributionIn(world).behaviors.forEach((behavior) => (behavior.lambda = []))
    expect(facts(none)).toEqual([0, true])
  })
})

describe('the Okta app accepts the key in use as long as an edge may use it', () => {
  test('beside the one that is added', () => {
    const world = withPending('client', false)
    const manifest = manifestIn(world)
    const kids = manifest.keys.client.map(({ kid }) => kid)
    const place = { settings: WANTED, manifest, times: keyTimes(12) }
    const [step] = effectSteps('client', [{ do: 'put-jwks', kids }], place)
    expect((step?.inputs['jwks'] as { kid: string }[]).map(({ kid }) => kid)).toEqual(kids)
  })

  test.each([false, true])('also where an apply comes in between, leaked: %s', (compromised) => {
    const world = withPending('client', compromised)
    const [current] = manifestIn(world).keys.client
    const made = planInstall(WANTED, world, INPUT)
    const step = made.steps.find(({ id }) => id === 'okta.app')
    const { jwks } = step?.inputs['fields'] as OktaAppFields
    expect(jwks.map(({ kid }) => kid)).toEqual([current?.kid, 'next'])
    expect(okta(applied(world, made)).app?.jwks).toHaveLength(2)
  })
})

describe('the version with a new session key', () => {
  const wanted = { rings: ['session' as const], compromised: false }
  const steps = (round: Round): string[] =>
    round.kind === 'act' ? round.plan.steps.map(({ kind }) => kind) : [round.kind]

  test('is attached in one round, and waited for without the lock', () => {
    const round = nextRound(withPending('session', false), wanted, INPUT, false)
    expect(steps(round)).toContain('cloudfront.associate')
    expect(steps(round)).not.toContain('cloudfront.wait')
  })

  test('is asked as a stranger when it is deployed, before anything relies on it', () => {
    const world = withPending('session', false)
    const first = nextRound(world, wanted, INPUT, false)
    if (first.kind !== 'act') throw new Error('nothing to do')
    const after = applied(world, first.plan)
    expect(manifestIn(after).state).toBe('installing')
    expect(nextRound(after, wanted, INPUT, false).kind).toBe('wait')
    distributionIn(after).status = 'Deployed'
    expect(steps(nextRound(after, wanted, INPUT, false))).toContain('web.probe')
  })
})

test('a key outlives the longest session, the stalest edge, the slowest one, and their clocks', () => {
  const { grace } = keyTimes(12)
  const least = 60 * 60 + 10 + 2 * 60 + 60
  expect(grace).toEqual({ session: least + 12 * 3600, seal: least + 12 * 3600, client: least })
})

test('what has just happened is never put down as earlier, though AWS leaves out the fraction', () => {
  const serverTime = (): Date => new Date('2026-03-01T12:00:00.000Z')
  expect(timeAfter({ aws: { serverTime } } as unknown as Cloud)).toBe('2026-03-01T12:00:01.000Z')
})
