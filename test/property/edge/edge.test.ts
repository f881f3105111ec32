import fc from 'fast-check'
import { afterAll, describe, expect, it, vi } from 'vitest'
import { load } from '../../../src/edge-function/load.ts'
import { authentic } from '../../../src/edge-function/session.ts'
import type { Response } from '../../../src/edge-function/types.ts'
import { returnPath } from '../../../src/edge-function/sign-in/request/return-path.ts'
import { edgeConfig, edgeHandler, NOW, ORIGIN, sessionToken } from '../../helpers/edge.ts'
import { startCloud } from './cloud.ts'
import { edgeProperties } from './index.ts'

const cloud = await startCloud()
afterAll(() => cloud.close())

describe('of the edge function holds that', () => {
  it.each(edgeProperties(cloud))(
    '$name',
    async ({ property, runs }) => {
      await fc.assert(property, { numRuns: runs })
    },
    60_000,
  )
})

describe('return paths', () => {
  it('R21 are kept whole when they are what a browser asks for', () => {
    const segment = fc.stringMatching(/^[\w~-]{1,8}$/).filter((text) => text !== '_guard')
    const query = fc.stringMatching(/^([\w=&+./:@-]|%[2-7][0-9A-F]){0,30}$/)
    fc.assert(
      fc.property(fc.array(segment, { minLength: 1 }), query, (segments, search) => {
        const candidate = `/${segments.join('/')}?${search}`
        expect(returnPath(candidate, ORIGIN)).toBe(candidate)
      }),
    )
  })
})

describe('a session JWT', () => {
  it('J25 holds with none of its bits turned', () => {
    const token = sessionToken()
    const instance = load(edgeConfig(), () => NOW)
    for (let at = 0; at < token.length; at++) {
      for (let bit = 0; bit < 7; bit++) {
        const turned = String.fromCharCode(token.charCodeAt(at) ^ (1 << bit))
        const mutant = token.slice(0, at) + turned + token.slice(at + 1)
        expect(authentic(mutant, instance), mutant).toBeUndefined()
      }
    }
    expect(authentic(token, instance)).toBeDefined()
  })
})

describe('E19 an event', () => {
  it('of no shape at all gets 503 and never a pass', async () => {
    vi.spyOn(console, 'log').mockReturnValue()
    const handler = edgeHandler(edgeConfig())
    await fc.assert(
      fc.asyncProperty(fc.anything(), async (request) => {
        const event = { Records: [{ cf: { config: {}, request } }] }
        const { status } = (await handler(event as never)) as Response
        expect(status).toMatch(/^(400|503)$/)
      }),
    )
    vi.restoreAllMocks()
  })
})
