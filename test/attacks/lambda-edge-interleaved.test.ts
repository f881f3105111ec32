import fc from 'fast-check'
import type { CloudFrontRequestResult } from 'aws-lambda'
import { beforeEach, describe, expect, it } from 'vitest'
import type { Handler } from '../../src/edge-function/handler.ts'
import { cookiesSet, edgeEvent, headerOf, NAVIGATION } from '../helpers/edge.ts'
import type { EventInput } from '../helpers/edge.ts'
import { signInWorld } from '../helpers/edge-sign-in.ts'
import { configuredFor, startHostileOkta } from '../helpers/hostile-okta.ts'
import type { HostileOkta } from '../helpers/hostile-okta.ts'

const world = signInWorld()
let okta: HostileOkta

beforeEach(async () => {
  okta = await startHostileOkta()
})

const ACTIONS = ['page', 'login', 'enter', 'again', 'refusal', 'junk', 'me', 'logout'] as const
type Action = (typeof ACTIONS)[number]

/** One browser: its cookies, and where Okta has sent it. */
class Browser {
  readonly #jar = new Map<string, string>()
  readonly #sub: string
  readonly #instance: () => Handler
  /** The last authorization request, and the last way back from it. */
  #authorize: string | undefined
  #back = 'code=x&state=y'

  constructor(sub: string, instance: () => Handler) {
    this.#sub = sub
    this.#instance = instance
  }

  /** What the user sees, less what is random by intent. */
  async do(action: Action): Promise<unknown> {
    if (action === 'enter' && this.#authorize !== undefined) {
      okta.breach.claims = { sub: this.#sub, email: `${this.#sub}@example.com`, name: this.#sub }
      this.#back = await okta.enter(this.#authorize)
    }
    const cookie = [...this.#jar].map(([name, value]) => `${name}=${value}`).join('; ')
    const result = await this.#instance()(edgeEvent({ ...this.#input(action), cookie }))
    this.#keep(result)
    return seen(result)
  }

  #input(action: Action): EventInput {
    const own = { ...NAVIGATION, 'sec-fetch-site': 'same-origin' }
    const state = new URLSearchParams(this.#back).get('state')
    const callback = { uri: '/_guard/callback', headers: NAVIGATION }
    const inputs: Record<Action, EventInput> = {
      page: { uri: `/${this.#sub}`, headers: NAVIGATION },
      login: { uri: '/_guard/login', querystring: `return_to=/${this.#sub}`, headers: NAVIGATION },
      enter: { ...callback, querystring: this.#back },
      again: { ...callback, querystring: this.#back },
      refusal: { ...callback, querystring: `error=access_denied&state=${state}` },
      junk: { ...callback, querystring: 'state=none' },
      me: { uri: '/_guard/me' },
      logout: { uri: '/_guard/logout', headers: own },
    }
    return inputs[action]
  }

  #keep(result: CloudFrontRequestResult): void {
    if (!result || !('status' in result)) return
    for (const [name, value] of cookiesSet(result)) {
      if (value) this.#jar.set(name, value)
      else this.#jar.delete(name)
    }
    const location = headerOf(result, 'location') ?? ''
    if (location.includes('/authorize?')) this.#authorize = location
  }
}

function seen(result: CloudFrontRequestResult): unknown {
  const text = JSON.stringify(result)
  return JSON.parse(
    text
      .replace(/(state=)[\w-]{8}\.[\w-]{22}/g, '$1…')
      .replace(/((?:nonce|code_challenge|id_token_hint)=)[\w.-]+/g, '$1…')
      .replace(/(__(?:Host|Secure)-guard(?:-refresh|-tx-tried)?=)[\w.-]+/g, '$1…')
      .replace(/__Host-guard-tx-(?!tried)[\w-]{8}=[\w.-]*/g, '__Host-guard-tx-…')
      .replace(/(token=)seal-1\.[\w-]+/g, '$1…'),
  )
}

const run = fc.array(
  fc.record({ user: fc.constantFrom(0, 1), action: fc.constantFrom(...ACTIONS) }),
  { minLength: 4, maxLength: 16 },
)

describe('E23 two users on one warm instance', () => {
  it('E23 see in any order what each would see on an instance of their own', async () => {
    const config = configuredFor(okta, world.configured())
    let signedIn = 0
    await fc.assert(
      fc.asyncProperty(run, async (steps) => {
        const warm = world.instance(config)
        const shared = ['ada', 'ben'].map((sub) => new Browser(sub, () => warm))
        const alone = ['ada', 'ben'].map((sub) => new Browser(sub, () => world.instance(config)))
        for (const { user, action } of steps) {
          const result = await shared[user]!.do(action)
          expect(result, `${user} ${action}`).toEqual(await alone[user]!.do(action))
          if (action === 'enter' && 'status' in Object(result)) signedIn++
        }
      }),
      { numRuns: 60 },
    )
    expect(signedIn).toBeGreaterThan(10)
  })

  it('E23 each get their own session when all of it happens at once', async () => {
    const handler = world.instance(configuredFor(okta, world.configured()))
    const users = Array.from({ length: 8 }, (_, index) => `user${index}`)
    const browsers = users.map((sub) => new Browser(sub, () => handler))
    await Promise.all(browsers.map((browser) => browser.do('login')))
    // Okta's side of it one by one: who enters is told by one variable.
    for (const browser of browsers) await browser.do('enter')
    for (const round of [1, 2]) {
      const answers = await Promise.all(
        browsers.flatMap((browser) => [browser.do('me'), browser.do('page'), browser.do('junk')]),
      )
      for (const [index, sub] of users.entries()) {
        const [me, page, junk] = answers.slice(index * 3, index * 3 + 3) as Seen[]
        expect(JSON.parse(me!.body ?? ''), `round ${round}`).toMatchObject({ sub, name: sub })
        expect(page).toMatchObject({ uri: `/${sub}` })
        expect(junk).toMatchObject({ status: '400' })
      }
    }
  })
})

interface Seen {
  body?: string
}
