import { describe, expect, test } from 'vitest'
import { MAX_SESSION_HOURS } from '../../../src/access/settings.ts'
import { subjectHash } from '../../../src/access/subject.ts'
import { checkPlan, checkRevocations, partsOf } from '../../../src/checks/index.ts'
import type { GuardError } from '../../../src/errors/guard-error.ts'
import { planInstall } from '../../../src/plan/install.ts'
import { namesOf } from '../../../src/plan/names.ts'
import type { Observed } from '../../../src/plan/observed.ts'
import { revocationState } from '../../../src/plan/resources/revocations.ts'
import { planTeardown } from '../../../src/plan/teardown.ts'
import {
  MOST_REVOKED,
  planRevocation,
  type Revoked,
  withRevocation,
} from '../../../src/plan/revocations.ts'
import type { Plan } from '../../../src/plan/types.ts'
import { encodeDocument } from '../../../src/provision/documents.ts'
import { applied, CONFIGS, dropParameter, lambdaOf, roleOf } from '../../property/plan/model.ts'
import { emptyWorld, ID, INPUT, settingsOf } from './world.ts'

const WANTED = settingsOf()
const NAMES = namesOf(ID)
const ADA = subjectHash('ada@example.com')
const BEN = subjectHash('ben@example.com')
const NOW = Date.parse(INPUT.now) / 1000
const HOUR = 3600

function ids(made: Plan): string[] {
  return made.steps.map(({ id }) => id)
}

/** Installed, and looked at as `revoke` does: without Okta. */
function installed(): Observed {
  const start = emptyWorld()
  const world = applied(start, planInstall(WANTED, start, INPUT))
  return { ...world, okta: { checked: false, reason: 'not asked' } }
}

/** Without clean-up, whose time comes too. */
function published(made: Plan): string[] {
  return made.steps
    .filter(({ kind }) => /^(lambda\.(code|version\.publish)|cloudfront)/.test(kind))
    .map(({ id }) => id)
}

function at(seconds: number) {
  return { ...INPUT, now: new Date((NOW + seconds) * 1000).toISOString() }
}

function revoked(world: Observed, who: Revoked, seconds = 0): Observed {
  return applied(world, planRevocation(world, who, at(seconds)).plan)
}

/** As a run leaves it that dies when it has come to the step. */
function killedAt(world: Observed, who: Revoked, id: string, seconds = 0): Observed {
  const { plan } = planRevocation(world, who, at(seconds))
  const index = ids(plan).indexOf(id)
  expect(index, `no step ${id} in ${ids(plan).join(', ')}`).toBeGreaterThan(0)
  return applied(world, { ...plan, steps: plan.steps.slice(0, index) })
}

/** What the attached version knows. */
function baked(world: Observed) {
  const arn = world.distribution?.behaviors[0]?.lambda[0]?.arn
  const version = lambdaOf(world).versions.find((one) => one.arn === arn)
  return CONFIGS.get(version?.codeSha256 ?? '')
}

describe('a revocation', () => {
  test('is written down first, then published, attached, waited for and asked about', () => {
    expect(ids(planRevocation(installed(), [ADA], INPUT).plan)).toEqual([
      'revocations',
      'lambda.function',
      'lambda.version',
      'manifest.function',
      'cloudfront.behaviors',
      'cloudfront.deployed',
      'web.probe',
      'version-arn',
      'manifest.installed',
    ])
  })

  test('changes nothing in the function but the list', () => {
    const before = installed()
    const after = revoked(before, [ADA])
    expect(baked(after)).toEqual({ ...baked(before), notBefore: { users: { [ADA]: NOW } } })
    expect(after.manifest?.keys).toEqual(before.manifest?.keys)
    expect(after.settings).toEqual(before.settings)
    expect(after.manifest?.access).toEqual(before.manifest?.access)
  })

  test('of everybody needs no names any more', () => {
    const world = revoked(revoked(installed(), [ADA]), 'everyone', 60)
    expect(baked(world)?.notBefore).toEqual({ everyone: NOW + 60 })
  })

  test('V07 counts part of a second as a whole one', () => {
    const later = { ...INPUT, now: '2026-03-01T12:00:00.001Z' }
    expect(planRevocation(installed(), [ADA], later).at).toBe(NOW + 1)
  })

  test('is done: looking again with its time finds nothing to do, however late', () => {
    const world = revoked(installed(), [ADA])
    expect(planRevocation(world, [ADA], at(5), NOW).plan.steps).toEqual([])
    expect(published(planRevocation(world, [ADA], at(90 * HOUR), NOW).plan)).toEqual([])
  })

  test('a second one is a new one, with a new time', () => {
    const world = revoked(installed(), [ADA])
    const again = planRevocation(world, [ADA], at(30))
    expect(again).toMatchObject({ at: NOW + 30, continued: false, former: NOW })
    expect(again.plan.steps[0]).toMatchObject({ id: 'revocations', action: 'update' })
  })

  test('a second one within the second is the next second’s', () => {
    const world = revoked(installed(), [ADA])
    expect(planRevocation(world, [ADA], INPUT)).toMatchObject({ at: NOW + 1, continued: false })
  })

  test('leaves alone the settings of a file that is not applied, and the build is the installed one', () => {
    const before = installed()
    const file = settingsOf({ access: { public: ['/open/*'], rules: [] } })
    const after = revoked(before, [ADA])
    expect(baked(after)?.access.public).toEqual([])
    expect(planInstall(file, after, INPUT).steps.some(({ id }) => id === 'settings')).toBe(true)
  })
})

describe('what is on record stays in the function with every other change', () => {
  test('an apply carries it over, and needs nothing where nothing has changed', () => {
    const world = revoked(installed(), [ADA])
    expect(planInstall(WANTED, world, INPUT).steps).toEqual([])
    const other = settingsOf({ session: { tokenMinutes: 10, maxHours: 12, graceMinutes: 0 } })
    const after = applied(world, planInstall(other, world, INPUT))
    expect(baked(after)?.notBefore).toEqual({ users: { [ADA]: NOW } })
    expect(planInstall(other, after, INPUT).steps).toEqual([])
  })

  test('V05 nothing is published because entries have expired', () => {
    const world = revoked(installed(), [ADA])
    expect(published(planInstall(WANTED, world, at(1000 * HOUR)))).toEqual([])
    expect(checkRevocations(world, ID)).toEqual([])
  })
})

/** Of `session.maxHours`, which somebody may raise. */
const LONGEST = MAX_SESSION_HOURS * HOUR

describe('V05 an entry goes with the next write when no session can be as old, and not before', () => {
  const list = withRevocation(undefined, [ADA], NOW, WANTED)

  test.each([
    ['the longest session that is installed', 13 * HOUR + 61, true],
    ['the longest that may be', LONGEST, true],
    ['the skew that the edge allows', LONGEST + 60, true],
    ['a margin', LONGEST + HOUR, true],
    ['all of them', LONGEST + HOUR + 61, false],
  ])('after %s', (_name, seconds, kept) => {
    const { users = {} } = withRevocation(list, [BEN], NOW + seconds, WANTED)
    expect(Object.keys(users).includes(ADA)).toBe(kept)
    expect(users[BEN]).toBe(NOW + seconds)
  })

  test('the time for everybody goes as well', () => {
    const all = withRevocation(undefined, 'everyone', NOW, WANTED)
    expect(withRevocation(all, [BEN], NOW + 2 * LONGEST, WANTED)).toEqual({
      version: 1,
      users: { [BEN]: NOW + 2 * LONGEST },
    })
  })

  test('no session comes back where a longer one is installed later', () => {
    const all = withRevocation(undefined, 'everyone', NOW, WANTED)
    const later = withRevocation(all, [BEN], NOW + 100 * HOUR, WANTED)
    expect(later).toMatchObject({ everyone: NOW })
    const longer = settingsOf({ session: { tokenMinutes: 15, maxHours: 168, graceMinutes: 0 } })
    expect(withRevocation(later, [BEN], NOW + 101 * HOUR, longer)).toMatchObject({ everyone: NOW })
  })

  test('a time on record never goes back', () => {
    expect(withRevocation(list, [ADA], NOW - 10, WANTED).users).toEqual({ [ADA]: NOW })
  })
})

describe('a full list', () => {
  const names = (count: number): string[] =>
    Array.from({ length: count }, (_, n) => subjectHash(`person-${n}@example.com`))

  test('is refused before anything is planned, and names --all', () => {
    const list = withRevocation(undefined, names(MOST_REVOKED), NOW, WANTED)
    const world = { ...installed(), revocations: list }
    const refusal = (): GuardError => {
      try {
        planRevocation(world, [ADA], at(1))
      } catch (error) {
        return error as GuardError
      }
      throw new Error('it was not refused')
    }
    expect(refusal().code).toBe('revocations-full')
    expect(refusal().next.join()).toContain('revoke --all')
    expect(planRevocation(world, 'everyone', at(1)).plan.steps[0]?.inputs['value']).toEqual({
      version: 1,
      everyone: NOW + 1,
    })
  })

  test('makes room by what concerns no session that is installed', () => {
    const list = withRevocation(undefined, names(MOST_REVOKED), NOW, WANTED)
    expect(withRevocation(list, [ADA], NOW + 20 * HOUR, WANTED).users).toEqual({
      [ADA]: NOW + 20 * HOUR,
    })
  })

  test('fits into SSM many times over', () => {
    const list = withRevocation(undefined, names(MOST_REVOKED), NOW, WANTED)
    const { chunks } = encodeDocument(NAMES.revocations, list)
    expect(Object.keys(chunks).length).toBeLessThan(10)
  })
})

describe('a run that was killed', () => {
  const PLACES = ['lambda.function', 'lambda.version', 'manifest.function', 'cloudfront.behaviors']
  const LATE = ['cloudfront.deployed', 'web.probe', 'version-arn', 'manifest.installed']

  test.each([...PLACES, ...LATE])('before %s is continued, with its time', (place) => {
    const world = killedAt(installed(), [ADA], place)
    expect(revocationState(world)).toBe('pending')
    const again = planRevocation(world, [ADA], at(600))
    expect(again).toMatchObject({ at: NOW, continued: true })
    const after = applied(world, again.plan)
    expect(revocationState(after)).toBe('in-force')
    expect(baked(after)?.notBefore).toEqual({ users: { [ADA]: NOW } })
    expect(planRevocation(after, [ADA], at(900), NOW).plan.steps).toEqual([])
  })

  test.each([...PLACES, ...LATE])('before %s is brought in by the next apply', (place) => {
    const world = killedAt(installed(), [ADA], place)
    const after = applied(world, planInstall(WANTED, world, at(600)))
    expect(revocationState(after)).toBe('in-force')
    expect(baked(after)?.notBefore).toEqual({ users: { [ADA]: NOW } })
    expect(planInstall(WANTED, after, at(600)).steps).toEqual([])
  })

  test('too long ago is a new revocation: who signed in since is meant too', () => {
    const world = killedAt(installed(), [ADA], 'lambda.function')
    expect(planRevocation(world, [ADA], at(2 * HOUR))).toMatchObject({
      at: NOW + 2 * HOUR,
      continued: false,
    })
  })

  test('is brought in by the revocation of somebody else, who gets a time of their own', () => {
    const world = killedAt(installed(), [ADA], 'lambda.function')
    const after = revoked(world, [BEN], 60)
    expect(baked(after)?.notBefore).toEqual({ users: { [ADA]: NOW, [BEN]: NOW + 60 } })
  })

  test('of everybody is not what somebody who is named later is revoked by', () => {
    const world = killedAt(installed(), 'everyone', 'lambda.function')
    expect(planRevocation(world, [ADA], at(600))).toMatchObject({
      at: NOW + 600,
      continued: false,
    })
    const after = revoked(world, [ADA], 600)
    expect(baked(after)?.notBefore).toEqual({ everyone: NOW, users: { [ADA]: NOW + 600 } })
  })

  test('is not taken for an older revocation of somebody else that is in force', () => {
    const world = killedAt(revoked(installed(), [ADA]), [BEN], 'lambda.function', 60)
    expect(planRevocation(world, [ADA], at(90))).toMatchObject({ at: NOW + 90, continued: false })
  })

  test('shows in status as what it is, and as nothing else', () => {
    const world = killedAt(installed(), [ADA], 'lambda.function')
    const plan = planInstall(WANTED, world, INPUT)
    expect(checkPlan(plan, world)).toEqual([])
    const [finding, ...more] = checkRevocations(world, ID)
    expect(more).toEqual([])
    expect(finding).toMatchObject({ code: 'revocation-pending', severity: 'broken' })
    expect(finding?.next).toContain('revoke')
    const parts = partsOf(WANTED, world, plan, INPUT.now)
    expect(parts.find(({ part }) => part === 'Revoked sessions')?.state).toBe('pending')
    expect(parts.find(({ part }) => part === 'Edge function')?.state).toBe('pending')
  })

  test('after a killed apply the revocation of before is still in force', () => {
    const world = revoked(installed(), [ADA])
    const other = settingsOf({ session: { tokenMinutes: 10, maxHours: 12, graceMinutes: 0 } })
    const plan = planInstall(other, world, INPUT)
    const steps = plan.steps.slice(0, ids(plan).indexOf('cloudfront.deployed'))
    expect(checkRevocations(applied(world, { ...plan, steps }), ID)).toEqual([])
  })
})

describe('a record that others have deleted', () => {
  const world = revoked(installed(), [ADA])
  dropParameter(world, NAMES.revocations)

  test('is a finding', () => {
    expect(checkRevocations(world, ID)).toMatchObject([
      { code: 'revocations-lost', severity: 'broken' },
    ])
  })

  test('lets nobody back in: everybody who signed in until then signs in again', () => {
    const after = applied(world, planInstall(WANTED, world, at(60)))
    expect(baked(after)?.notBefore).toEqual({ everyone: NOW })
    expect(planInstall(WANTED, after, at(60)).steps).toEqual([])
    expect(checkRevocations(after, ID)).toEqual([])
  })

  test('does not keep the next revocation from being one of its own', () => {
    const after = revoked(world, [BEN], 60)
    expect(baked(after)?.notBefore).toEqual({ everyone: NOW, users: { [BEN]: NOW + 60 } })
  })
})

describe('what is not its business', () => {
  test('a role that has drifted is left to apply, and named', () => {
    const world = installed()
    roleOf(world).inlinePolicies = {}
    const { plan, left } = planRevocation(world, [ADA], INPUT)
    expect(left.map(({ id }) => id)).toEqual(['iam.policy'])
    const after = applied(world, plan)
    expect(planRevocation(after, [ADA], at(1), NOW).plan.steps).toEqual([])
  })

  test.each([
    ['a key', (world: Observed) => dropParameter(world, NAMES.keys.client)],
    ['the function', (world: Observed) => (world.lambda = undefined)],
  ])('without %s it refuses and names apply', (_name, lose) => {
    const world = installed()
    lose(world)
    expect(() => planRevocation(world, [ADA], INPUT)).toThrow(/is missing/)
  })

  test('an install that has not finished, or is being torn down', () => {
    const world = installed()
    expect(() => planRevocation({ ...world, settings: undefined }, [ADA], INPUT)).toThrow(
      /did not finish/,
    )
    const [mark] = planTeardown(ID, world, INPUT).steps
    const going = applied(world, { steps: mark ? [mark] : [], later: [], findings: [] })
    expect(() => planRevocation(going, [ADA], INPUT)).toThrow(/teardown/)
  })
})
