import { expect, test } from 'vitest'
import { patchAssociations, readAssociations } from '../../../src/aws/distribution-xml.ts'
import { GuardError } from '../../../src/errors/guard-error.ts'
import type { Cloud } from '../../../src/provision/cloud.ts'
import { executors } from '../../../src/provision/steps/index.ts'
import { EVERY_FIELD_CONFIG, OURS } from '../aws/distribution-fixture.ts'

const FUNCTION = OURS.arn.replace(/:1$/, '')
const LOST = new GuardError({
  code: 'aws-unreachable',
  message: 'no answer',
  cause: { operation: 'UpdateDistribution', status: undefined, reason: 'other' },
})

/** CloudFront, and somebody else who writes just before each of our writes. */
function distribution(others: ((xml: string) => string)[] = [], lost = 0) {
  const state = { xml: EVERY_FIELD_CONFIG, version: 1, writes: 0 }
  let losses = lost
  const cloudfront = {
    getConfig: async () => ({ xml: state.xml, etag: `V${state.version}` }),
    updateConfig: async (_id: string, xml: string, etag: string) => {
      const change = others.shift()
      if (change) Object.assign(state, { xml: change(state.xml), version: state.version + 1 })
      if (etag !== `V${state.version}`) return 'stale'
      Object.assign(state, { xml, version: state.version + 1, writes: state.writes + 1 })
      if (losses-- > 0) throw LOST
      return 'done'
    },
  }
  return { state, cloud: { aws: { cloudfront } } as unknown as Cloud }
}

async function attach(cloud: Cloud): Promise<void> {
  const targets = [{ pattern: 'default', versionArn: OURS.arn, restore: [] }]
  const inputs = { distribution: 'E2QWRUHAPOMQZL', function: FUNCTION, targets }
  await executors['cloudfront.associate']?.(inputs, cloud, undefined as never)
}

const comment = (text: string) => (xml: string) =>
  xml.replace(/<Comment>.*?<\/Comment>/, `<Comment>${text}</Comment>`)
const attached = (xml: string): unknown => readAssociations(xml).at(-1)?.lambda

test('B09 B10 what others write in between stays, however often they are faster', async () => {
  const { state, cloud } = distribution(['one', 'two', 'three', 'four'].map(comment))
  await attach(cloud)
  expect(state.xml).toContain('<Comment>four</Comment>')
  expect(attached(state.xml)).toEqual([OURS])
  expect(state.writes).toBe(1)
})

test('B09 gives up after five, and has written nothing', async () => {
  const { state, cloud } = distribution(['1', '2', '3', '4', '5', '6'].map(comment))
  await expect(attach(cloud)).rejects.toMatchObject({ code: 'changed-meanwhile' })
  expect(state.writes).toBe(0)
  expect(attached(state.xml)).toEqual([])
})

test('B11 stops where others have put a viewer function there in between', async () => {
  const theirs = { ...OURS, arn: 'arn:aws:lambda:us-east-1:999999999999:function:theirs:1' }
  const { state, cloud } = distribution([
    (xml) => patchAssociations(xml, [{ pattern: 'default', lambda: [theirs] }]),
  ])
  await expect(attach(cloud)).rejects.toMatchObject({ code: 'foreign-function' })
  expect(attached(state.xml)).toEqual([theirs])
})

test('B03 a lost answer is looked after, and nothing is written twice', async () => {
  const { state, cloud } = distribution([], 1)
  await attach(cloud)
  expect(attached(state.xml)).toEqual([OURS])
  expect(state.writes).toBe(1)
})
