import { expect, test } from 'vitest'
import type { Cloud } from '../../../src/provision/cloud.ts'
import { executors } from '../../../src/provision/steps/index.ts'
import type { StrangerAnswer } from '../../../src/web/types.ts'
import { EVERY_FIELD_CONFIG, OURS } from '../aws/distribution-fixture.ts'
import { patchAssociations, readAssociations } from '../../../src/aws/distribution-xml.ts'

const FUNCTION = OURS.arn.replace(/:1$/, '')
const GUARDED: StrangerAnswer = { kind: 'guarded', status: 302, marker: '1' }
const OPEN: StrangerAnswer = { kind: 'open', status: 200 }
const BROKEN: StrangerAnswer = { kind: 'broken', status: 502, detail: 'LambdaExecutionError' }
const AWAY: StrangerAnswer = { kind: 'unreachable', detail: 'ECONNREFUSED' }

/** Two behaviors, asked on one host; each of them is answered in turn. */
async function probed(given: Record<string, StrangerAnswer[]>, former = `${FUNCTION}:7`) {
  const attached = { ...OURS, arn: `${FUNCTION}:8` }
  const start = patchAssociations(EVERY_FIELD_CONFIG, [{ pattern: 'default', lambda: [attached] }])
  const seen = { xml: start, asked: [] as string[], notes: [] as string[] }
  const cloud = {
    pace: { probe: 1 },
    sleep: async () => undefined,
    web: {
      askAsStranger: async ({ path }: { path: string }) => {
        const answers = given[path] ?? [GUARDED]
        seen.asked.push(path)
        return answers.length > 1 ? answers.shift() : answers[0]
      },
    },
    aws: {
      cloudfront: {
        getConfig: async () => ({ xml: seen.xml, etag: 'E1' }),
        updateConfig: async (_id: string, xml: string) => {
          seen.xml = xml
          return 'done'
        },
      },
    },
  } as unknown as Cloud
  const inputs = {
    distribution: 'E2QWRUHAPOMQZL',
    function: FUNCTION,
    connect: 'd111111abcdef8.cloudfront.net',
    probes: ['/a', '/b'].map((path) => ({ pattern: path, origin: 'https://example.com', path })),
    rollback: [{ pattern: 'default', versionArn: former, restore: [] }],
  }
  const context = {
    distribution: inputs.distribution,
    note: (text: string) => seen.notes.push(text),
  }
  const error: unknown = await executors['web.probe']?.(inputs, cloud, context).then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  const [mine] = readAssociations(seen.xml).at(-1)?.lambda ?? []
  return { ...seen, error, attached: mine?.arn, kept: seen.xml === start }
}

const code = (name: string): unknown => expect.objectContaining({ code: name })

test('is content where the guard answers everywhere', async () => {
  const { error, asked, kept } = await probed({})
  expect([error, asked, kept]).toEqual([undefined, ['/a', '/b'], true])
})

test.each([
  ['an open page', OPEN],
  ['an error', BROKEN],
])('waits for an edge that lags with %s', async (_what, answer) => {
  const { error, asked, kept } = await probed({ '/b': [answer, answer, GUARDED] })
  expect([error, kept]).toEqual([undefined, true])
  expect(asked).toEqual(['/a', '/b', '/b', '/b'])
})

test('I1 leaves the guard where a second behavior stays open, and says so', async () => {
  const { error, kept } = await probed({ '/b': [OPEN] })
  expect(error).toEqual(code('site-exposed'))
  expect(kept).toBe(true)
})

test('B54 puts back what was there where a second behavior fails', async () => {
  const { error, attached } = await probed({ '/b': [BROKEN] })
  expect(error).toEqual(code('edge-broken'))
  expect(attached).toBe(`${FUNCTION}:7`)
})

test('an error counts more than an open page: both are mended by what was there', async () => {
  const { error, attached } = await probed({ '/a': [OPEN], '/b': [BROKEN] })
  expect(error).toEqual(code('edge-broken'))
  expect(attached).toBe(`${FUNCTION}:7`)
})

test('who cannot connect is told, and nothing is put back', async () => {
  const { error, notes, kept } = await probed({ '/a': [AWAY] })
  expect([error, kept]).toEqual([undefined, true])
  expect(notes.join()).toContain('not checked as a stranger')
})
