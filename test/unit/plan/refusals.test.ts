import { describe, expect, test } from 'vitest'
import type { Settings } from '../../../src/access/settings.ts'
import type { Distribution } from '../../../src/plan/distribution/distribution.ts'
import type { Observed } from '../../../src/plan/observed.ts'
import { planInstall } from '../../../src/plan/install.ts'
import { desiredApp } from '../../../src/plan/resources/okta-app.ts'
import { refuseUnlessPossible } from '../../../src/plan/refusals/refusals.ts'
import { planTeardown } from '../../../src/plan/teardown.ts'
import { applied, lambdaOf, okta } from '../../property/plan/model.ts'
import { ACCOUNT, behaviorOf, emptyWorld, ID, INPUT, settingsOf } from './world.ts'

function installed(): Observed {
  const start = emptyWorld()
  return applied(start, planInstall(settingsOf(), start, INPUT))
}

const FUNCTION = lambdaOf(installed())

type Case = [string, string, (world: Observed) => void, Partial<Settings>?]

const on = (change: Partial<Distribution>) => (world: Observed) => {
  Object.assign(world.distribution ?? {}, change)
}
const nothing = (): void => undefined
const role = (tags: Record<string, string>) => (world: Observed) => {
  world.role = { name: 'r', arn: '', trust: {}, inlinePolicies: {}, attachedPolicies: [], tags }
}

describe('nothing is done', () => {
  test.each<Case>([
    [
      'without the distribution',
      'distribution-not-found',
      (world) => (world.distribution = undefined),
    ],
    ['in China', 'partition-unsupported', (world) => (world.identity.partition = 'aws-cn')],
    ['on a disabled one', 'distribution-unsupported', on({ enabled: false })],
    ['on a staging one', 'distribution-unsupported', on({ staging: true })],
    ['on a multi-tenant one', 'distribution-unsupported', on({ multiTenant: true })],
    ['without a host', 'host-needed', nothing, { hosts: [] }],
    ['for a host of others', 'host-not-served', nothing, { hosts: ['a.example.org'] }],
    [
      'two levels under a wildcard',
      'host-not-served',
      on({ aliases: ['*.example.com'] }),
      { hosts: ['a.b.example.com'] },
    ],
    [
      'for a pattern that is not there',
      'behavior-unknown',
      nothing,
      { behaviors: ['/x', 'default'] },
    ],
    ['where nobody could sign in', 'behaviors-miss-guard', nothing, { behaviors: ['/assets/*'] }],
    [
      'beside a function of others',
      'foreign-function',
      on({
        behaviors: [
          behaviorOf('default', { functions: [{ arn: 'f', eventType: 'viewer-request' }] }),
        ],
      }),
    ],
    ['with a role without our tag', 'not-ours', role({})],
    [
      'with a role of another distribution',
      'not-ours',
      role({ 's3-okta-guard:distribution': 'E9' }),
    ],
    [
      'with a function without our tag',
      'not-ours',
      (world) => (world.lambda = { ...FUNCTION, tags: {} }),
    ],
    [
      'with a parameter of another distribution',
      'not-ours',
      (world) =>
        world.parameters.push({
          ...{ name: 'p', type: 'String', version: 1, description: '', keyId: '' },
          tags: { 's3-okta-guard:distribution': 'E9' },
        }),
    ],
    [
      'with an Okta app of our label that is not ours',
      'not-ours',
      (world) =>
        (okta(world).foreignApp = {
          ...desiredApp(settingsOf(), ACCOUNT, []),
          ...{ id: 'app-9', clientId: 'client-9', status: 'ACTIVE', jwks: [] },
        }),
    ],
    [
      'with credentials of another account',
      'aws-account',
      (world) => {
        Object.assign(world, installed())
        world.identity.account = '210987654321'
      },
    ],
    [
      'with a group that is not there',
      'okta-group-not-found',
      (world) => (okta(world).unclear = [{ name: 'Readers', fits: [], where: ['allow.groups'] }]),
    ],
  ])('%s', (_name, code, harm, change) => {
    const world = emptyWorld()
    harm(world)
    expect(() => {
      refuseUnlessPossible(settingsOf(change), world)
    }).toThrow(expect.objectContaining({ code }) as Error)
  })

  test.each([
    ['a wildcard one level up', { aliases: ['*.example.com'] }, ['a.example.com']],
    ['capitals', { aliases: ['Reports.Example.com'] }, ['reports.example.com']],
  ])('but %s is no reason to refuse', (_name, change, hosts) => {
    refuseUnlessPossible(settingsOf({ hosts }), emptyWorld(change))
  })
})

test('an older tool than the one that installed changes nothing', () => {
  const world = installed()
  Object.assign(world.manifest ?? {}, { tool: '9.0.0' })
  expect(() => planInstall(settingsOf(), world, INPUT)).toThrow(
    expect.objectContaining({ code: 'manifest-newer' }) as Error,
  )
})

test('I5 teardown leaves alone what does not carry our tag', () => {
  const world = emptyWorld()
  role({})(world)
  expect(planTeardown(ID, world, INPUT).steps).toEqual([])
})
