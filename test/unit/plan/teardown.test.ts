import { describe, expect, test } from 'vitest'
import { functionArn, namesOf } from '../../../src/plan/names.ts'
import { planInstall } from '../../../src/plan/install.ts'
import { OWNER_TAG, type Observed, type Parameter } from '../../../src/plan/observed.ts'
import { planTeardown } from '../../../src/plan/teardown.ts'
import type { Plan } from '../../../src/plan/types.ts'
import { appOf, applied, distributionIn, lambdaOf } from '../../property/plan/model.ts'
import { ACCOUNT, behaviorOf, emptyWorld, ID, INPUT, settingsOf } from './world.ts'

const NAMES = namesOf(ID)

function installed(): Observed {
  const start = emptyWorld()
  return applied(start, planInstall(settingsOf(), start, INPUT))
}

function parameter(name: string, owner?: string): Parameter {
  const tags = owner === undefined ? {} : { [OWNER_TAG]: owner }
  return { name, type: 'String', version: 1, description: '', keyId: '', tags }
}

function ids({ steps }: Plan): string[] {
  return steps.map(({ id }) => id)
}

/** Names of parameters, in the order in which steps delete them. */
function deleted({ steps }: Plan): string[][] {
  return steps
    .filter(({ kind }) => kind === 'parameters.delete')
    .map(({ inputs }) => inputs['names'] as string[])
}

describe('I5 teardown leaves alone', () => {
  test.each([
    ['without a tag', undefined],
    ['of another distribution', 'E9'],
  ])('parameters under its path %s', (_whose, owner) => {
    const world = installed()
    world.parameters.push(parameter(`${NAMES.path}notes`, owner))
    world.parameters.push(parameter(`${NAMES.path}keys/theirs`, owner))
    const names = deleted(planTeardown(ID, world, INPUT)).flat()
    expect(names).toContain(NAMES.keys.session)
    expect(names).not.toContain(`${NAMES.path}notes`)
    expect(names).not.toContain(`${NAMES.path}keys/theirs`)
  })

  test('a function of its name that carries no tag, or another one', () => {
    for (const tags of [{}, { [OWNER_TAG]: 'E9' }]) {
      const world = installed()
      lambdaOf(world).tags = tags
      expect(ids(planTeardown(ID, world, INPUT))).not.toContain('lambda.function')
    }
  })

  test('a site that others have closed with a function of its name', () => {
    const world = emptyWorld()
    const theirs = { arn: `${functionArn(ACCOUNT, ID)}:1`, eventType: 'viewer-request' }
    distributionIn(world).behaviors.forEach((one) => {
      one.lambda = [{ ...theirs, includeBody: false }]
    })
    world.lambda = { ...lambdaOf(installed()), tags: { [OWNER_TAG]: 'E9' } }
    expect(planTeardown(ID, world, INPUT).steps).toEqual([])
  })

  test('the lock that it holds itself', () => {
    const world = installed()
    world.parameters.push(parameter(`${NAMES.lock}1`, ID))
    expect(deleted(planTeardown(ID, world, INPUT)).flat()).not.toContain(`${NAMES.lock}1`)
  })
})

test('a record that takes several parameters goes last, with all that belongs to it', () => {
  const world = installed()
  const chunks = [2, 3].map((part) => `${NAMES.manifest}.0a1b2c3d.${part}`)
  world.parameters.unshift(...chunks.map((name) => parameter(name, ID)))
  const lists = deleted(planTeardown(ID, world, INPUT))
  expect(lists.at(-1)?.toSorted()).toEqual([NAMES.manifest, ...chunks])
  expect(lists.slice(0, -1).flat()).toContain(NAMES.settings)
  expect(planTeardown(ID, world, INPUT).steps.at(-1)?.kind).toBe('parameters.delete')
})

describe('nothing that an edge may still use goes before the last edge has let go', () => {
  const world = installed()

  test('of what is detached now', () => {
    const order = ids(planTeardown(ID, world, INPUT))
    expect(order.slice(0, 3)).toEqual(['manifest', 'cloudfront.behaviors', 'cloudfront.deployed'])
  })

  test('of what a run that died has detached', () => {
    const { steps } = planTeardown(ID, world, INPUT)
    const at = steps.findIndex(({ id }) => id === 'cloudfront.deployed')
    const killed = applied(world, { steps: steps.slice(0, at), later: [], findings: [] })
    expect(distributionIn(killed).status).toBe('InProgress')
    const [first] = planTeardown(ID, killed, INPUT).steps
    expect(first).toMatchObject({ id: 'cloudfront.deployed', kind: 'cloudfront.wait' })
  })

  test('and nothing is waited for where that is done', () => {
    const { steps } = planTeardown(ID, world, INPUT)
    const at = steps.findIndex(({ id }) => id === 'cloudfront.deployed')
    const done = applied(world, { steps: steps.slice(0, at + 1), later: [], findings: [] })
    expect(ids(planTeardown(ID, done, INPUT))).not.toContain('cloudfront.deployed')
  })
})

test('the tokens of the app end before the app goes, and both are its own', () => {
  const world = installed()
  const steps = planTeardown(ID, world, INPUT).steps.filter(({ kind }) => kind.startsWith('okta.'))
  expect(steps.map(({ kind }) => kind)).toEqual(['okta.tokens.revoke', 'okta.app.delete'])
  const { id } = appOf(world)
  expect(steps.map(({ inputs }) => inputs)).toEqual([{ appId: id }, { appId: id }])
})

test('the guard is taken off a behavior that the settings do not know of', () => {
  const world = installed()
  const arn = `${functionArn(ACCOUNT, ID)}:1`
  const mine = { arn, eventType: 'viewer-request', includeBody: false }
  distributionIn(world).behaviors.unshift(behaviorOf('/by-hand/*', { lambda: [mine] }))
  const step = planTeardown(ID, world, INPUT).steps.find(({ id }) => id === 'cloudfront.behaviors')
  const targets = step?.inputs['targets'] as { pattern: string; versionArn: null }[]
  expect(targets.map(({ pattern }) => pattern)).toEqual(['/by-hand/*', '/assets/*', 'default'])
  expect(targets.every(({ versionArn }) => versionArn === null)).toBe(true)
})

test('what the record names is detached, whatever became of its tag', () => {
  const world = installed()
  lambdaOf(world).tags = {}
  expect(ids(planTeardown(ID, world, INPUT))).toContain('cloudfront.behaviors')
})

describe('nothing is torn down', () => {
  test('with credentials of another account', () => {
    const world = installed()
    world.identity.account = '210987654321'
    expect(() => planTeardown(ID, world, INPUT)).toThrow(
      expect.objectContaining({ code: 'aws-account' }) as Error,
    )
  })

  test('by an older tool than the one that installed', () => {
    const world = installed()
    Object.assign(world.manifest ?? {}, { tool: '9.0.0' })
    expect(() => planTeardown(ID, world, INPUT)).toThrow(
      expect.objectContaining({ code: 'manifest-newer' }) as Error,
    )
  })
})
