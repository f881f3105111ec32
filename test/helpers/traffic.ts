import { setTimeout as pause } from 'node:timers/promises'
import { createUserAgent, type UserAgent } from '../../src/sandbox/user-agent.ts'
import type { Sandbox, Site } from '../../src/sandbox/index.ts'

export interface Person {
  login: string
  password: string
}

const POLL_MS = 50
const SCRIPT = {
  accept: 'application/json',
  'sec-fetch-mode': 'cors',
  'sec-fetch-dest': 'empty',
  'sec-fetch-site': 'same-origin',
}

/** People at work on a site: every request goes to another of two edges than the one before. */
export class Traffic {
  requests = 0
  redirects = 0
  signIns = 0
  refreshes = 0
  readonly failures: string[] = []
  readonly #site: Site
  readonly #person: Person
  readonly #signedIn: UserAgent[] = []
  #running = true
  #polling: Promise<void> | undefined

  constructor(sandbox: Sandbox, site: Site, person: Person, edges: string[]) {
    this.#site = site
    this.#person = person
    let count = 0
    sandbox.cloudfront.edgeFor = () => edges[(count += 1) % edges.length] ?? 'local'
  }

  /** Somebody signs in, and from then on asks for the page every 50 ms. */
  async begin(): Promise<void> {
    this.#signedIn.push(await this.signIn())
    this.#polling ??= this.#poll()
  }

  async signIn(): Promise<UserAgent> {
    const agent = createUserAgent()
    const { login, password } = this.#person
    const page = await agent.signIn(`${this.#site.url}/`, login, password)
    this.signIns += 1
    const ways = page.history.map((address) => new URL(address).pathname)
    const isStraight = ways.filter((way) => way === '/_guard/callback').length === 1
    if (page.status !== 200 || ways.at(-1) !== '/' || !isStraight) {
      this.failures.push(`sign-in: ${page.status} ${page.history.join(' → ')}`)
    }
    return agent
  }

  /** A page that stays open has its session renewed. */
  async refresh(): Promise<void> {
    for (const agent of this.#signedIn) {
      const address = `${this.#site.url}/_guard/refresh`
      const page = await agent.request(address, { headers: SCRIPT })
      this.refreshes += 1
      if (page.status !== 204) this.failures.push(`refresh: ${page.status} ${page.text}`)
    }
  }

  async #poll(): Promise<void> {
    while (this.#running) {
      for (const agent of this.#signedIn) {
        const page = await agent.request(`${this.#site.url}/`)
        this.requests += 1
        if (page.status >= 300 && page.status < 400) {
          this.redirects += 1
          this.failures.push(`redirected to ${page.headers.get('location') ?? ''}`)
        } else if (page.status !== 200) this.failures.push(`page: ${page.status} ${page.text}`)
      }
      await pause(POLL_MS)
    }
  }

  /** However busy the machine is: not before that many requests. */
  async end(requests: number): Promise<void> {
    while (this.requests < requests) await pause(POLL_MS)
    this.#running = false
    await this.#polling
  }
}
