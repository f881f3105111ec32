import type { CloudFrontResultResponse } from 'aws-lambda'
import { afterAll, beforeAll, beforeEach, expect, vi } from 'vitest'
import type { EdgeConfig } from '../../src/access/edge-config.ts'
import type { Handler } from '../../src/edge-function/handler.ts'
import { idToken, startEdgeCloud, tokenAnswer } from './edge-cloud.ts'
import type { EdgeCloud } from './edge-cloud.ts'
import { ask, cookiesSet, edgeConfig, edgeHandler, headerOf, NAVIGATION, NOW } from './edge.ts'
import type { EventInput } from './edge.ts'

/** A sign-in that was begun. */
export interface Begun {
  state: string
  nonce: string
  challenge: string
  /** The transaction cookie as the browser sends it back. */
  cookie: string
  url: URL
  response: CloudFrontResultResponse
}

/** A fresh instance of the edge function for each test, with SSM and Okta behind it. */
export interface World {
  cloud: EdgeCloud
  now: number
  handler: Handler
  logged: string[]
  configured(changes?: Partial<EdgeConfig>): EdgeConfig
  /** Another instance on the same cloud. */
  instance(config?: EdgeConfig): Handler
  lastReason(): string | undefined
  begin(input?: EventInput, by?: Handler): Promise<Begun>
  back(
    begun: Begun,
    parameters?: Record<string, string>,
    input?: EventInput,
  ): Promise<CloudFrontResultResponse>
  signedIn(parameters?: Record<string, string>): Promise<CloudFrontResultResponse>
  /** How many requests went to a path: `/` is SSM's. */
  asked(path: string): number
}

/** For the top of a test file: sets up and takes down by itself. */
export function signInWorld(): World {
  const world = { now: NOW, logged: [] as string[] } as World
  beforeAll(async () => {
    world.cloud = await startEdgeCloud()
  })
  afterAll(() => world.cloud.close())

  beforeEach(() => {
    world.now = NOW
    Object.assign(world.cloud, { ssm: undefined, token: undefined, jwks: undefined })
    world.cloud.requests.length = 0
    world.handler = world.instance()
    world.logged = []
    vi.spyOn(console, 'log').mockImplementation((line: string) => void world.logged.push(line))
    return () => {
      vi.restoreAllMocks()
      // L04, after every test: canaries, addresses, tokens.
      expect(world.logged.join('\n')).not.toMatch(/CANARY|ada@|eyJ|seal-1\.|error_description/)
    }
  })

  return Object.assign(world, {
    configured(changes: Partial<EdgeConfig> = {}) {
      const config = edgeConfig(changes, world.cloud.url)
      return { ...config, secrets: { ...config.secrets, endpoint: world.cloud.url } }
    },
    instance: (config = world.configured()) => edgeHandler(config, () => world.now),
    lastReason: () => (JSON.parse(world.logged.at(-1)!) as { reason?: string }).reason,
    asked: (path: string) => world.cloud.requests.filter((one) => one.path === path).length,

    async begin(input: EventInput = {}, by = world.handler): Promise<Begun> {
      const response = await ask(by, {
        uri: '/_guard/login',
        querystring: 'return_to=%2Fa%3Fb%3Dc%2520d',
        headers: NAVIGATION,
        ...input,
      })
      expect(response.status).toBe('302')
      return begunBy(response)
    },

    back(begun: Begun, parameters: Record<string, string> = {}, input: EventInput = {}) {
      const query = new URLSearchParams({ code: 'CANARY-code', state: begun.state, ...parameters })
      return ask(world.handler, {
        uri: '/_guard/callback',
        querystring: String(query),
        cookie: begun.cookie,
        headers: { ...NAVIGATION, 'sec-fetch-site': 'cross-site' },
        ...input,
      })
    },

    async signedIn(parameters?: Record<string, string>) {
      const begun = await world.begin()
      world.cloud.token = tokenAnswer(idToken(world.cloud.url, begun.nonce))
      return world.back(begun, parameters)
    },
  })
}

/** What a redirect to Okta says about the attempt. */
export function begunBy(response: CloudFrontResultResponse): Begun {
  const url = new URL(headerOf(response, 'location')!)
  const [name, value] = [...cookiesSet(response)].find(([, text]) => text !== '')!
  return {
    state: url.searchParams.get('state')!,
    nonce: url.searchParams.get('nonce')!,
    challenge: url.searchParams.get('code_challenge')!,
    cookie: `${name}=${value}`,
    url,
    response,
  }
}
