import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { EdgeConfig } from '../../../src/access/edge-config.ts'
import { subjectHash } from '../../../src/access/subject.ts'
import type { Handler } from '../../../src/edge-function/handler.ts'
import type { Session } from '../../../src/edge-function/types.ts'
import { edgeHandler, headerOf, KEYS, NOW } from '../../helpers/edge.ts'
import { Browser } from './browser.ts'
import type { Hop, Kind } from './browser.ts'
import type { EdgeCloud, Person } from './cloud.ts'
import { isAnswer } from './legal.ts'
import { COOKIES, SESSION_KEYS } from './people.ts'
import { holds } from './property.ts'
import type { EdgeProperty } from './property.ts'

const MAX_REDIRECTS = 7
const FRESH_SECONDS = 60

type Rules = EdgeConfig['access']['rules']
type Allow = Rules[number]['allow']

const RULES: Allow[] = [
  'everyone',
  { groups: ['red'] },
  { groups: ['blue'] },
  { groups: ['red', 'blue'] },
  { groups: ['green'] },
  { emails: ['ada@example.com'] },
  { emailDomains: ['example.org'], groups: ['red'] },
]
const rules: fc.Arbitrary<Rules> = fc.oneof(
  fc.constant<Rules>([]),
  fc.tuple(fc.constantFrom(...RULES), fc.constantFrom(...RULES)).map(([special, rest]) => [
    { paths: ['/special/*'], allow: special },
    { paths: ['/*'], allow: rest },
  ]),
)

/** What one version of the function carries; `at` is 0 for the one before, 1 for the newest. */
interface Edge {
  at: 0 | 1
  handler: Handler
  config: EdgeConfig
}

const visit = fc.record({
  path: fc.constantFrom('/special/x', '/a', '/'),
  kind: fc.constantFrom<Kind>('tab', 'tab', 'tab', 'script', 'image'),
  /** Seconds before it. */
  wait: fc.constantFrom(0, 1, 30, 61, 300, 1000, 44_000),
})
const input = fc.record({
  who: fc.constantFrom('ada', 'ben', 'eve'),
  isThin: fc.boolean(),
  rules: fc.tuple(rules, rules),
  isRevoked: fc.constantFrom<'no' | 'user' | 'everyone'>('no', 'no', 'user', 'everyone'),
  /** Which of the keys beside the common one each version knows. */
  keys: fc.tuple(fc.constantFrom(1, 2), fc.constantFrom(1, 2)),
  /** Which version answers, one after the other, and round again. */
  edges: fc.array(fc.constantFrom<0 | 1>(0, 1), { minLength: 1, maxLength: 12 }),
  visits: fc.array(visit, { minLength: 1, maxLength: 6 }),
})
type Input = typeof input extends fc.Arbitrary<infer T> ? T : never

/** While a new version goes out, two of them answer in any order. */
export function twoVersions(cloud: EdgeCloud): EdgeProperty {
  return holds(
    'two versions side by side never loop nor refuse nor let in',
    100,
    input,
    async (given) => {
      cloud.reset()
      cloud.isThin = given.isThin
      const before = versionOf(0, given, cloud)
      const versions = [before, versionOf(1, given, cloud)] as const
      const person = cloud.people[given.who]!

      // Signed in while there was one version only, an hour before.
      const edges = [before]
      let asks = 0
      const browser = new Browser<Edge>(given.who, cloud, () => edges[asks++ % edges.length]!)
      cloud.now = NOW - 3_600_000
      await browser.open('/a')
      cloud.now = NOW + 1000
      edges.splice(0, 1, ...given.edges.map((at) => versions[at]))

      for (const { path, kind, wait } of given.visits) {
        cloud.now += wait * 1000
        const hops = await browser.open(path, kind)
        assert.ok(hops.length - 1 <= MAX_REDIRECTS, `${hops.length - 1} redirects: ${trace(hops)}`)
        const claims = claimsOf(browser.jar.get(COOKIES.session)?.value)
        judge(hops, { path, kind, person, claims, versions, now: cloud.now })
      }
    },
  )
}

function versionOf(at: 0 | 1, given: Input, cloud: EdgeCloud): Edge {
  const keys = [KEYS.session, SESSION_KEYS[given.keys[at]]]
  const until = NOW / 1000
  const formerGroups = at === 1 ? groupsOf(given.rules[0]) : []
  const notBefore = {
    no: {},
    user: { users: { [subjectHash(given.who)]: until } },
    everyone: { everyone: until },
  }[given.isRevoked]
  const config = cloud.configured({
    access: { revision: at + 1, public: [], rules: given.rules[at], formerGroups },
    sessionKeys: keys.map(({ publicJwk }) => publicJwk),
    notBefore: at === 1 ? notBefore : {},
  })
  return { at, config, handler: edgeHandler(config, () => cloud.now) }
}

interface Seen {
  path: string
  kind: Kind
  person: Person
  /** Of the session that the browser has in the end. */
  claims: Session | undefined
  versions: readonly [Edge, Edge]
  now: number
}

/** The last answer on the way, by the rules of the version that gave it. */
function judge(hops: Hop<Edge>[], seen: Seen): void {
  const { uri, result, edge } = hops.at(-1)!
  const told = `version ${edge.at}, ${trace(hops)}`
  const may = isAllowed(edge.config, seen.path, seen.person)
  if (!isAnswer(result)) {
    assert.equal(uri, seen.path, told)
    assert.ok(may, `passed without the right: ${told}`)
    assert.ok(!isRevoked(edge, seen.claims), `passed with a revoked session: ${told}`)
    return
  }
  switch (result.status) {
    case '403':
      return assert.ok(!may, `a good session refused: ${told}`)
    case '503':
      assert.equal(headerOf(result, 'retry-after'), '60', told)
      return assert.ok(!may || isWaiting(edge, seen), `made to wait: ${told}`)
    case '401':
      // It cannot sign in by itself; the next tab does.
      return assert.notEqual(seen.kind, 'tab', told)
    default:
      // What the script asked for was a file: an answer without one is a broken page.
      assert.fail(`${result.status} at the end: ${told}`)
  }
}

/** The session was minted by a version that did not name what this one’s rule needs. */
function isWaiting({ at, config }: Edge, { path, claims, versions, now }: Seen): boolean {
  if (!claims) return false
  const isNew = now / 1000 < claims.iat + FRESH_SECONDS
  const other = versions[at === 0 ? 1 : 0].config
  const minted = claims.rev === config.access.revision ? config : other
  const needed = namesOf([ruleFor(config, path)])
  const { rules: named, formerGroups = [] } = minted.access
  // Okta is asked for groups only where a rule is for groups.
  const others = groupsOf(named).length > 0 ? formerGroups : []
  const known = [...namesOf(named.map(({ allow }) => allow)), ...others]
  const lacks = needed.some((name) => !known.includes(name))
  return lacks && (claims.rev! > config.access.revision || isNew)
}

function ruleFor({ access }: EdgeConfig, path: string): Allow {
  const rule = access.rules.find(({ paths }) =>
    paths.some((one) => path.startsWith(one.slice(0, -1))),
  )
  return rule?.allow ?? 'everyone'
}

function groupsOf(list: Rules): string[] {
  return list.flatMap(({ allow }) => (allow === 'everyone' ? [] : (allow.groups ?? [])))
}

/** Groups by name, and whether addresses are needed at all. */
function namesOf(list: Allow[]): string[] {
  return list.flatMap((allow) => {
    if (allow === 'everyone') return []
    return [...(allow.groups ?? []), ...(allow.emails || allow.emailDomains ? ['an address'] : [])]
  })
}

function isAllowed(config: EdgeConfig, path: string, { email, groups }: Person): boolean {
  const allow = ruleFor(config, path)
  if (allow === 'everyone') return true
  return (
    groups.some((group) => allow.groups?.includes(group)) ||
    !!allow.emails?.includes(email) ||
    !!allow.emailDomains?.includes(email.split('@')[1]!)
  )
}

function isRevoked({ config }: Edge, claims: Session | undefined): boolean {
  const { everyone = 0, users = {} } = config.notBefore
  return !claims || claims.start <= Math.max(everyone, users[subjectHash(claims.sub)] ?? 0)
}

function claimsOf(token: string | undefined): Session | undefined {
  const payload = token?.split('.')[1]
  return payload === undefined
    ? undefined
    : (JSON.parse(Buffer.from(payload, 'base64url').toString()) as Session)
}

function trace(hops: Hop<Edge>[]): string {
  return hops
    .map(
      ({ uri, result, edge }) =>
        `${uri} ${isAnswer(result) ? result.status : 'passed'} by ${edge.at}`,
    )
    .join(', ')
}
