import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Settings } from '../../../src/access/settings.ts'
import { canonicalJson } from '../../../src/access/canonical-json.ts'
import { planInstall } from '../../../src/plan/install.ts'
import { namesOf } from '../../../src/plan/names.ts'
import type { Observed } from '../../../src/plan/observed.ts'
import { planTeardown } from '../../../src/plan/teardown.ts'
import {
  behaviorOf,
  emptyWorld,
  ID,
  INPUT,
  metadataOf,
  OTHERS,
  READERS,
  settingsOf,
} from '../../unit/plan/world.ts'
import {
  appOf,
  applied,
  CONFIGS,
  distributionIn,
  dropParameter,
  lambdaOf,
  okta,
  roleOf,
} from './model.ts'

const NAMES = namesOf(ID)
const ORIGIN_RESPONSE = {
  arn: 'arn:aws:lambda:us-east-1:999999999999:function:headers:3',
  eventType: 'origin-response',
  includeBody: false,
}

/** What other hands, a killed run or time may do to an installed guard. */
const HARMS: Record<string, (world: Observed) => void> = {
  'the role is gone': (world) => (world.role = undefined),
  'the trust is changed': (world) => world.role && (roleOf(world).trust = { Statement: [] }),
  'the policy is gone': (world) => world.role && (roleOf(world).inlinePolicies = {}),
  'the function is gone': (world) => (world.lambda = undefined),
  'the code is changed': (world) => world.lambda && (lambdaOf(world).codeSha256 = 'other'),
  'the runtime is changed': (world) => world.lambda && (lambdaOf(world).runtime = 'nodejs20.x'),
  'the versions are gone': (world) => world.lambda && (lambdaOf(world).versions = []),
  'the app is gone': (world) => Object.assign(okta(world), { app: undefined, assigned: [] }),
  'the app is renamed': (world) => okta(world).app && (appOf(world).label = 'Renamed'),
  'the app is switched off': (world) => okta(world).app && (appOf(world).status = 'INACTIVE'),
  'the app has no keys': (world) => okta(world).app && (appOf(world).jwks = []),
  'another group is assigned': (world) => okta(world).app && okta(world).assigned.push(OTHERS),
  'no group is assigned': (world) => (okta(world).assigned = []),
  'Okta has new keys': (world) => (okta(world).metadata = metadataOf('okta-2')),
  'the guard is detached': (world) =>
    distributionIn(world).behaviors.forEach((behavior) => (behavior.lambda = [])),
  'an older version is attached': (world) =>
    distributionIn(world).behaviors.forEach((behavior) => {
      behavior.lambda = behavior.lambda.map((one) => ({ ...one, arn: `${one.arn}0` }))
    }),
  'a behavior is added': (world) => distributionIn(world).behaviors.unshift(behaviorOf('/new/*')),
  'a behavior is removed': (world) => distributionIn(world).behaviors.splice(0, 1),
  'it is being deployed': (world) => (distributionIn(world).status = 'InProgress'),
  'a run died while installing': (world) => world.manifest && (world.manifest.state = 'installing'),
  'a teardown was begun': (world) => world.manifest && (world.manifest.state = 'tearing-down'),
  ...Object.fromEntries(
    [
      NAMES.manifest,
      NAMES.settings,
      NAMES.before,
      NAMES.versionArn,
      ...Object.values(NAMES.keys),
    ].map((name) => [
      `${name} is gone`,
      (world: Observed): void => {
        dropParameter(world, name)
      },
    ]),
  ),
}

const harms = fc.subarray(Object.keys(HARMS), { maxLength: 5 })
const settings = fc.constantFrom<Settings>(
  settingsOf(),
  settingsOf({ session: { tokenMinutes: 5, maxHours: 8, graceMinutes: 30 } }),
  settingsOf({ hosts: ['reports.example.com', 'd111111abcdef8.cloudfront.net'] }),
  settingsOf({ behaviors: ['default'] }),
  settingsOf({
    access: { public: ['/robots.txt'], rules: [{ paths: ['/*'], allow: 'everyone' }] },
  }),
  settingsOf({ function: { runtime: 'nodejs24.x', logLevel: 'off' } }),
)

/** Where a plan starts: nothing, a run killed after some steps, or an install that somebody has harmed. */
const worlds = fc
  .record({ wanted: settings, first: settings, harms, cut: fc.option(fc.nat(30)) })
  .map(({ wanted, first, harms: done, cut }) => {
    const start = emptyWorld()
    const plan = planInstall(first, start, INPUT)
    const steps = cut === null ? plan.steps : plan.steps.slice(0, cut)
    const world = applied(start, { ...plan, steps })
    for (const harm of done) HARMS[harm]?.(world)
    okta(world).wanted = [READERS]
    return { wanted, world }
  })

test('a plan that was carried out leaves nothing to do, wherever it started', () => {
  fc.assert(
    fc.property(worlds, ({ wanted, world }) => {
      const after = applied(world, planInstall(wanted, world, INPUT))
      expect(planInstall(wanted, after, INPUT).steps).toEqual([])
      expect(after.manifest?.state).toBe('installed')
    }),
    { numRuns: 400 },
  )
})

test('a plan that was cut short anywhere and planned again ends in the same', () => {
  fc.assert(
    fc.property(worlds, fc.nat(30), ({ wanted, world }, cut) => {
      const plan = planInstall(wanted, world, INPUT)
      const killed = applied(world, { ...plan, steps: plan.steps.slice(0, cut) })
      const after = applied(killed, planInstall(wanted, killed, INPUT))
      expect(planInstall(wanted, after, INPUT).steps).toEqual([])
      const installed = after.manifest?.function?.versionArn
      const version = lambdaOf(after).versions.find(({ arn }) => arn === installed)
      expect(version?.runtime).toBe(wanted.function.runtime)
    }),
    { numRuns: 400 },
  )
})

test('an access revision stands for one content at the edges, and never goes down', () => {
  const runs = fc.array(fc.record({ wanted: settings, cut: fc.option(fc.nat(12)) }), {
    minLength: 2,
    maxLength: 6,
  })
  fc.assert(
    fc.property(runs, (all) => {
      const contents = new Map<number, string>()
      let last = 0
      let world = emptyWorld()
      for (const { wanted, cut } of all) {
        const plan = planInstall(wanted, world, INPUT)
        // At the end of a plan is what an edge serves: that is where a run may die.
        const steps = cut === null ? plan.steps : plan.steps.slice(0, plan.steps.length - cut)
        world = applied(world, { ...plan, steps })
        for (const { access, content } of served(world)) {
          expect(contents.get(access) ?? content).toBe(content)
          expect(access).toBeGreaterThanOrEqual(last)
          contents.set(access, content)
          last = access
        }
      }
    }),
    { numRuns: 300 },
  )
})

/** What the attached versions hold. */
function served(world: Observed): { access: number; content: string }[] {
  return distributionIn(world).behaviors.flatMap(({ lambda }) => {
    const version = world.lambda?.versions.find(({ arn }) => lambda.some((one) => one.arn === arn))
    const config = CONFIGS.get(version?.codeSha256 ?? '')
    if (!config) return []
    const { revision, ...access } = config.access
    return [{ access: revision, content: canonicalJson([access, config.site]) }]
  })
}

test('a plan is the same for the same world, and plain JSON', () => {
  fc.assert(
    fc.property(worlds, ({ wanted, world }) => {
      const plan = planInstall(wanted, world, INPUT)
      expect(planInstall(wanted, structuredClone(world), INPUT)).toEqual(plan)
      expect(JSON.parse(JSON.stringify(plan))).toEqual(plan)
      expect(new Set(plan.steps.map(({ id }) => id)).size).toBe(plan.steps.length)
    }),
  )
})

test('no step refers to or waits for one that comes later', () => {
  fc.assert(
    fc.property(worlds, ({ wanted, world }) => {
      const { steps } = planInstall(wanted, world, INPUT)
      const all = new Set(steps.map(({ id }) => id))
      const done = new Set<string>()
      for (const { id, after } of steps) {
        for (const other of after.filter((one) => all.has(one))) expect(done).toContain(other)
        done.add(id)
      }
    }),
  )
})

test('once every step is taken, every guarded behavior has the one version', () => {
  fc.assert(
    fc.property(worlds, ({ wanted, world }) => {
      const after = applied(world, planInstall(wanted, world, INPUT))
      const arn = after.manifest?.function?.versionArn
      expect(after.versionArn).toBe(arn)
      for (const { pattern, lambda } of distributionIn(after).behaviors) {
        const guarded = wanted.behaviors === 'all' || wanted.behaviors.includes(pattern)
        expect(lambda.map((one) => one.arn)).toEqual(guarded ? [arn] : [])
      }
    }),
  )
})

test('teardown after install gives back what was there, to the letter', () => {
  const found = fc.subarray([0, 1, 2]).map((marked) =>
    emptyWorld({
      behaviors: ['/a/*', '/b*', 'default'].map((pattern, index) =>
        behaviorOf(pattern, { lambda: marked.includes(index) ? [ORIGIN_RESPONSE] : [] }),
      ),
    }),
  )
  fc.assert(
    fc.property(found, settings, harms, fc.option(fc.nat(30)), (start, wanted, done, cut) => {
      const plan = planInstall(wanted, start, INPUT)
      const steps = cut === null ? plan.steps : plan.steps.slice(0, cut)
      const world = applied(start, { ...plan, steps })
      for (const harm of done.filter((name) => !/behavior|deployed|version is|detached/.test(name)))
        HARMS[harm]?.(world)
      const after = applied(world, planTeardown(ID, world, INPUT))
      expect(canonicalJson(without(after))).toBe(canonicalJson(without(start)))
      expect(planTeardown(ID, after, INPUT).steps).toEqual([])
    }),
    { numRuns: 300 },
  )
})

/** Okta's own keys move by themselves. */
function without(world: Observed): unknown {
  return { ...world, okta: { ...okta(world), metadata: undefined } }
}
