import { MARKER_HEADER, ROUTES } from '../../access/names.ts'
import { createUserAgent } from '../../sandbox/user-agent.ts'
import type { DemoData } from '../../ui/schemas/data.ts'
import type { CommandContext } from '../program/context.ts'
import { environmentOf, type Demo } from './environment.ts'
import { FINANCE, type DemoUser } from './users.ts'
import {
  DEMO_DEFAULTS,
  STATUS_DEFAULTS,
  TEARDOWN_DEFAULTS,
  type DemoOptions,
} from '../program/options.ts'
import { run as status } from '../status.ts'
import { run as teardown } from '../teardown.ts'

type Context = CommandContext<DemoOptions>
type Check = DemoData['checks'][number]

const TOKEN_LIFE_MS = 15 * 60_000

/** A deep link with a query: it must come back byte for byte. */
function deepLink({ site, isSample }: Demo): string {
  return `${site}${isSample ? '/reports/q3.html' : '/'}?panel=revenue&view=a%2Fb`
}

/** Signs in as every user over HTTP, then looks at status and takes it all back. */
export async function checkDemo(context: Context, demo: Demo): Promise<Check[]> {
  const checks: Check[] = [await checkStranger(demo)]
  for (const user of demo.users) {
    checks.push(user.allowed ? await checkAllowed(demo, user) : await checkRefused(demo, user))
    if (user.allowed && demo.isSample) checks.push(await checkFinance(demo, user))
  }
  checks.push(await checkRefreshed(demo, demo.users[0]!))
  checks.push(await checkStatus(context, demo), await checkTeardown(context, demo))
  return checks
}

async function checkStranger(demo: Demo): Promise<Check> {
  const { site } = demo
  const agent = createUserAgent()
  const page = await agent.request(deepLink(demo))
  const location = page.headers.get('location') ?? ''
  const ok = page.status === 302 && location.startsWith(`${site}${ROUTES.login}?`)
  return { check: 'a stranger is asked to sign in', ok, detail: `${page.status} ${location}` }
}

async function checkAllowed(demo: Demo, user: DemoUser): Promise<Check> {
  const agent = createUserAgent()
  const { site } = demo
  const wanted = deepLink(demo)
  const page = await agent.signIn(wanted, user.login, user.password)
  const arrived = page.status === 200 && page.url === wanted
  const me = await agent.request(`${site}${ROUTES.me}`)
  const known = me.status === 200 && me.text.includes(user.login)
  return {
    check: `${user.login} signs in and lands on the page asked for`,
    ok: arrived && known,
    detail: `${page.status} ${page.url.slice(site.length)}`,
  }
}

async function checkRefused({ site }: Demo, user: DemoUser): Promise<Check> {
  const agent = createUserAgent()
  const page = await agent.signIn(`${site}/`, user.login, user.password)
  const ours = page.headers.get(MARKER_HEADER) !== null
  return {
    check: `${user.login} is refused with a page, not a loop`,
    ok: page.status === 403 && ours,
    detail: `${page.status} after ${page.history.length} requests`,
  }
}

/** A rule for a part of the site. */
async function checkFinance({ site }: Demo, { login, password, finance }: DemoUser) {
  const page = await createUserAgent().signIn(`${site}${FINANCE}`, login, password)
  const denied = page.status === 403 && page.text.includes(login)
  return {
    check: finance ? `${login} reads ${FINANCE}` : `${login} may not read ${FINANCE}`,
    ok: finance ? page.status === 200 : denied,
    detail: `${page.status} ${page.url.slice(site.length)}`,
  }
}

/** A page left open: the sandbox's clock is pushed past the life of a token. */
async function checkRefreshed({ site, sandbox }: Demo, { login, password }: DemoUser) {
  const agent = createUserAgent()
  await agent.signIn(`${site}/`, login, password)
  sandbox.clock.advance(TOKEN_LIFE_MS + 1_000)
  const page = await agent.open(`${site}/`)
  const ways = page.history.map((address) => new URL(address).pathname)
  return {
    check: `${login} goes on after the life of a token, without a form`,
    ok: page.status === 200 && ways.includes(ROUTES.refresh) && !ways.includes(ROUTES.login),
    detail: `${page.status} by ${ways.join(' → ')}`,
  }
}

async function checkStatus(context: Context, demo: Demo): Promise<Check> {
  const result = await status(within(context, demo, STATUS_DEFAULTS))
  const bad = result.data.parts.filter(({ state }) => state !== 'ok')
  return {
    check: 'status finds everything in order',
    ok: result.exitCode === 0 && bad.length === 0,
    detail: `exit ${result.exitCode}, ${result.data.parts.length - bad.length} parts ok${bad.map(({ part, state }) => `, ${part} ${state}`).join('')}`,
  }
}

async function checkTeardown(context: Context, demo: Demo): Promise<Check> {
  const options = { ...TEARDOWN_DEFAULTS, confirm: demo.distribution, wait: true }
  const result = await teardown(within(context, demo, options))
  const { status: code } = await fetch(`${demo.site}/`, { redirect: 'manual' })
  const left = demo.sandbox.okta.store.apps.size
  return {
    check: 'teardown gives everything back',
    ok: result.exitCode === 0 && code === 200 && left === 0,
    detail: `GET / answers ${code} to a stranger again, ${left} Okta apps left`,
  }
}

function within<O extends object>(context: Context, demo: Demo, options: O) {
  const { json, color, quiet, debug } = { ...DEMO_DEFAULTS, ...context.options }
  return {
    ...context,
    io: { ...context.io, env: environmentOf(context, demo.sandbox) },
    options: { ...options, json, color, quiet, debug, distribution: demo.distribution },
    config: undefined,
  }
}
