import { createPrivateKey, type JsonWebKey, sign } from 'node:crypto'
import { get } from 'node:http'
import { isDeepStrictEqual } from 'node:util'
import { unzipSync } from 'fflate'
import { COOKIES, ROUTES, sessionIssuer } from '../../../src/access/names.ts'
import { namesOf } from '../../../src/plan/names.ts'
import type { Sandbox, Site } from '../../../src/sandbox/index.ts'
import { GROUP } from '../world.ts'

/** Seconds. */
const TOKEN = 15 * 60
const LONGEST = 12 * 3600

/** An edge that hears of a version as late as one may: so long after CloudFront has said Deployed. */
const LATE = 'late'
const LAG = 105_000

interface Version {
  sessionKeys: { kid: string }[]
  clientId: string
  access: { revision: number }
}

interface Reader {
  kid: string
  cookie: string
  revision: number
  expires: number
  over: number
}

/** One that serves, and with what; the site may have functions of several versions for a moment. */
interface Edge {
  name: string
  versions: Version[]
}

/** People with sessions of every key that has signed one, who ask for a page at both edges (I3). */
export interface Readers {
  /** Everybody before is gone; whoever is signed in now has the session of an edge of now. */
  begin(): void
  /** Somebody signs in at each edge, and everybody asks at each: whose session is refused, or who cannot sign in. */
  ask(): Promise<string[]>
}

export function readersOf(sandbox: Sandbox, site: Site): Readers {
  const host = new URL(site.url).host
  const { edge } = sandbox.aws
  const read = new WeakMap<Uint8Array, Version>()
  let readers: Reader[] = []
  let held: Edge = { name: LATE, versions: [] }
  let behindSince: number | undefined
  let asked = ''

  function hold(): void {
    behindSince = undefined
    sandbox.cloudfront.release(LATE)
    sandbox.cloudfront.hold(LATE)
    // Versions that are deleted later stand at an edge that has not let go of them.
    held = { name: LATE, versions: deployed() }
  }

  /** Whoever's call it was that CloudFront took, and whatever the answer to it was. */
  function catchUp(): void {
    if (serving().length === 1) behindSince = undefined
    else if (sandbox.clock.now() >= (behindSince ??= sandbox.clock.now()) + LAG) hold()
  }

  function deployed(): Version[] {
    const behaviors = edge.deployed(host)?.behaviors ?? []
    const arns = new Set(behaviors.flatMap(({ viewerRequest }) => viewerRequest ?? []))
    return [...arns].flatMap((arn) => {
      const zip = edge.version(arn)?.zip
      return zip ? [versionIn(zip)] : []
    })
  }

  function versionIn(zip: Uint8Array): Version {
    const known = read.get(zip)
    if (known) return known
    const file = unzipSync(zip, { filter: ({ name }) => name === 'config.json' })['config.json']
    const version = JSON.parse(Buffer.from(file ?? []).toString('utf8')) as Version
    read.set(zip, version)
    return version
  }

  /** The one that is up to date, and the other one where it is not. */
  function serving(): Edge[] {
    const now = { name: 'local', versions: deployed() }
    return isDeepStrictEqual(now.versions, held.versions) ? [now] : [now, held]
  }

  function ring(): { kid: string; key: JsonWebKey }[] {
    const name = namesOf(site.distributionId).keys.session
    const value = sandbox.aws.parameters().find((one) => one.name === name)?.value
    return value === undefined ? [] : (JSON.parse(value) as { keys: [] }).keys
  }

  /** An edge signs with the first key of the ring that its own version knows. */
  function signIn({ name, versions }: Edge): string[] {
    const keys = ring()
    return versions.flatMap((version) => {
      const known = new Set(version.sessionKeys.map(({ kid }) => kid))
      const signer = keys.find(({ kid }) => known.has(kid))
      if (keys.length > 0 && !signer) return [`nobody can sign in at the ${name} edge`]
      const isNew = signer && !readers.some(({ kid }) => kid === signer.kid)
      if (isNew) readers.push(reader(version, signer))
      return []
    })
  }

  function reader(version: Version, { kid, key }: { kid: string; key: JsonWebKey }): Reader {
    const now = Math.floor(sandbox.clock.now() / 1000)
    const claims = {
      iss: sessionIssuer(site.distributionId),
      aud: version.clientId,
      sub: '00u-reader',
      email: 'reader@tidewater.example',
      name: 'A Reader',
      groups: [GROUP],
      sid: `sid-${kid}`,
      start: now,
      rev: version.access.revision,
      iat: now,
      exp: now + TOKEN,
    }
    const text = [{ alg: 'RS256', typ: 'guard+jwt', kid }, claims].map(encoded).join('.')
    const signature = sign('sha256', Buffer.from(text), createPrivateKey({ key, format: 'jwk' }))
    const cookie = `${COOKIES.session}=${text}.${signature.toString('base64url')}`
    return { kid, cookie, revision: claims.rev, expires: claims.exp, over: now + LONGEST }
  }

  return {
    begin() {
      readers = []
      asked = ''
      hold()
    },
    async ask() {
      catchUp()
      const edges = serving()
      const problems = edges.flatMap(signIn)
      const now = sandbox.clock.now() / 1000
      readers = readers.filter(({ over }) => now < over)
      // What the answers depend on: while it is the same, nobody has to ask.
      const state = JSON.stringify([
        edges,
        readers.map(({ kid, expires }) => [kid, now < expires] as const),
      ])
      if (state === asked) return problems
      asked = state
      for (const { name, versions } of edges) {
        const revision = Math.max(0, ...versions.map(({ access }) => access.revision))
        for (const each of readers) {
          const answer = await request(site, name, each.cookie)
          // Renewed without anybody's doing, which is asked for of authentic sessions alone.
          const isRenewed = now >= each.expires || each.revision < revision
          if (answer === 200 || (answer === ROUTES.refresh && isRenewed)) continue
          problems.push(`the session of key ${each.kid} gets ${answer} at the ${name} edge`)
        }
      }
      return problems
    },
  }
}

function encoded(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

/** The status, or where it leads to. */
function request(site: Site, edge: string, cookie: string): Promise<number | string> {
  const url = new URL(site.url)
  const headers = { host: url.host, accept: 'text/html', cookie, 'x-sandbox-edge': edge }
  return new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port: url.port, headers }, (answer) => {
      answer.resume()
      const { location } = answer.headers
      resolve(location === undefined ? (answer.statusCode ?? 0) : new URL(location).pathname)
    }).on('error', reject)
  })
}
