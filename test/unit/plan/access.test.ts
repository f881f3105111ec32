import { describe, expect, test } from 'vitest'
import type { EdgeConfig } from '../../../src/access/edge-config.ts'
import type { AccessRule } from '../../../src/access/rules.ts'
import type { Settings } from '../../../src/access/settings.ts'
import { plannedAccess } from '../../../src/plan/access.ts'
import { planInstall } from '../../../src/plan/install.ts'
import type { Observed } from '../../../src/plan/observed.ts'
import type { Plan, Step } from '../../../src/plan/types.ts'
import { applied, distributionIn, okta } from '../../property/plan/model.ts'
import { emptyWorld, INPUT, settingsOf } from './world.ts'

const STAFF: AccessRule = { paths: ['/staff/*'], allow: { groups: ['Staff'] } }
const BOARD: AccessRule = { paths: ['/board/*'], allow: { emails: ['kim@acme.com'] } }
const ALL: AccessRule = { paths: ['/*'], allow: 'everyone' }

const withRules = (...rules: AccessRule[]): Settings =>
  settingsOf({ access: { public: [], rules } })

function installed(settings = settingsOf()): Observed {
  const start = emptyWorld()
  return applied(start, planInstall(settings, start, INPUT))
}

function functionStep(plan: Plan): Step {
  const found = plan.steps.find(({ id }) => id === 'lambda.function')
  if (!found) throw new Error(`no function in ${plan.steps.map(({ id }) => id).join(', ')}`)
  return found
}

function configOf(plan: Plan): EdgeConfig {
  return functionStep(plan).inputs['config'] as EdgeConfig
}

const said = (plan: Plan): string[] =>
  functionStep(plan).changes.map(({ field, from, to }) => `${field}: ${from} → ${to}`)

describe('the access revision', () => {
  test('begins with 1, and grows by one with every change of who may open what', () => {
    const steps = [
      settingsOf(),
      withRules(ALL),
      settingsOf(),
      settingsOf({ access: { public: ['/a'], rules: [] } }),
      settingsOf({ site: { directoryIndex: 'index.html' } }),
      settingsOf({ allow: { everyone: true } }),
    ]
    let world = emptyWorld()
    const revisions = steps.map((wanted) => {
      world = applied(world, planInstall(wanted, world, INPUT))
      return world.manifest?.access?.revision
    })
    expect(revisions).toEqual([1, 2, 3, 4, 5, 6])
  })

  test.each<[string, Partial<Settings>]>([
    ['the life of a session', { session: { tokenMinutes: 5, maxHours: 1, graceMinutes: 5 } }],
    ['the log level', { function: { runtime: 'nodejs22.x', logLevel: 'off' } }],
    ['another order of the keys', { allow: { groups: ['Readers'] } }],
  ])('is the same after a change of %s', (_name, change) => {
    const { manifest } = installed()
    expect(plannedAccess(settingsOf(change), manifest)).toEqual(manifest?.access)
  })

  test('does not begin anew with a teardown that was begun and an install after it', () => {
    const world = installed(withRules(ALL))
    if (world.manifest) world.manifest.state = 'tearing-down'
    const after = applied(world, planInstall(settingsOf(), world, INPUT))
    expect(after.manifest?.access?.revision).toBe(2)
  })
})

describe('the groups of the rules before', () => {
  const crewOrReports: AccessRule = { paths: ['/logs/*'], allow: { groups: ['Crew', 'Reports'] } }
  const crewOrBoard: AccessRule = { paths: ['/logs/*'], allow: { groups: ['Crew', 'Board'] } }

  test('stay in sessions for one revision: an edge that lags behind still asks for them', () => {
    const first = installed(withRules(crewOrReports, ALL))
    const second = planInstall(withRules(crewOrBoard, ALL), first, INPUT)
    expect(configOf(second).access.formerGroups).toEqual(['Reports'])
    const third = planInstall(withRules(ALL), applied(first, second), INPUT)
    expect(configOf(third).access.formerGroups).toEqual(['Crew', 'Board'])
  })

  test('are none at first', () => {
    const plan = planInstall(withRules(crewOrReports, ALL), emptyWorld(), INPUT)
    expect(configOf(plan).access.formerGroups).toEqual([])
  })
})

describe('what the function is given', () => {
  test('is the rules, the site, the grace and the log level', () => {
    const wanted = settingsOf({
      access: { public: ['/robots.txt'], rules: [STAFF, ALL] },
      site: { singlePageApp: '/index.html' },
      session: { tokenMinutes: 5, maxHours: 8, graceMinutes: 30 },
      function: { runtime: 'nodejs22.x', logLevel: 'error' },
    })
    expect(configOf(planInstall(wanted, emptyWorld(), INPUT))).toMatchObject({
      session: { tokenSeconds: 300, maxSeconds: 28_800, graceSeconds: 1_800 },
      access: { public: ['/robots.txt'], rules: [STAFF, ALL], revision: 1 },
      site: { singlePageApp: '/index.html', defaultRootObject: 'index.html' },
      notBefore: {},
      log: 'error',
      okta: {
        revocationEndpoint: 'https://acme.okta.com/oauth2/v1/revoke',
        userinfoEndpoint: 'https://acme.okta.com/oauth2/v1/userinfo',
      },
    })
  })

  test('knows what CloudFront serves for / only where a rule may depend on it', () => {
    const bare = configOf(planInstall(settingsOf(), emptyWorld(), INPUT))
    expect(bare.site).toEqual({})
    const none = planInstall(withRules(ALL), emptyWorld({ defaultRootObject: '' }), INPUT)
    expect(configOf(none).site).toEqual({})
  })

  test('is changed when CloudFront serves another object for /, which a rule may close', () => {
    const world = installed(withRules(STAFF, ALL))
    distributionIn(world).defaultRootObject = 'staff/index.html'
    const plan = planInstall(withRules(STAFF, ALL), world, INPUT)
    expect(functionStep(plan).reason).toBe('drift')
    expect(configOf(plan).site).toEqual({ defaultRootObject: 'staff/index.html' })
  })

  test('is who was signed out before the time', () => {
    const world = installed()
    world.revocations = { version: 1, everyone: 1_772_000_000, users: { hash: 1_772_000_001 } }
    expect(configOf(planInstall(settingsOf(), world, INPUT)).notBefore).toEqual({
      everyone: 1_772_000_000,
      users: { hash: 1_772_000_001 },
    })
  })
})

describe('a change of the rules is said in words', () => {
  const former = withRules(STAFF, ALL)

  test.each<[string, Settings, string]>([
    ['one more', withRules(STAFF, BOARD, ALL), 'access rules: 2 rules → 3 rules'],
    ['none', settingsOf(), 'access rules: 2 rules → no rules'],
    ['another', withRules(BOARD, ALL), 'access rules: 2 rules → 2 rules, 1 of them changed'],
    ['the order', withRules(ALL, STAFF), 'access rules: 2 rules → 2 rules, in another order'],
    [
      'a public path',
      settingsOf({ access: { public: ['/a'], rules: [STAFF, ALL] } }),
      'public paths: none → /a',
    ],
  ])('%s', (_name, wanted, words) => {
    const plan = planInstall(wanted, installed(former), INPUT)
    expect(said(plan)).toEqual([words, 'access revision: 1 → 2'])
    expect(functionStep(plan).reason).toBe('settings')
    expect(functionStep(plan).warnings).toEqual([
      'people who are signed in are checked against the new rules with their next request',
    ])
  })

  test('and a long list is cut, but never its difference', () => {
    const paths = Array.from({ length: 8 }, (_, index) => `/p${index}`)
    const first = settingsOf({ access: { public: paths, rules: [] } })
    const wanted = settingsOf({ access: { public: [...paths.slice(0, 7), '/q'], rules: [] } })
    const [change] = said(planInstall(wanted, installed(first), INPUT))
    expect(change).toMatch(/^public paths: \/p0, .* and 3 more → \/p0, .* and 3 more$/)
  })

  test('without a warning where nobody is signed in, or no rule is another one', () => {
    expect(functionStep(planInstall(former, emptyWorld(), INPUT)).warnings).toEqual([])
    const longer = { ...former, session: { ...former.session, graceMinutes: 10 } }
    const plan = planInstall(longer, installed(former), INPUT)
    expect(functionStep(plan).warnings).toEqual([])
    expect(said(plan)).toEqual(['session.graceMinutes: 0 → 10'])
  })
})

describe('refresh tokens of the Okta app', () => {
  const ROTATE = settingsOf({
    okta: { ...settingsOf().okta, refreshToken: { rotation: 'ROTATE', leewaySeconds: 30 } },
  })
  const appStep = (plan: Plan) => plan.steps.find(({ id }) => id === 'okta.app')

  test('are asked for when the app is made', () => {
    expect(appStep(planInstall(ROTATE, emptyWorld(), INPUT))?.inputs['fields']).toMatchObject({
      grantTypes: ['authorization_code', 'refresh_token'],
      refreshToken: { rotation: 'ROTATE', leewaySeconds: 30 },
    })
  })

  test('rotate from the next apply on', () => {
    expect(appStep(planInstall(ROTATE, installed(), INPUT))).toMatchObject({
      reason: 'settings',
      changes: [{ field: 'refreshToken', from: 'STATIC', to: 'ROTATE, leeway 30 s' }],
    })
  })

  test.each([
    ['another rotation', { refreshToken: { rotation: 'ROTATE', leewaySeconds: 0 } }],
    ['no refresh at all', { grantTypes: ['authorization_code'] }],
  ])('B42 drift: %s', (_name, harm) => {
    const world = installed()
    Object.assign(okta(world).app ?? {}, harm)
    expect(appStep(planInstall(settingsOf(), world, INPUT))).toMatchObject({ reason: 'drift' })
  })
})
