import { request as httpRequest } from 'node:http'
import { text } from 'node:stream/consumers'

/** A browser as far as signing in needs one: cookies, redirects and a form. RFC 6265, section 5. */
export interface UserAgent {
  /** Follows redirects as a navigation would, up to 20. */
  open(url: string, init?: Partial<PageRequest>): Promise<Page>
  /** One request, no redirects followed. */
  request(url: string, init?: Partial<PageRequest>): Promise<Page>
  /** Opens `url`, fills in Okta's form wherever it shows up, and follows to the end. */
  signIn(url: string, username: string, password: string): Promise<Page>
  /** Sends the page's only form with these fields. */
  submit(page: Page, fields: Record<string, string>): Promise<Page>
  cookies: StoredCookie[]
  /** Sent with every request, also along redirects: `x-sandbox-edge` keeps to one edge location. */
  headers: Record<string, string>
  /** Which cookies it keeps; all unless told, none for a browser that blocks them. */
  keeps: (cookie: StoredCookie) => boolean
}

export interface PageRequest {
  method: string
  headers: Record<string, string>
  body: string
}

export interface Page {
  url: string
  status: number
  headers: Headers
  text: string
  /** Every address on the way, this one last. */
  history: string[]
}

export interface StoredCookie {
  name: string
  value: string
  host: string
  path: string
}

const MAX_REDIRECTS = 20

const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"' }

function unescapeHtml(text: string): string {
  return text.replace(/&(?:#(\d+)|(amp|lt|gt|quot));/g, (_all, code: string, name: string) =>
    code ? String.fromCodePoint(Number(code)) : (entities[name] ?? ''),
  )
}

/** Where the links of a page lead, by their text. */
export function linksOf(page: Page): Map<string, string> {
  const found = page.text.matchAll(/<a\b[^>]*\bhref="([^"]*)"[^>]*>([^<]*)<\/a>/gi)
  return new Map(
    [...found].map(([, href = '', label = '']) => [
      unescapeHtml(label),
      new URL(unescapeHtml(href), page.url).href,
    ]),
  )
}

function formAction(page: Page): string | undefined {
  const form = /<form\b[^>]*>/i.exec(page.text)?.[0]
  if (form === undefined) return undefined
  const action = /\baction="([^"]*)"/i.exec(form)?.[1] ?? ''
  return new URL(unescapeHtml(action), page.url).href
}

function isSignInForm(page: Page): boolean {
  return /<input\b[^>]*type="password"/i.test(page.text)
}

class Jar {
  readonly cookies: StoredCookie[] = []

  store(url: URL, header: string, keeps: (cookie: StoredCookie) => boolean): void {
    const [pair = '', ...attributes] = header.split(/;\s*/)
    const name = pair.slice(0, pair.indexOf('='))
    const value = pair.slice(pair.indexOf('=') + 1)
    const attribute = (wanted: string): string | undefined =>
      attributes.find((one) => one.toLowerCase().startsWith(`${wanted}=`))?.slice(wanted.length + 1)
    const path = attribute('path') ?? url.pathname.replace(/\/[^/]*$/, '/')
    const known = this.cookies.findIndex(
      (one) => one.name === name && one.host === url.host && one.path === path,
    )
    if (known !== -1) this.cookies.splice(known, 1)
    const expires = attribute('expires')
    const gone =
      Number(attribute('max-age') ?? 1) <= 0 ||
      (attribute('max-age') === undefined && expires && Date.parse(expires) <= Date.now())
    const cookie = { name, value, host: url.host, path }
    if (!gone && keeps(cookie)) this.cookies.push(cookie)
  }

  header(url: URL): string {
    const fits = (path: string): boolean =>
      url.pathname === path || url.pathname.startsWith(path.endsWith('/') ? path : `${path}/`)
    return this.cookies
      .filter((one) => one.host === url.host && fits(one.path))
      .map((one) => `${one.name}=${one.value}`)
      .join('; ')
  }
}

const NAVIGATION = {
  accept: 'text/html,application/xhtml+xml,*/*;q=0.8',
  'sec-fetch-mode': 'navigate',
  'sec-fetch-dest': 'document',
}

/** Not `fetch`, which says `Sec-Fetch-Mode: cors` whatever it is told; `*.localhost` is loopback. */
function send(url: URL, { method, headers, body = '' }: Partial<PageRequest>): Promise<Page> {
  const hostname = url.hostname.endsWith('localhost') ? '127.0.0.1' : url.hostname
  const { port, pathname, search, host, href } = url
  const options = { hostname, port, path: pathname + search, method, agent: false } as const
  return new Promise((resolve, reject) => {
    const message = httpRequest({ ...options, headers: { ...headers, host } }, (response) => {
      const answered = new Headers()
      for (let index = 0; index + 1 < response.rawHeaders.length; index += 2)
        answered.append(response.rawHeaders[index] ?? '', response.rawHeaders[index + 1] ?? '')
      text(response).then((content) => {
        const status = response.statusCode ?? 0
        resolve({ url: href, status, headers: answered, text: content, history: [] })
      }, reject)
    })
    message.on('error', reject)
    message.end(body)
  })
}

/** One person's browser; start another for another person. */
export function createUserAgent(): UserAgent {
  const jar = new Jar()

  async function request(address: string, init: Partial<PageRequest> = {}): Promise<Page> {
    const url = new URL(address)
    const cookie = jar.header(url)
    const own = { ...NAVIGATION, ...agent.headers }
    const headers = { ...own, ...(cookie ? { cookie } : {}), ...init.headers }
    const page = await send(url, { method: 'GET', ...init, headers })
    for (const header of page.headers.getSetCookie()) jar.store(url, header, agent.keeps)
    return page
  }

  async function open(address: string, init: Partial<PageRequest> = {}): Promise<Page> {
    const history: string[] = []
    let page = await request(address, init)
    for (;;) {
      history.push(page.url)
      const location = page.headers.get('location')
      if (page.status < 300 || page.status > 399 || location === null) return { ...page, history }
      if (history.length > MAX_REDIRECTS)
        throw new Error(`redirected without end: ${history.slice(-4).join(' → ')}`)
      page = await request(new URL(location, page.url).href)
    }
  }

  async function submit(page: Page, fields: Record<string, string>): Promise<Page> {
    const action = formAction(page)
    if (action === undefined) throw new Error(`no form on ${page.url}`)
    const after = await open(action, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams(fields).toString(),
    })
    return { ...after, history: [...page.history, ...after.history] }
  }

  const agent: UserAgent = {
    request,
    open,
    submit,
    cookies: jar.cookies,
    headers: {},
    keeps: () => true,
    async signIn(url, username, password) {
      const page = await open(url)
      return isSignInForm(page) ? submit(page, { username, password }) : page
    },
  }
  return agent
}
