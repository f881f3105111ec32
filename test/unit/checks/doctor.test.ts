import { describe, expect, test } from 'vitest'
import { checkCallers } from '../../../src/checks/distribution/callers.ts'
import { checkClock } from '../../../src/checks/account/clock.ts'
import { checkDeploying, checkStaging } from '../../../src/checks/distribution/distribution.ts'
import { diagnose, exitOfDiagnosis } from '../../../src/checks/doctor.ts'
import { checkStack } from '../../../src/checks/distribution/infrastructure.ts'
import { checkIssuer, checkOktaCredentials } from '../../../src/checks/okta/okta.ts'
import { checkRegion } from '../../../src/checks/account/region.ts'
import { checkSizes } from '../../../src/checks/guard/sizes.ts'
import { checkThroughput } from '../../../src/checks/account/throughput.ts'
import { GuardError } from '../../../src/errors/guard-error.ts'
import type { Examined, OktaExamined } from '../../../src/plan/examined.ts'
import type { Manifest } from '../../../src/plan/manifest.ts'
import type { Finding } from '../../../src/plan/types.ts'
import { behaviorOf, distributionOf, INPUT, metadataOf, settingsOf } from '../plan/world.ts'

const shown = (found: Finding[]): string[] =>
  found.map(({ severity, code, subject }) => `${severity} ${code}${subject && ` ${subject}`}`)

describe('B50 the clock', () => {
  test.each([
    [undefined, []],
    [0, []],
    [60_000, []],
    [-61_000, ['info clock']],
    [300_000, ['info clock']],
    [301_000, ['broken clock']],
    [-3 * 3_600_000, ['broken clock']],
  ])('%s ms', (ahead, expected) => {
    expect(shown(checkClock(ahead))).toEqual(expected)
  })

  test('which way it is off, and how far', () => {
    expect(checkClock(11 * 60_000)[0]?.message).toContain('11 minutes behind')
    expect(checkClock(-90_000)[0]?.message).toContain('90 seconds ahead of')
    expect(checkClock(-3 * 3_600_000)[0]?.message).toContain('3 hours ahead of')
  })
})

test.each([
  [{}, []],
  [{ AWS_REGION: 'us-east-1' }, []],
  [{ AWS_REGION: 'eu-west-1' }, ['info region eu-west-1']],
  [{ AWS_DEFAULT_REGION: 'eu-west-1' }, ['info region eu-west-1']],
])('the region of %j', (env, expected) => {
  expect(shown(checkRegion(env))).toEqual(expected)
})

describe('Okta', () => {
  const okta = (change: Partial<OktaExamined>): OktaExamined => ({
    orgUrl: 'https://acme.okta.com',
    credentials: { source: 'OKTA_CLIENT_TOKEN', scopes: undefined },
    tried: { ok: true, value: true },
    roles: { ok: true, value: ['APP_ADMIN'] },
    issuer: { ok: true, value: 'https://acme.okta.com' },
    observed: undefined,
    ...change,
  })
  const service = (scopes: string[]): Partial<OktaExamined> => ({
    credentials: { source: 'the environment', scopes },
    roles: { ok: true, value: undefined },
  })
  const installed = { metadata: metadataOf() } as unknown as Manifest

  test.each<[string, Partial<OktaExamined>, string[]]>([
    ['an application administrator', {}, []],
    ['a super administrator', { roles: { ok: true, value: ['SUPER_ADMIN'] } }, []],
    [
      'a read-only administrator',
      { roles: { ok: true, value: ['READ_ONLY_ADMIN', 'REPORT_ADMIN'] } },
      ['broken okta-denied'],
    ],
    ['nobody with a role', { roles: { ok: true, value: [] } }, ['broken okta-denied']],
    [
      'a role of the org’s own',
      { roles: { ok: true, value: ['READ_ONLY_ADMIN', 'CUSTOM'] } },
      ['info not-checked Okta role'],
    ],
    [
      'roles that may not be seen',
      { roles: { ok: true, value: undefined } },
      ['info not-checked Okta role'],
    ],
    [
      'a service app that may manage apps and read groups',
      service(['okta.apps.manage', 'okta.groups.read']),
      ['info not-checked Okta role'],
    ],
    [
      'a service app that may manage groups too',
      service(['okta.apps.manage', 'okta.groups.manage']),
      ['info not-checked Okta role'],
    ],
    [
      'a service app that only reads',
      service(['okta.apps.read', 'okta.groups.read']),
      ['broken okta-denied', 'info not-checked Okta role'],
    ],
    [
      'a token that is refused',
      { tried: { ok: false, error: new GuardError({ code: 'okta-credentials', message: 'No.' }) } },
      ['broken okta-credentials'],
    ],
    ['no credentials', { credentials: undefined, tried: undefined }, ['broken okta-credentials']],
  ])('%s', (_name, change, expected) => {
    expect(shown(checkOktaCredentials(okta(change), undefined))).toEqual(expected)
  })

  test('no credentials are no failure where the guard is installed', () => {
    const none = okta({ credentials: undefined, tried: undefined })
    expect(shown(checkOktaCredentials(none, installed))).toEqual(['info not-checked Okta app'])
  })

  test('another issuer than the one that is baked in lets nobody sign in', () => {
    const vanity = okta({ issuer: { ok: true, value: 'https://login.acme.com' } })
    expect(shown(checkIssuer(vanity, installed))).toEqual(['broken okta-issuer'])
    expect(checkIssuer(vanity, undefined)).toEqual([])
    expect(checkIssuer(okta({}), installed)).toEqual([])
  })
})

describe('the distribution', () => {
  test('a change on its way, and a staging configuration beside it', () => {
    const both = distributionOf({ status: 'InProgress', continuousDeployment: true })
    expect([...checkDeploying(distributionOf()), ...checkStaging(distributionOf())]).toEqual([])
    expect(shown(checkDeploying(both))).toEqual(['info deploying E2QWRUHAPOMQZL'])
    expect(shown(checkStaging(both))).toEqual(['exposed continuous-deployment E2QWRUHAPOMQZL'])
  })

  test.each([
    [{ signed: true }, /signed URLs or cookies/],
    [{ allowedMethods: ['GET', 'HEAD', 'POST'] }, /takes POST/],
  ])('callers who cannot sign in: %j', (change, message) => {
    const distribution = distributionOf({ behaviors: [behaviorOf('/api/*', change)] })
    const found = checkCallers(settingsOf(), distribution)
    expect(shown(found)).toEqual(['info behavior-callers /api/*'])
    expect(found[0]?.message).toMatch(message)
    expect(checkCallers(settingsOf({ behaviors: ['default'] }), distribution)).toEqual([])
  })

  test.each([
    [{}, []],
    [{ team: 'web' }, []],
    [{ 'aws:cloudformation:stack-name': 'web' }, ['info cloudformation web']],
    [{ 'aws-cdk:auto-delete': 'true' }, ['info cloudformation']],
  ])('B19 tags %j', (tags, expected) => {
    expect(shown(checkStack(distributionOf({ tags })))).toEqual(expected)
  })
})

test('SSM: what is nearly full is due, and the throughput is said where it is the lower one', () => {
  const sizes = [
    { name: '/settings', used: 81, most: 100 },
    { name: '/manifest', used: 80, most: 100 },
  ]
  expect(shown(checkSizes(sizes))).toEqual(['due ssm-size /settings'])
  expect(checkThroughput({ ok: true, value: true })).toEqual([])
  expect(shown(checkThroughput({ ok: true, value: false }))).toEqual(['info ssm-throughput'])
  const error = new GuardError({ code: 'aws-denied', message: 'No.' })
  expect(shown(checkThroughput({ ok: false, error }))).toEqual(['info not-checked SSM throughput'])
})

describe('the diagnosis', () => {
  const examined = (partition: string): Examined => ({
    distributionId: undefined,
    identity: {
      ok: true,
      value: { account: '1', arn: `arn:${partition}:iam::1:user/ops`, partition },
    },
    clockAhead: 0,
    distribution: undefined,
    role: undefined,
    lambda: undefined,
    parameters: undefined,
    documents: undefined,
    others: undefined,
    buckets: undefined,
    permissions: { denied: [], unknown: [], allowed: [] },
    highThroughput: undefined,
    okta: {
      orgUrl: undefined,
      credentials: { source: 'a file', scopes: undefined },
      tried: { ok: true, value: true },
      roles: { ok: true, value: ['SUPER_ADMIN'] },
      issuer: undefined,
      observed: undefined,
    },
  })
  const of = (world: Examined, accepted: string[] = []) =>
    diagnose(
      {
        examined: world,
        observed: undefined,
        settings: undefined,
        planned: [],
        now: INPUT.now,
        env: {},
      },
      accepted.map((finding) => ({ finding, reason: 'known' })),
    )

  test.each(['aws-us-gov', 'aws-cn'])(
    'the partition %s is refused, and nothing is taken for right',
    (name) => {
      const diagnosis = of(examined(name))
      expect(shown(diagnosis.findings)).toEqual([
        `broken partition-unsupported ${name}`,
        'info not-checked site',
      ])
      expect(diagnosis.checks.find(({ check }) => check === 'AWS permissions')?.state).toBe(
        'not-checked',
      )
      expect(exitOfDiagnosis(diagnosis, false)).toBe(3)
    },
  )

  test('credentials come before everything else, unless they are accepted', () => {
    const world = { ...examined('aws'), clockAhead: 3_600_000 }
    world.permissions = { denied: ['iam:CreateRole'], unknown: [], allowed: ['iam:GetRole'] }
    expect(exitOfDiagnosis(of(world), false)).toBe(5)
    expect(exitOfDiagnosis(of(world, ['permissions-missing']), false)).toBe(3)
    const accepted = of(world, ['permissions-missing', 'clock'])
    expect(exitOfDiagnosis(accepted, false)).toBe(0)
    expect(accepted.findings.map(({ accepted: reason }) => reason)).toEqual([
      undefined,
      'known',
      'known',
    ])
  })
})
