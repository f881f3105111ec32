import { describe, expect, test } from 'vitest'
import { withDefaults, type OlderSettings } from '../../../src/access/settings.ts'
import { checkPlan, partsOf } from '../../../src/checks/index.ts'
import { planInstall } from '../../../src/plan/install.ts'
import type { Observed } from '../../../src/plan/observed.ts'
import { planTeardown } from '../../../src/plan/teardown.ts'
import { applied, okta } from '../../property/plan/model.ts'
import { emptyWorld, ID, INPUT, settingsOf } from './world.ts'

/** As the version before wrote it, which knew neither refresh nor access rules. */
const SETTINGS: OlderSettings = {
  version: 1,
  distribution: ID,
  hosts: ['reports.example.com'],
  behaviors: 'all',
  okta: { orgUrl: 'https://acme.okta.com', authorizationServer: 'org' },
  allow: { groups: ['Readers'] },
  session: { tokenMinutes: 15, maxHours: 12 },
  function: { runtime: 'nodejs22.x' },
  status: { accept: [] },
}

function older(): Observed {
  const start = emptyWorld()
  const world = applied(start, planInstall(settingsOf(), start, INPUT))
  const { access: _access, metadata, ...manifest } = world.manifest ?? fail()
  const { revocationEndpoint: _one, userinfoEndpoint: _two, ...baked } = metadata ?? fail()
  world.manifest = { ...manifest, metadata: baked }
  world.settings = withDefaults(SETTINGS)
  Object.assign(world.manifest.function ?? {}, { configDigest: 'd'.repeat(64) })
  Object.assign(okta(world).app ?? {}, { grantTypes: ['authorization_code'] })
  return world
}

function fail(): never {
  throw new Error('nothing was installed')
}

const WANTED = settingsOf()

describe('what the version before installed', () => {
  test('is an update, and no drift', () => {
    const world = older()
    const plan = planInstall(WANTED, world, INPUT)
    expect(new Set(plan.steps.map(({ reason }) => reason)).has('drift')).toBe(false)
    expect(plan.steps.map(({ id }) => id)).toEqual([
      'okta.app',
      'lambda.function',
      'lambda.version',
      'manifest.function',
      'cloudfront.behaviors',
      'cloudfront.deployed',
      'web.probe',
      'version-arn',
      'manifest.installed',
    ])
    expect(plan.steps[0]).toMatchObject({ reason: 'update', changes: [{ field: 'grantTypes' }] })
    expect(plan.steps[1]).toMatchObject({
      reason: 'update',
      inputs: { config: { okta: ENDPOINTS } },
    })
    expect(checkPlan(plan, world).map(({ code }) => code)).toEqual(['update-available'])
    expect(new Set(partsOf(WANTED, world, plan, INPUT.now).map(({ state }) => state))).toEqual(
      new Set(['ok']),
    )
  })

  test('is up to date after it, with the first access revision', () => {
    const start = older()
    const world = applied(start, planInstall(WANTED, start, INPUT))
    expect(world.manifest).toMatchObject({ access: { revision: 1 }, metadata: ENDPOINTS })
    expect(planInstall(WANTED, world, INPUT).steps).toEqual([])
  })

  test('is changed by settings as ever', () => {
    const wanted = settingsOf({ access: { public: ['/robots.txt'], rules: [] } })
    const steps = planInstall(wanted, older(), INPUT).steps
    expect(steps.find(({ id }) => id === 'lambda.function')?.reason).toBe('settings')
  })

  test('shows what other hands have changed', () => {
    const world = older()
    Object.assign(okta(world).app ?? {}, { redirectUris: [] })
    const [app] = planInstall(WANTED, world, INPUT).steps
    expect(app).toMatchObject({ id: 'okta.app', reason: 'drift' })
  })

  test('is never given a configuration without its endpoints, where Okta cannot be asked', () => {
    const world: Observed = { ...older(), okta: { checked: false, reason: 'none' } }
    const plan = planInstall(WANTED, world, INPUT)
    const step = plan.steps.find(({ id }) => id === 'lambda.function')
    expect(step).toMatchObject({ reason: 'update' })
    expect(step?.inputs['config']).toBeUndefined()
    expect(checkPlan(plan, world).map(({ code }) => code)).toEqual(['update-available'])
  })

  test('can be taken down', () => {
    const start = older()
    const world = applied(start, planTeardown(ID, start, INPUT))
    expect(world).toMatchObject({ manifest: undefined, lambda: undefined, parameters: [] })
  })
})

const ENDPOINTS = {
  revocationEndpoint: 'https://acme.okta.com/oauth2/v1/revoke',
  userinfoEndpoint: 'https://acme.okta.com/oauth2/v1/userinfo',
}
