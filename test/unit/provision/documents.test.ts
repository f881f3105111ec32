import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Aws } from '../../../src/aws/types.ts'
import { canonicalJson } from '../../../src/access/canonical-json.ts'
import { planInstall } from '../../../src/plan/install.ts'
import { namesOf } from '../../../src/plan/names.ts'
import { chunkNames, decodeDocument, encodeDocument } from '../../../src/provision/documents.ts'
import { readDocuments } from '../../../src/provision/installed.ts'
import { assertFeasible } from '../../../src/provision/feasible.ts'
import { emptyWorld, INPUT, settingsOf } from '../plan/world.ts'

const NAME = '/s3-okta-guard/E1/manifest'
const large = (): unknown => ({ version: 1, noise: randomBytes(6_000).toString('hex') })
const INVALID = expect.objectContaining({ code: 'manifest-invalid' }) as unknown

describe('a document in SSM', () => {
  test('comes back as it was written, in parts that SSM takes', () => {
    const noise = fc.uint8Array({ maxLength: 20_000 }).map((bytes) => Buffer.from(bytes).toString())
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), noise), (value) => {
        const { head, chunks } = encodeDocument(NAME, value)
        for (const part of [head, ...Object.values(chunks)]) {
          expect(Buffer.byteLength(part)).toBeLessThanOrEqual(4_096)
          expect(part).not.toBe('')
        }
        expect(chunkNames(NAME, head)).toEqual(Object.keys(chunks))
        expect(canonicalJson(decodeDocument(NAME, head, chunks))).toBe(canonicalJson(value))
      }),
    )
  })

  test('is refused when a part is missing', () => {
    const { head, chunks } = encodeDocument(NAME, large())
    expect(Object.keys(chunks).length).toBeGreaterThan(1)
    for (const name of Object.keys(chunks)) {
      const { [name]: _gone, ...rest } = chunks
      expect(() => decodeDocument(NAME, head, rest)).toThrow(INVALID)
    }
  })

  test('is refused, or the same, when any character was changed', () => {
    const value = { version: 1, hosts: ['reports.example.com'], n: 12 }
    const { head } = encodeDocument(NAME, value)
    fc.assert(
      fc.property(fc.nat(head.length - 1), fc.constantFrom(...'A9/ x'), (at, character) => {
        const edited = head.slice(0, at) + character + head.slice(at + 1)
        let read: unknown = value
        try {
          read = decodeDocument(NAME, edited, {})
        } catch (error) {
          expect(error).toEqual(INVALID)
        }
        expect(read).toEqual(value)
      }),
    )
  })

  test('is read again when another run has replaced it between its parts', async () => {
    const names = namesOf('E1')
    const [old, now] = [encodeDocument(names.manifest, large()), { version: 1, now: true }]
    let stored: Record<string, string> = { [names.manifest]: old.head }
    const get = async (wanted: string[]) => {
      const found = wanted.flatMap((name) => {
        const value = stored[name]
        return value === undefined ? [] : [[name, { value, version: 1 }] as const]
      })
      stored = { [names.manifest]: encodeDocument(names.manifest, now).head }
      return Object.fromEntries(found)
    }
    const aws = { ssm: { get } } as unknown as Aws
    expect((await readDocuments('E1', { aws })).manifest).toEqual(now)
  })
})

describe('sizes are known before anything is written', () => {
  const noise = (length: number): string => randomBytes(length).toString('hex')
  const build = {
    scripts: { 'index.js': new Uint8Array(), 'sign-in.js': new Uint8Array() },
    digest: '',
  }

  test('B51 what SSM cannot hold is refused, by how much', () => {
    const plan = planInstall(
      settingsOf({ allow: { groups: [noise(400_000)] } }),
      emptyWorld(),
      INPUT,
    )
    expect(() => {
      assertFeasible(plan, { build })
    }).toThrow(
      expect.objectContaining({
        code: 'too-large-for-ssm',
        message: expect.stringMatching(/386100 are the most, so it is \d+ too large/) as string,
      }) as Error,
    )
  })

  test("a function without Okta's endpoints is refused, and never published", () => {
    const world = emptyWorld()
    const plan = planInstall(
      settingsOf(),
      { ...world, okta: { checked: false, reason: 'none' } },
      INPUT,
    )
    expect(() => {
      assertFeasible(plan, { build })
    }).toThrow(expect.objectContaining({ code: 'okta-credentials' }) as Error)
  })

  test('B21 a function that Lambda@Edge cannot hold is refused', () => {
    const plan = planInstall(settingsOf(), emptyWorld(), INPUT)
    const scripts = { ...build.scripts, 'sign-in.js': randomBytes(1_000_001) }
    expect(() => {
      assertFeasible(plan, { build: { ...build, scripts } })
    }).toThrow(expect.objectContaining({ code: 'edge-too-large' }) as Error)
    expect(() => {
      assertFeasible(plan, { build })
    }).not.toThrow()
  })
})
