import { describe, expect, test } from 'vitest'
import { GuardError } from '../../../src/errors/guard-error.ts'
import { OWNER_TAG } from '../../../src/plan/observed.ts'
import type { Cloud } from '../../../src/provision/cloud.ts'
import { executors } from '../../../src/provision/steps/index.ts'

const NAME = 's3-okta-guard-E1'
const ARN = `arn:aws:lambda:us-east-1:123456789012:function:${NAME}`
const EXISTS = new GuardError({
  code: 'aws-failed',
  message: 'already there',
  cause: { operation: 'CreateFunction', status: 409, reason: 'already-exists' },
})

interface Given {
  /** One a look; the last one stays. */
  looks?: { state?: string; lastUpdateStatus?: string }[]
  tags?: Record<string, string>
  published?: string
}

function lambda({ looks = [{}], tags = { [OWNER_TAG]: 'E1' }, published = 'sha' }: Given = {}) {
  const calls: string[] = []
  const cloud = {
    pace: { lambda: 1, role: 1 },
    sleep: async () => undefined,
    build: {
      digest: '',
      scripts: { 'index.js': new Uint8Array(), 'sign-in.js': new Uint8Array() },
    },
    aws: {
      lambda: {
        getFunction: async () => {
          const look = looks.length > 1 ? looks.shift() : looks[0]
          const found = { state: 'Active', lastUpdateStatus: 'Successful', ...look }
          calls.push(`look ${found.state} ${found.lastUpdateStatus}`)
          return { ...found, tags }
        },
        createFunction: async () => {
          calls.push('create')
          throw EXISTS
        },
        updateCode: async () => void calls.push('code'),
        publishVersion: async () => ({ arn: `${ARN}:2`, version: '2', codeSha256: published }),
        getVersion: async () => ({ state: 'Active' }),
      },
    },
  } as unknown as Cloud
  const run = async (kind: string, inputs: object): Promise<unknown> =>
    executors[kind]?.({ name: NAME, ...inputs }, cloud, {
      distribution: 'E1',
      note: () => undefined,
    })
  return { calls, run }
}

describe('other code', () => {
  const looks = (status: string) => [
    { lastUpdateStatus: 'InProgress' },
    {},
    { lastUpdateStatus: 'InProgress' },
    { lastUpdateStatus: status },
  ]

  test('B24 is sent when the function is ready, and done when it is ready again', async () => {
    const { calls, run } = lambda({ looks: looks('Successful') })
    await run('lambda.code.update', { config: {} })
    expect(calls).toEqual([
      ...['look Active InProgress', 'look Active Successful', 'code'],
      ...['look Active InProgress', 'look Active Successful'],
    ])
  })

  test('that Lambda cannot make ready ends the run at once', async () => {
    const { calls, run } = lambda({ looks: looks('Failed') })
    await expect(run('lambda.code.update', { config: {} })).rejects.toMatchObject({
      code: 'aws-failed',
      message: expect.stringContaining('last update Failed') as string,
    })
    expect(calls.at(-1)).toBe('look Active Failed')
  })
})

test('a function that Lambda could not make ends the run at once', async () => {
  const { calls, run } = lambda({ looks: [{ state: 'Failed' }] })
  await expect(run('lambda.code.update', { config: {} })).rejects.toMatchObject({
    code: 'aws-failed',
  })
  expect(calls).toEqual(['look Failed Successful'])
})

test.each([
  ['without a tag', {}],
  ['of another distribution', { [OWNER_TAG]: 'E9' }],
])('B26 a function %s that was made in between is not adopted', async (_whose, tags) => {
  const { calls, run } = lambda({ tags })
  await expect(run('lambda.function.create', { config: {} })).rejects.toMatchObject({
    code: 'not-ours',
  })
  expect(calls).not.toContain('code')
})

test('B03 one of our own, whose answer was lost, gets the code that was meant', async () => {
  const { calls, run } = lambda()
  await run('lambda.function.create', { config: {} })
  expect(calls).toContain('code')
})

test('a version with other code than was uploaded is not used', async () => {
  const { run } = lambda({ published: 'theirs' })
  await expect(run('lambda.version.publish', { codeSha256: 'sha' })).rejects.toMatchObject({
    code: 'changed-meanwhile',
  })
  const ours = lambda()
  expect(await ours.run('lambda.version.publish', { codeSha256: 'sha' })).toEqual({
    versionArn: `${ARN}:2`,
    codeSha256: 'sha',
  })
})
