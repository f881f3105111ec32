import type { CloudFrontRequestResult } from 'aws-lambda'
import type { Handler } from '../../../src/edge-function/handler.ts'
import type { Response } from '../../../src/edge-function/types.ts'
import { edgeEvent, headerOf, NAVIGATION, ORIGIN } from '../../helpers/edge.ts'
import type { EdgeCloud } from './cloud.ts'
import { isAnswer } from './legal.ts'

/** What asks: a tab, a script, an image. */
export const KINDS = {
  tab: { ...NAVIGATION, 'sec-fetch-site': 'same-origin', accept: 'text/html,*/*;q=0.8' },
  script: { 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty', accept: 'application/json, */*' },
  image: { 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image', accept: 'image/png,*/*' },
} as const
export type Kind = keyof typeof KINDS

interface Kept {
  value: string
  path: string
  expires: number
}

/** One answer on the way, and which instance gave it. */
export interface Hop<Edge> {
  uri: string
  result: Exclude<CloudFrontRequestResult, void | null | undefined>
  edge: Edge
}

const MAX_HOPS = 20

/** A browser with a cookie jar, and somebody who signs in at Okta whenever asked. */
export class Browser<Edge extends { handler: Handler }> {
  readonly jar = new Map<string, Kept>()
  readonly #who: string
  readonly #cloud: EdgeCloud
  /** Which edge answers next. */
  readonly #next: () => Edge

  constructor(who: string, cloud: EdgeCloud, next: () => Edge) {
    this.#who = who
    this.#cloud = cloud
    this.#next = next
  }

  /** Asks, follows redirects through Okta and back, and tells the whole way. */
  async open(target: string, kind: Kind = 'tab', isFollowing = true): Promise<Hop<Edge>[]> {
    const hops: Hop<Edge>[] = []
    let address: string | undefined = ORIGIN + target
    while (address !== undefined && hops.length < MAX_HOPS) {
      const url: URL = new URL(address)
      const hop: Hop<Edge> = await this.#ask(url, kind)
      hops.push(hop)
      const location = isAnswer(hop.result) ? headerOf(hop.result, 'location') : undefined
      address = isFollowing && location !== undefined ? this.#follow(location, kind) : undefined
    }
    return hops
  }

  /** Where a redirect leads; a script may not go to Okta. */
  #follow(location: string, kind: Kind): string | undefined {
    const url = new URL(location)
    if (url.origin === ORIGIN) return location
    if (url.pathname.endsWith('/authorize') && kind === 'tab') {
      return `${ORIGIN}/_guard/callback?${this.#cloud.enter(location, this.#who)}`
    }
    return
  }

  async #ask(url: URL, kind: Kind): Promise<Hop<Edge>> {
    const edge = this.#next()
    const cookie = this.#cookies(url.pathname)
    const event = edgeEvent({
      uri: url.pathname,
      querystring: url.search.slice(1),
      headers: KINDS[kind],
      ...(cookie && { cookie }),
    })
    const result = (await edge.handler(event))!
    if (isAnswer(result)) this.#keep(result)
    return { uri: url.pathname, result, edge }
  }

  #cookies(path: string): string {
    return [...this.jar]
      .filter(([, kept]) => kept.expires > this.#cloud.now && path.startsWith(kept.path))
      .map(([name, { value }]) => `${name}=${value}`)
      .join('; ')
  }

  /** RFC 6265, section 5.3, as far as our cookies need it. */
  #keep({ headers = {} }: Response): void {
    for (const { value: line } of headers['set-cookie'] ?? []) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line)!
      const seconds = Number(/Max-Age=(\d+)/.exec(line)![1])
      const path = /Path=([^;]+)/.exec(line)![1]!
      if (seconds === 0) this.jar.delete(name!)
      else this.jar.set(name!, { value: value!, path, expires: this.#cloud.now + seconds * 1000 })
    }
  }
}
