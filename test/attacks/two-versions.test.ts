import { describe, expect, it } from 'vitest'
import type { EdgeAccess } from '../../src/access/edge-config.ts'
import { headerOf, NAVIGATION } from '../helpers/edge.ts'
import type { EdgeBrowser } from '../helpers/edge-browser.ts'
import { refreshWorld } from '../helpers/edge-refresh.ts'

const edge = refreshWorld()
const { world } = edge
const IMAGE = { 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' }

const everyone: EdgeAccess = { revision: 1, public: [], rules: [] }
const staff: EdgeAccess = {
  revision: 2,
  public: [],
  rules: [{ paths: ['/*'], allow: { groups: ['staff'] } }],
}
const guests: EdgeAccess = {
  revision: 3,
  public: [],
  rules: [{ paths: ['/*'], allow: { groups: ['guests'] } }],
  formerGroups: ['staff'],
}

/** Which edge answers the next request: a fixed row of zeros and ones that looks like none. */
function takingTurns(seed: number): () => 0 | 1 {
  let state = seed
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return ((state >> 16) & 1) as 0 | 1
  }
}

async function visit(browser: EdgeBrowser, step: number): Promise<string> {
  const headers = step % 3 ? NAVIGATION : IMAGE
  const { response } = await browser.open(`/${step}`, { headers })
  return response === undefined ? 'passed' : response.status
}

describe('two versions of the function side by side', () => {
  it.each([1, 2, 3, 4, 5, 6])(
    'F01 E23 never send a good session round, nor refuse it, case %#',
    async (seed) => {
      edge.okta.breach = { said: { groups: ['staff', 'guests'] } }
      for (const [older, newer] of [
        [everyone, staff],
        [staff, guests],
        [staff, { ...staff, revision: 3 }],
      ] as const) {
        const edges = [edge.edge({ access: older }), edge.edge({ access: newer })]
        const turn = takingTurns(seed)
        const browser = edge.browser()
        world.handler = edges[0]!
        await browser.open('/start')
        expect(browser.session).toMatchObject({ rev: older.revision })
        const { sid } = browser.session!
        const seen = new Set<string>()
        for (let step = 0; step < 20; step++) {
          world.now += [1000, 59_000, 61_000, 400_000, 1_000_000][step % 5]!
          const mixed = browser.copy(() => edges[turn()]!)
          seen.add(await visit(mixed, step))
          for (const [name, value] of mixed.jar) browser.jar.set(name, value)
        }
        // 503 is the page that asks for a minute, while an edge waits for what the other cannot say.
        const allowed = ['passed', '503']
        // The first sign-in asked for no groups: only a page can go and ask for them.
        if (older === everyone) allowed.push('401')
        expect([...seen].filter((one) => !allowed.includes(one))).toEqual([])
        expect(seen).toContain('passed')
        // In the end there is one version, and the same session.
        world.now += 61_000
        world.handler = edges[1]!
        const later = browser.copy(() => edges[1]!)
        expect(await visit(later, 1)).toBe('passed')
        expect(later.session!.rev).toBe(newer.revision)
        if (older !== everyone) expect(later.session!.sid).toBe(sid)
      }
    },
  )

  it('P07 deny at the older edge what only the newer allows, and the reverse, and wait in between', async () => {
    edge.okta.breach = { said: { groups: ['guests'] } }
    world.handler = edge.edge({ access: staff })
    const browser = edge.browser()
    expect((await browser.open('/a')).response!.status).toBe('403')
    world.handler = edge.edge({ access: guests })
    const fresh = (await browser.open('/a')).response!
    expect(fresh.status).toBe('503')
    expect(headerOf(fresh, 'retry-after')).toBe('60')
    world.now += 60_000
    expect((await browser.open('/a')).response).toBeUndefined()
    world.handler = edge.edge({ access: staff })
    const image = await browser.open('/a', { headers: IMAGE })
    expect(image.response!.status).toBe('503')
    expect(JSON.parse(image.response!.body!)).toEqual({ error: 'unavailable' })
  })
})
