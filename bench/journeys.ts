import { randomBytes } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { COOKIES, REFRESH_COOKIE } from '../src/access/names.ts'
import type { seal } from '../src/edge-function/sign-in/sealed/seal.ts'
import { refreshCookie } from '../src/edge-function/sign-in/sealed/refresh-cookie.ts'
import { configWith, ORIGIN, PAGE_PATH, REFUSED_PATH, withRules } from './config.ts'
import { requestEvent } from './events.ts'
import { median, runHandler } from './processes.ts'
import { startStandIns } from './stand-ins.ts'
import type { StandIns } from './stand-ins.ts'
import { unpackZip } from './subjects.ts'
import { guardSigner, rsaSigner, SUB } from './tokens.ts'
import type { RsaSigner } from './tokens.ts'

export const DISTANCES = [0, 1, 80] as const
export const KINDS = ['valid', 'stranger', 'refusal', 'sign-in', 'refresh', 'sign-out'] as const
export type Kind = (typeof KINDS)[number]

/** Calls by whom they went to. */
export type Calls = Record<string, number>

export interface Journey {
  coldMs: number
  warmMs: number
  coldCalls: Calls
  warmCalls: Calls
}

export interface Journeys {
  kind: Kind
  distance: number
  journey: Journey
}

/** Every kind of request with SSM and Okta near and far, in fresh processes, interleaved. */
export async function measureJourneys(temporary: string, rounds: number): Promise<Journeys[]> {
  const okta = rsaSigner('okta-1', 'JWT', () => ({}))
  const standIns = await startStandIns(() => okta)
  try {
    const { folder, file } = await prepare(path.join(temporary, 'journeys'), okta, standIns)
    const samples = new Map<string, Journey[]>()
    for (let round = 0; round < rounds; round++) {
      for (const distance of DISTANCES) {
        standIns.distance = distance
        for (const kind of KINDS) {
          const journey = await runHandler<Journey>('journey.cjs', [kind, folder, file])
          const key = `${kind} ${distance}`
          samples.set(key, [...(samples.get(key) ?? []), journey])
        }
      }
    }
    return KINDS.flatMap((kind) =>
      DISTANCES.map((distance) => ({
        kind,
        distance,
        journey: medianOf(samples.get(`${kind} ${distance}`)!),
      })),
    )
  } finally {
    await standIns.close()
  }
}

async function prepare(
  temporary: string,
  okta: RsaSigner,
  standIns: StandIns,
): Promise<{ folder: string; file: string }> {
  const session = guardSigner()
  const client = rsaSigner('client-1', 'JWT', () => ({}))
  const config = withRules(configWith(session.publicKey, okta.publicKey, standIns.url))
  const ring = <Key>(kid: string, key: Key) => ({ version: 1 as const, keys: [{ kid, key }] })
  const sealRing = ring('seal-1', randomBytes(32).toString('base64url'))
  standIns.parameters = {
    [config.secrets.session]: JSON.stringify(ring('session-1', session.privateJwk)),
    [config.secrets.client]: JSON.stringify(ring('client-1', client.privateJwk)),
    [config.secrets.seal]: JSON.stringify(sealRing),
  }

  const folder = path.join(temporary, 'guard')
  await mkdir(folder, { recursive: true })
  await unpackZip(folder, config)
  const file = path.join(temporary, 'journeys.json')
  const cookies = cookiesFor(session, sealRing)
  const requests = { template: JSON.stringify(requestEvent()), page: PAGE_PATH }
  await writeFile(
    file,
    JSON.stringify({ ...requests, refused: REFUSED_PATH, okta: standIns.url, cookies }),
  )
  return { folder, file }
}

/** What browsers bring: a session in its time, one that has expired, and one that is to end. */
function cookiesFor(
  session: RsaSigner,
  ring: Parameters<typeof seal>[0],
): Record<'valid' | 'expired' | 'leaving', string> {
  const now = Math.floor(Date.now() / 1000)
  const earlier = { sub: SUB, start: now - 3600, iat: now - 1800, exp: now - 900 }
  const sid = randomBytes(16).toString('base64url')
  const kept = {
    ...{ refreshToken: randomBytes(32).toString('base64url'), sid, sub: SUB },
    ...{ scope: 'openid profile email offline_access groups', confirmedAt: now - 1800 },
    ...{ nonce: randomBytes(16).toString('base64url'), authTime: undefined },
    idToken: session.token(),
  }
  const refresh = refreshCookie(ring, ORIGIN, kept, 3600).split(';', 1)[0]!
  if (!refresh.startsWith(`${REFRESH_COOKIE}=`)) throw new Error('no refresh cookie')
  const cookie = (token: string) => `${COOKIES.session}=${token}`
  return {
    valid: cookie(session.token()),
    expired: `${cookie(session.token({ ...earlier, sid }))}; ${refresh}`,
    leaving: `${cookie(session.token({ sub: SUB, sid }))}; ${refresh}`,
  }
}

/** Calls are counted, not measured: that they differ from run to run would be a fault. */
function medianOf(samples: Journey[]): Journey {
  const [first] = samples
  for (const { coldCalls, warmCalls } of samples) {
    const same =
      textOf(coldCalls) === textOf(first!.coldCalls) &&
      textOf(warmCalls) === textOf(first!.warmCalls)
    if (!same) throw new Error('the number of calls differs from run to run')
  }
  return {
    ...first!,
    coldMs: median(samples.map(({ coldMs }) => coldMs)),
    warmMs: median(samples.map(({ warmMs }) => warmMs)),
  }
}

/** `1 SSM, 1 token`, or `0`. */
export function textOf(calls: Calls): string {
  const text = Object.entries(calls)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, count]) => `${count} ${name}`)
  return text.join(', ') || '0'
}
