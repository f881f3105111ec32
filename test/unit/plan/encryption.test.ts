import { describe, expect, test } from 'vitest'
import { planInstall } from '../../../src/plan/install.ts'
import { namesOf } from '../../../src/plan/names.ts'
import type { Observed } from '../../../src/plan/observed.ts'
import type { Plan, Step } from '../../../src/plan/types.ts'
import type { Cloud } from '../../../src/provision/cloud.ts'
import { executors } from '../../../src/provision/steps/index.ts'
import { allows, decide } from '../../../src/sandbox/aws/policy.ts'
import { applied } from '../../property/plan/model.ts'
import { ACCOUNT, emptyWorld, ID, INPUT, settingsOf } from './world.ts'

const FIRST = `arn:aws:kms:us-east-1:${ACCOUNT}:key/11111111-aaaa-4aaa-8aaa-111111111111`
const SECOND = `arn:aws:kms:us-east-1:${ACCOUNT}:key/mrk-22222222222222222222222222222222`
const MANAGED = settingsOf()
const WITH_FIRST = settingsOf({ ssm: { kmsKey: FIRST } })
const WITH_SECOND = settingsOf({ ssm: { kmsKey: SECOND } })
const THROUGH_SSM = { 'kms:ViaService': ['ssm.us-east-1.amazonaws.com'] }

function plan(world: Observed, wanted = MANAGED): Plan {
  return planInstall(wanted, world, INPUT)
}

function installed(wanted = MANAGED): Observed {
  return applied(emptyWorld(), plan(emptyWorld(), wanted))
}

function keyIds(world: Observed): string[] {
  const names = Object.values(namesOf(ID).keys)
  return world.parameters.filter(({ name }) => names.includes(name)).map(({ keyId }) => keyId)
}

function decrypts(world: Observed, key: string, context: Record<string, string[]> = THROUGH_SSM) {
  const policies = Object.values(world.role?.inlinePolicies ?? {})
  return decide(policies, 'kms:Decrypt', key, context) === 'allowed'
}

function about(made: Plan): string[] {
  return made.steps
    .filter(({ kind }) => kind === 'key.encrypt' || kind === 'iam.policy.put')
    .map(({ id, reason }) => `${id} ${reason}`)
}

/** How long a step waits, and how much of that before it writes a key. */
async function carriedOut(
  step: Step | undefined,
): Promise<{ slept: number; sleptBeforeWrite: number }> {
  let slept = 0
  let sleptBeforeWrite = 0
  const ssm = {
    getSecret: async () => ({ value: '{"version":1,"keys":[]}' }),
    create: async () => {
      sleptBeforeWrite = slept
      return { version: 1 }
    },
  }
  const cloud = {
    pace: { role: 3_000 },
    sleep: async (ms: number) => void (slept += ms),
    aws: { iam: { putRolePolicy: async () => undefined }, ssm },
  } as unknown as Cloud
  const context = { distribution: ID, note: () => undefined }
  await executors[step?.kind ?? '']?.(step?.inputs ?? {}, cloud, context)
  return { slept, sleptBeforeWrite }
}

test('the first install with a key writes every ring with it, and the role decrypts with it alone', () => {
  const world = installed(WITH_FIRST)
  expect(keyIds(world)).toEqual([FIRST, FIRST, FIRST])
  expect(decrypts(world, FIRST)).toBe(true)
  expect(decrypts(world, SECOND)).toBe(false)
  expect(decrypts(world, FIRST, { 'kms:ViaService': ['s3.us-east-1.amazonaws.com'] })).toBe(false)
  expect(plan(world, WITH_FIRST).steps).toEqual([])
})

test('without a key the role has no right on any, and nothing changes for who had none', () => {
  const world = installed()
  expect(allows(Object.values(world.role?.inlinePolicies ?? {}), 'kms:Decrypt', FIRST)).toBe(false)
  expect(plan(world).steps).toEqual([])
  for (const one of world.parameters) one.keyId = `arn:aws:kms:us-east-1:${ACCOUNT}:alias/aws/ssm`
  expect(plan(world).steps).toEqual([])
})

describe('another key', () => {
  test.each([
    ['a first one', MANAGED, WITH_FIRST, []],
    ['a second one', WITH_FIRST, WITH_SECOND, ['iam.policy.narrow settings']],
    ['none any more', WITH_FIRST, MANAGED, ['iam.policy.narrow settings']],
  ])('%s: rights first, keys then, and the rights before go last', (_name, from, to, narrow) => {
    const world = installed(from)
    const made = plan(world, to)
    const policy = to === MANAGED ? [] : ['iam.policy settings']
    const rings = ['session', 'client', 'seal'].map((ring) => `encryption.${ring} settings`)
    expect(about(made)).toEqual([...policy, ...rings, ...narrow])
    const after = applied(world, made)
    expect(plan(after, to).steps).toEqual([])
    expect(keyIds(after)).toEqual(Array(3).fill(to.ssm.kmsKey ?? 'alias/aws/ssm'))
  })

  test('at every prefix the role can decrypt what is there, and the next run goes on', () => {
    const world = installed(WITH_FIRST)
    const made = plan(world, WITH_SECOND)
    for (let at = 0; at <= made.steps.length; at += 1) {
      const cut = applied(world, { ...made, steps: made.steps.slice(0, at) })
      for (const key of keyIds(cut)) expect(decrypts(cut, key), `after ${at} steps`).toBe(true)
      const end = applied(cut, plan(cut, WITH_SECOND))
      expect(keyIds(end)).toEqual([SECOND, SECOND, SECOND])
      expect(decrypts(end, FIRST)).toBe(false)
      expect(plan(end, WITH_SECOND).steps).toEqual([])
    }
  })

  test('is used when every Region had the time to hear that the role may', async () => {
    const made = plan(installed(WITH_FIRST), WITH_SECOND)
    const [wide, narrow] = made.steps.filter(({ kind }) => kind === 'iam.policy.put')
    expect((await carriedOut(wide)).slept).toBeGreaterThanOrEqual(10_000)
    // Nothing waits for a right that is taken away.
    expect((await carriedOut(narrow)).slept).toBe(0)
  })

  test.each([
    ['a first one', MANAGED, WITH_FIRST, 3],
    ['a second one', WITH_FIRST, WITH_SECOND, 3],
    ['none any more', WITH_FIRST, MANAGED, 0],
  ])(
    '%s: a run after one that died over the wait gives every Region that time again, once',
    async (_name, from, to, rounds) => {
      const world = installed(from)
      const made = plan(world, to)
      const first = made.steps.findIndex(({ kind }) => kind === 'key.encrypt')
      const cut = applied(world, { ...made, steps: made.steps.slice(0, first) })
      const again = plan(cut, to).steps.filter(({ kind }) => kind === 'key.encrypt')
      expect(again).toHaveLength(3)
      const done = await Promise.all(again.map(carriedOut))
      const [slept = 0, ...others] = done.map((one) => one.slept)
      expect(slept).toBeGreaterThanOrEqual(rounds * 3_000)
      if (rounds === 0) expect(slept).toBe(0)
      expect(others).toEqual([0, 0])
      for (const { sleptBeforeWrite, slept: all } of done) expect(sleptBeforeWrite).toBe(all)
    },
  )

  test('in a run that widens the rights itself, the keys wait no second time', async () => {
    const made = plan(installed(WITH_FIRST), WITH_SECOND)
    const encryption = made.steps.filter(({ kind }) => kind === 'key.encrypt')
    for (const { slept } of await Promise.all(encryption.map(carriedOut))) expect(slept).toBe(0)
  })

  test('put in by other hands is drift, and goes back', () => {
    const world = installed(WITH_FIRST)
    const [parameter] = world.parameters.filter(({ name }) => name === namesOf(ID).keys.client)
    if (parameter) parameter.keyId = SECOND.split('/')[1] ?? ''
    const made = plan(world, WITH_FIRST)
    expect(about(made)).toEqual([
      'iam.policy drift',
      'encryption.client drift',
      'iam.policy.narrow drift',
    ])
    const step = made.steps.find(({ id }) => id === 'encryption.client') as Step
    expect(step.changes).toEqual([{ field: 'KMS key', from: SECOND, to: FIRST }])
  })
})
