import type { CloudFrontResultResponse } from 'aws-lambda'
import type { Handler } from '../../src/edge-function/handler.ts'
import { cookiesSet, edgeEvent, headerOf, NAVIGATION, ORIGIN } from './edge.ts'
import type { EventInput } from './edge.ts'
import type { HostileOkta } from './hostile-okta.ts'

export interface Landed {
  /** Undefined where the origin was reached. */
  response: CloudFrontResultResponse | undefined
  /** Path and query of every request to the site, in order. */
  trail: string[]
  /** Whether Okta's sign-in was shown. */
  sawOkta: boolean
}

const MAX_HOPS = 10
const GUARD_PATH = '/_guard/'

/** A browser in front of one or more edges: keeps cookies by path and follows redirects, ten at most. */
export class EdgeBrowser {
  readonly jar = new Map<string, string>()
  /** Leaves a Set-Cookie aside when it says so. */
  keeps: (name: string) => boolean = () => true
  readonly #edge: () => Handler
  readonly #okta: HostileOkta

  constructor(edge: () => Handler, okta: HostileOkta) {
    this.#edge = edge
    this.#okta = okta
  }

  /** What comes of an address of the site in the end. */
  async open(target: string, input: EventInput = { headers: NAVIGATION }): Promise<Landed> {
    const trail: string[] = []
    let sawOkta = false
    let next = target
    for (let hop = 0; hop < MAX_HOPS; hop++) {
      trail.push(next)
      const response = await this.ask(next, input)
      const location = response && headerOf(response, 'location')
      if (location === undefined) return { response, trail, sawOkta }
      if (location.startsWith(`${this.#okta.url}/oauth2/v1/authorize`)) {
        sawOkta = true
        next = `/_guard/callback?${await this.#okta.enter(location)}`
      } else if (location.startsWith(`${ORIGIN}/`)) next = location.slice(ORIGIN.length)
      else throw new Error(`led to ${location}`)
    }
    throw new Error(`no end after ${MAX_HOPS} redirects: ${trail.join(' ')}`)
  }

  /** One request; undefined where it was passed to the origin. */
  async ask(
    target: string,
    input: EventInput = { headers: NAVIGATION },
  ): Promise<CloudFrontResultResponse | undefined> {
    const [uri = '', querystring = ''] = splitOnce(target, '?')
    const cookie = this.cookie(uri)
    const event = edgeEvent({ ...input, uri, querystring, ...(cookie && { cookie }) })
    const result = await this.#edge()(event)
    if (!result || !('status' in result)) return undefined
    for (const [name, value] of cookiesSet(result)) {
      if (!this.keeps(name)) continue
      if (value) this.jar.set(name, value)
      else this.jar.delete(name)
    }
    return result
  }

  cookie(uri: string): string {
    return [...this.jar]
      .filter(([name]) => name.startsWith('__Host-') || uri.startsWith(GUARD_PATH))
      .map((pair) => pair.join('='))
      .join('; ')
  }

  /** Another browser with the same cookies. */
  copy(edge = this.#edge): EdgeBrowser {
    const other = new EdgeBrowser(edge, this.#okta)
    for (const [name, value] of this.jar) other.jar.set(name, value)
    return other
  }

  get session(): Record<string, unknown> | undefined {
    const payload = this.jar.get('__Host-guard')?.split('.')[1]
    return payload && JSON.parse(Buffer.from(payload, 'base64url').toString())
  }
}

function splitOnce(text: string, at: string): string[] {
  const index = text.indexOf(at)
  return index < 0 ? [text] : [text.slice(0, index), text.slice(index + 1)]
}
