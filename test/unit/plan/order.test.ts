import { describe, expect, test } from 'vitest'
import { describeRing } from '../../../src/plan/keys/facts.ts'
import { planInstall } from '../../../src/plan/install.ts'
import type { Manifest } from '../../../src/plan/manifest.ts'
import { functionArn, namesOf } from '../../../src/plan/names.ts'
import type { Observed } from '../../../src/plan/observed.ts'
import type { ProbeTarget } from '../../../src/plan/resources/attachment.ts'
import { planTeardown } from '../../../src/plan/teardown.ts'
import type { Plan } from '../../../src/plan/types.ts'
import { appOf, applied, distributionIn, lambdaOf, okta } from '../../property/plan/model.ts'
import { ACCOUNT, emptyWorld, ID, INPUT, OTHERS, READERS, settingsOf } from './world.ts'

const WANTED = settingsOf()
const NAMES = namesOf(ID)
const HOUR = 3_600_000

function at(hours: number): string {
  return new Date(Date.parse(INPUT.now) + hours * HOUR).toISOString()
}

function plan(world: Observed, wanted = WANTED, now = INPUT.now): Plan {
  return planInstall(wanted, world, { ...INPUT, now })
}

function installed(): Observed {
  const start = emptyWorld()
  return applied(start, plan(start))
}

function ids({ steps }: Plan): string[] {
  return steps.map(({ id }) => id)
}

function manifestIn(world: Observed): Manifest {
  if (!world.manifest) throw new Error('nothing is installed')
  return world.manifest
}

/** Each of them is there, in this order. */
function expectOrder(made: Plan, order: string[]): void {
  expect(ids(made).filter((id) => order.includes(id))).toEqual(order)
}

/** As a rotation leaves it: a former key that edges check with until its time. */
function withFormerKey(retireAfter: string): Observed {
  const world = installed()
  const { session } = manifestIn(world).keys
  const [current] = session
  if (!current) throw new Error('no key')
  const former = { ...current, kid: 'former', public: { ...current.public, kid: 'former' } }
  session.unshift({ ...former, state: 'previous', retireAfter })
  const held = world.parameters.find(({ name }) => name === NAMES.keys.session)
  Object.assign(held ?? {}, { description: describeRing([current.kid, 'former']) })
  return applied(world, plan(world))
}

describe('what is due', () => {
  test('a former session key leaves SSM when no edge checks with it any more', () => {
    const world = withFormerKey(at(3))
    expect(manifestIn(world).function?.sessionKids).toHaveLength(2)
    expect(plan(world, WANTED, at(2)).steps).toEqual([])
    const made = plan(world, WANTED, at(4))
    expectOrder(made, [
      ...['lambda.version', 'cloudfront.behaviors', 'cloudfront.deployed', 'web.probe'],
      ...['keys.session.order', 'manifest.installed'],
    ])
    expect(manifestIn(world).keys.session).toHaveLength(2)
    expect(made.steps.at(-1)?.inputs['value']).toMatchObject({
      keys: { session: [{ state: 'current' }] },
    })
  })

  test('a former version goes after the one that takes its place', () => {
    const world = installed()
    const former = manifestIn(world).function?.versionArn ?? ''
    const other = settingsOf({ session: { ...WANTED.session, tokenMinutes: 10 } })
    const next = applied(world, plan(world, other))
    expect(manifestIn(next).retired).toEqual([{ arn: former, since: INPUT.now }])
    expect(plan(next, other, at(5)).steps).toEqual([])
    const number = former.split(':').at(-1) ?? ''
    const made = plan(next, WANTED, at(7))
    expectOrder(made, [
      ...['lambda.function', 'cloudfront.deployed', 'web.probe', `lambda.version.${number}`],
      'manifest.installed',
    ])
  })

  test('a version that is in use again is neither deleted nor remembered as a former one', () => {
    const world = installed()
    const { retired, function: used } = manifestIn(world)
    const arn = used?.versionArn ?? ''
    retired.push({ arn, since: INPUT.now })
    const made = plan(world, WANTED, at(100))
    expect(made.steps.filter(({ kind }) => kind === 'lambda.version.delete')).toEqual([])
    expect(manifestIn(applied(world, made)).retired).toEqual([])
  })
})

test('a teardown that is taken over is marked as an install before anything is made', () => {
  const world = installed()
  const { steps } = planTeardown(ID, world, INPUT)
  for (let cut = 1; cut < steps.length; cut++) {
    const left = applied(world, { steps: steps.slice(0, cut), later: [], findings: [] })
    const [first] = plan(left).steps
    expect(first).toMatchObject({ id: 'manifest', inputs: { value: { state: 'installing' } } })
  }
})

test('every host is asked at every behavior', () => {
  const start = emptyWorld()
  const hosts = ['reports.example.com', 'd111111abcdef8.cloudfront.net']
  const probe = plan(start, settingsOf({ hosts })).steps.find(({ kind }) => kind === 'web.probe')
  const probes = probe?.inputs['probes'] as ProbeTarget[]
  expect(probes.map(({ origin, pattern }) => `${origin} ${pattern}`)).toEqual(
    hosts.flatMap((host) => [`https://${host} /assets/*`, `https://${host} default`]),
  )
})

describe('what others have changed', () => {
  const ours = functionArn(ACCOUNT, ID)

  test.each([
    ['an association that hands over bodies', { includeBody: true }],
    ['an association at the answer', { eventType: 'viewer-response' }],
    ['another version', { arn: `${ours}:99` }],
  ])('%s is put right', (_what, change) => {
    const world = installed()
    const [first] = distributionIn(world).behaviors
    Object.assign(first?.lambda[0] ?? {}, change)
    const after = applied(world, plan(world))
    const wanted = { arn: manifestIn(after).function?.versionArn, eventType: 'viewer-request' }
    expect(distributionIn(after).behaviors[0]?.lambda).toEqual([{ ...wanted, includeBody: false }])
  })

  test('who may not sign in is taken off the app, and who may is put on it', () => {
    const world = installed()
    okta(world).assigned = [OTHERS]
    const after = applied(world, plan(world))
    expect(okta(after).assigned.map(({ name }) => name)).toEqual([READERS.name])
  })

  test('an app that was switched off is switched on', () => {
    const world = installed()
    appOf(world).status = 'INACTIVE'
    const step = plan(world).steps.find(({ id }) => id === 'okta.app')
    expect(step).toMatchObject({ kind: 'okta.app.update', inputs: { activate: true } })
  })

  test('code is never published: ours comes first, also where something else is to be', () => {
    const world = installed()
    lambdaOf(world).codeSha256 = 'theirs'
    for (const runtime of ['nodejs22.x', 'nodejs24.x'] as const) {
      const made = plan(world, settingsOf({ function: { runtime, logLevel: 'info' } }))
      expectOrder(made, ['lambda.function', 'lambda.version'])
      const after = applied(world, made)
      expect(lambdaOf(after).versions.map(({ codeSha256 }) => codeSha256)).not.toContain('theirs')
    }
  })
})
