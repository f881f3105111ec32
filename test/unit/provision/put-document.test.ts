import { randomBytes } from 'node:crypto'
import { beforeEach, describe, expect, test } from 'vitest'
import type { ParameterInput, Ssm } from '../../../src/aws/types.ts'
import { namesOf } from '../../../src/plan/names.ts'
import { OWNER_TAG } from '../../../src/plan/observed.ts'
import type { Cloud } from '../../../src/provision/cloud.ts'
import { readDocuments } from '../../../src/provision/installed.ts'
import { executors } from '../../../src/provision/steps/index.ts'

const NAMES = namesOf('E1')
const DIED = new Error('the run died')

/** Too large for one parameter. */
const large = (): unknown => ({ version: 1, noise: randomBytes(6_000).toString('hex') })

let stored: Map<string, ParameterInput & { owner: string | undefined }>
let writes: number
/** The run dies at this write; 0: never. */
let diesAt: number

beforeEach(() => {
  stored = new Map()
  writes = diesAt = 0
})

function write(): void {
  writes += 1
  if (writes === diesAt) throw DIED
}

const ssm: Partial<Ssm> = {
  names: async (path) => [...stored.keys()].filter((name) => name.startsWith(path)),
  get: async (names) =>
    Object.fromEntries(
      names.flatMap((name) => {
        const value = stored.get(name)?.value
        return value === undefined ? [] : [[name, { value, version: 1 }]]
      }),
    ),
  describe: async (path) =>
    [...stored.values()]
      .filter(({ name }) => name.startsWith(path))
      .map(({ name, description, owner, keyId = '' }) => ({
        ...{ name, type: 'String', version: 1, description, keyId },
        tags: owner === undefined ? {} : { [OWNER_TAG]: owner },
      })),
  create: async ({ tags, ...input }) => {
    if (stored.has(input.name)) return false
    write()
    stored.set(input.name, { ...input, owner: tags[OWNER_TAG] })
    return { version: 1 }
  },
  update: async (input) => {
    write()
    stored.set(input.name, { ...input, owner: stored.get(input.name)?.owner })
    return { version: 2 }
  },
  remove: async (names) => {
    write()
    for (const name of names) stored.delete(name)
  },
}
const cloud = { aws: { ssm } } as unknown as Cloud

async function put(value: unknown, plain = false): Promise<void> {
  const context = { distribution: 'E1', note: () => undefined }
  await executors['document.put']?.({ name: NAMES.manifest, value, plain }, cloud, context)
}

const read = async (): Promise<unknown> => (await readDocuments('E1', cloud)).manifest

test.each([
  ['by another large one', large()],
  ['by a small one', { version: 1 }],
])('a document that is replaced %s is whole wherever the run dies', async (_what, after) => {
  const before = large()
  await put(before)
  const start = new Map(stored)
  writes = 0
  await put(after)
  const all = writes
  expect(all).toBeGreaterThan(1)
  for (let death = 1; death <= all; death++) {
    stored = new Map(start)
    writes = 0
    diesAt = death
    await expect(put(after)).rejects.toBe(DIED)
    diesAt = 0
    expect([before, after]).toContainEqual(await read())
    await put(after)
    expect(await read()).toEqual(after)
  }
})

test('nothing is left of the former one, and everything has an owner', async () => {
  await put(large())
  await put(large())
  const { length } = [...stored.keys()]
  await put(large())
  expect(stored.size).toBe(length)
  expect([...stored.values()].every(({ owner }) => owner === 'E1')).toBe(true)
  await put({ version: 1 })
  expect([...stored.keys()]).toEqual([NAMES.manifest])
})

describe('I5 a parameter of the same name that came in between is not overwritten', () => {
  test.each([
    ['without a tag', undefined],
    ['of another distribution', 'E9'],
  ])('%s', async (_whose, owner) => {
    const theirs = {
      ...{ name: NAMES.manifest, value: 'theirs', secure: false, description: '' },
      owner,
    }
    stored.set(NAMES.manifest, theirs)
    for (const plain of [true, false]) {
      await expect(put('ours', plain)).rejects.toMatchObject({ code: 'not-ours' })
    }
    expect([...stored.values()]).toEqual([theirs])
  })
})
