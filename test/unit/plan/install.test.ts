import { describe, expect, test } from 'vitest'
import { checkPlan, checkSite } from '../../../src/checks/index.ts'
import { planInstall } from '../../../src/plan/install.ts'
import { functionArn } from '../../../src/plan/names.ts'
import type { Observed } from '../../../src/plan/observed.ts'
import type { AttachmentTarget } from '../../../src/plan/resources/attachment.ts'
import type { Plan } from '../../../src/plan/types.ts'
import { applied, distributionIn, lambdaOf, okta } from '../../property/plan/model.ts'
import { ACCOUNT, behaviorOf, emptyWorld, ID, INPUT, metadataOf, settingsOf } from './world.ts'

const WANTED = settingsOf()
const OURS = functionArn(ACCOUNT, ID)

function plan(world: Observed, wanted = WANTED): Plan {
  return planInstall(wanted, world, INPUT)
}

function ids(made: Plan): string[] {
  return made.steps.map(({ id }) => id)
}

function installed(): Observed {
  const start = emptyWorld()
  return applied(start, plan(start))
}

/** As a run leaves it that dies when it has come to the step. */
function killedAt(world: Observed, made: Plan, id: string): Observed {
  const at = ids(made).indexOf(id)
  expect(at, `no step ${id} in ${ids(made).join(', ')}`).toBeGreaterThan(0)
  return applied(world, { ...made, steps: made.steps.slice(0, at) })
}

function rollbackIn(made: Plan): AttachmentTarget[] {
  const probe = made.steps.find(({ kind }) => kind === 'web.probe')
  return probe?.inputs['rollback'] as AttachmentTarget[]
}

describe('a first install', () => {
  const made = plan(emptyWorld())

  test('records that it has begun before it makes anything, and that it is done at the very end', () => {
    expect(made.steps[0]).toMatchObject({ id: 'manifest', kind: 'document.put' })
    expect(made.steps[0]?.inputs['value']).toMatchObject({ state: 'installing' })
    expect(made.steps.at(-1)).toMatchObject({ id: 'manifest.installed' })
    expect(made.steps.at(-1)?.inputs['value']).toMatchObject({ state: 'installed' })
  })

  test('records what was there before it attaches, and asks as a stranger once it is deployed', () => {
    const order = ['before', 'cloudfront.behaviors', 'cloudfront.deployed', 'web.probe', 'settings']
    expect(ids(made).filter((id) => order.includes(id))).toEqual(order)
  })

  test('puts nothing back but an open site where the new function answers with errors', () => {
    expect(rollbackIn(made).map(({ versionArn }) => versionArn)).toEqual([null, null])
  })

  test('holds no secret, only orders to make them', () => {
    const keys = made.steps.filter(({ kind }) => kind === 'key.generate')
    expect(keys.map(({ inputs }) => (inputs['key'] as { generate: string }).generate)).toEqual([
      'rsa-2048',
      'rsa-2048',
      'seal-256',
    ])
  })
})

test('an installed guard needs nothing, also with another version of the tool or a later clock', () => {
  const world = installed()
  const later = { ...INPUT, tool: '9.9.9', now: '2027-01-01T00:00:00.000Z' }
  expect(planInstall(WANTED, world, later).steps).toEqual([])
})

describe('what moves by itself is an update, and no drift', () => {
  const moved = installed()
  okta(moved).metadata = metadataOf('okta-2')

  test.each([
    ['newer keys at Okta', plan(moved)],
    ['a newer build', planInstall(WANTED, installed(), { ...INPUT, build: 'c'.repeat(64) })],
  ])('%s', (_name, made) => {
    expect(ids(made)).toContain('lambda.version')
    expect(made.steps.filter(({ reason }) => reason === 'drift')).toEqual([])
    expect(checkPlan(made, moved).map(({ code }) => code)).toEqual(['update-available'])
  })
})

test('without Okta credentials nothing of Okta is planned, and nothing else changes', () => {
  const world: Observed = { ...installed(), okta: { checked: false, reason: 'none' } }
  expect(plan(world).steps).toEqual([])
})

describe('a run that died while an update was being deployed', () => {
  const before = installed()
  okta(before).metadata = metadataOf('okta-2')
  const former = before.manifest?.function?.versionArn
  const world = killedAt(before, plan(before), 'cloudfront.deployed')

  test('is unfinished, and no drift', () => {
    const made = plan(world)
    expect(made.steps.filter(({ reason }) => reason === 'drift')).toEqual([])
    expect(checkPlan(made, world).map(({ code }) => code)).toEqual(['unfinished'])
  })

  test('goes on with waiting and asking, and would put the former version back', () => {
    expect(ids(plan(world)).slice(0, 2)).toEqual(['cloudfront.deployed', 'web.probe'])
    expect(rollbackIn(plan(world)).map(({ versionArn }) => versionArn)).toEqual([former, former])
  })

  test('does not hide that a behavior is open', () => {
    const open = structuredClone(world)
    distributionIn(open).behaviors.forEach((behavior) => (behavior.lambda = []))
    const codes = checkSite(WANTED, open, INPUT.now).map(({ code }) => code)
    expect(codes).toContain('behavior-open')
  })
})

describe('another runtime whose run died', () => {
  const before = installed()
  const wanted = settingsOf({ function: { runtime: 'nodejs24.x', logLevel: 'info' } })
  const runtimes = (world: Observed): (string | undefined)[] =>
    distributionIn(world).behaviors.map(({ lambda: [mine] }) => {
      return lambdaOf(world).versions.find(({ arn }) => arn === mine?.arn)?.runtime
    })

  test.each(ids(plan(before, wanted)).slice(1))('before %s still comes to the edges', (place) => {
    const world = killedAt(before, plan(before, wanted), place)
    const made = plan(world, wanted)
    expect(made.steps.filter(({ reason }) => reason === 'drift')).toEqual([])
    const after = applied(world, made)
    expect(runtimes(after)).toEqual(['nodejs24.x', 'nodejs24.x'])
    expect(plan(after, wanted).steps).toEqual([])
  })
})

test('I1 a guarded site without a former version is never opened by a rollback', () => {
  const before = installed()
  before.lambda = undefined
  const world = killedAt(before, plan(before), 'cloudfront.deployed')
  expect(rollbackIn(plan(world)).filter(({ versionArn }) => versionArn === null)).toEqual([])
})

test('I1 a repair whose function answers with errors does not open again what was guarded', () => {
  const world = installed()
  distributionIn(world).behaviors.forEach((behavior) => (behavior.lambda = []))
  expect(rollbackIn(plan(world))).toEqual([])
})

test('a repair that died before it was deployed still waits and asks as a stranger', () => {
  const before = installed()
  distributionIn(before).behaviors.forEach((behavior) => (behavior.lambda = []))
  const made = plan(before)
  expect(made.steps.find(({ id }) => id === 'cloudfront.behaviors')?.reason).toBe('drift')
  const world = killedAt(before, made, 'cloudfront.deployed')
  expect(ids(plan(world))).toEqual(
    expect.arrayContaining(['cloudfront.deployed', 'web.probe', 'manifest.installed']),
  )
})

test('B18 a behavior that was added later is guarded, and recorded as it was found', () => {
  const world = installed()
  distributionIn(world).behaviors.unshift(behaviorOf('/new/*'))
  const made = plan(world)
  expect(made.steps.find(({ id }) => id === 'before')?.inputs['value']).toMatchObject({
    behaviors: [{ pattern: '/assets/*' }, { pattern: 'default' }, { pattern: '/new/*' }],
  })
  expect(checkSite(WANTED, world, INPUT.now)).toMatchObject([
    { code: 'behavior-open', severity: 'exposed', subject: '/new/*' },
  ])
})

test('B43 a host that is added later extends the redirect addresses and keeps the old', () => {
  const world = installed()
  distributionIn(world).aliases.push('b.example.com')
  expect(plan(world).steps).toEqual([])
  const made = plan(world, settingsOf({ hosts: ['reports.example.com', 'b.example.com'] }))
  const update = made.steps.find(({ id }) => id === 'okta.app')
  expect(update).toMatchObject({ kind: 'okta.app.update', reason: 'settings' })
  expect(update?.inputs['fields']).toMatchObject({
    redirectUris: [
      'https://reports.example.com/_guard/callback',
      'https://b.example.com/_guard/callback',
    ],
  })
})

test('B31 without its record the guard is rebuilt beside what is attached, and the operator is warned', () => {
  const world = { ...installed(), manifest: undefined }
  const made = plan(world)
  expect(made.steps.filter(({ action, id }) => action === 'create' && id !== 'manifest')).toEqual([
    expect.objectContaining({ id: 'lambda.version' }),
  ])
  expect(made.steps.find(({ id }) => id === 'keys.session')?.warnings.join()).toContain(
    'signs in again',
  )
  const back = rollbackIn(made).map(({ versionArn }) => versionArn)
  expect(back).toEqual([expect.stringContaining(OURS), expect.stringContaining(OURS)])
})

test('another Okta org is named together with the app that stays behind in the former one', () => {
  const world = installed()
  const left = okta(world).app?.id ?? ''
  Object.assign(okta(world), { app: undefined, assigned: [] })
  const wanted = settingsOf({
    okta: { ...WANTED.okta, orgUrl: 'https://other.okta.com' },
  })
  const create = plan(world, wanted).steps.find(({ kind }) => kind === 'okta.app.create')
  expect(create?.warnings.join()).toContain(left)
  expect(create?.warnings.join()).toContain('https://acme.okta.com')
})
