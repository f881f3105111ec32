import type { EdgeConfig } from '../../../src/access/edge-config.ts'
import { COOKIES, REFRESH_COOKIE } from '../../../src/access/names.ts'
import { challengeOf } from '../../../src/edge-function/sign-in/sealed/transaction.ts'
import { seal } from '../../../src/edge-function/sign-in/sealed/seal.ts'
import type { Use } from '../../../src/edge-function/sign-in/sealed/seal.ts'
import { jws, KEYS, NOW, ORIGIN, sessionClaims, signingKey } from '../../helpers/edge.ts'

/** Session keys of three generations; the first is the one that SSM's ring signs with. */
export const SESSION_KEYS = [
  KEYS.session,
  signingKey('session-2'),
  signingKey('session-3'),
] as const

export const SEAL_RING = { version: 1 as const, keys: [KEYS.seal] }

const SECONDS = NOW / 1000

/** When a session was minted, and its sign-in, in seconds before now. */
export const AGES = {
  new: { start: 5, iat: 5, exp: -895 },
  used: { start: 7200, iat: 300, exp: -600 },
  expired: { start: 7200, iat: 1800, exp: 900 },
  over: { start: 50_000, iat: 7600, exp: 6700 },
  future: { start: -600, iat: -600, exp: -1500 },
} as const
export type Age = keyof typeof AGES

/** One session, described: the token of a description is always the same. */
export interface Held {
  who: string
  age: Age
  /** Index of the key; 3 is nobody's. */
  key: number
  rev: number
  groups?: string[] | undefined
}

const FORGER = signingKey('session-1')
const tokens = new Map<string, string>()

export function tokenOf(held: Held): string {
  const name = JSON.stringify(held)
  const token = tokens.get(name) ?? mint(held)
  tokens.set(name, token)
  return token
}

function mint({ who, age, key, rev, groups }: Held): string {
  const { start, iat, exp } = AGES[age]
  const { kid, privateKey } = SESSION_KEYS[key] ?? FORGER
  const times = { start: SECONDS - start, iat: SECONDS - iat, exp: SECONDS - exp }
  const person = { sub: who, email: `${who}@example.com`, name: who, sid: `sid-${who}` }
  const claims = sessionClaims({ ...person, ...times, rev, ...(groups && { groups }) })
  return jws({ alg: 'RS256', typ: 'guard+jwt', kid }, claims, privateKey)
}

/** Whether it is good for something now, by what it says and not by our code. */
export function isUsable(held: Held, config: EdgeConfig): boolean {
  const isKnown = config.sessionKeys.some(({ kid }) => kid === SESSION_KEYS[held.key]?.kid)
  const start = SECONDS - AGES[held.age].start
  return isKnown && ['new', 'used'].includes(held.age) && start > (config.notBefore.everyone ?? 0)
}

/** Three sign-ins that were begun; the last one is over. */
export const ATTEMPTS = [0, 1, 2].map((slot) => ({
  state: `attempt${slot}.${String(slot).repeat(22)}`,
  nonce: `nonce-${slot}-nonce-${slot}-nonce`,
  verifier: `verifier-${slot}`.padEnd(43, '-'),
  path: '/deep/link?x=%20y',
  attempt: slot,
  prompted: slot === 1,
  scope: slot === 0 ? 'openid profile email offline_access groups' : 'openid',
  expires: NOW + (slot === 2 ? -1 : 300_000),
}))

export function sealed(purpose: Use['purpose'], fields: unknown[], origin = ORIGIN): string {
  return seal(SEAL_RING, { purpose, origin }, fields)
}

export function transactionValue(slot: number): string {
  const { state, nonce, verifier, path, attempt, prompted, expires, scope } = ATTEMPTS[slot]!
  return sealed('transaction', [state, nonce, verifier, path, attempt, prompted, expires, scope])
}

export function transactionName(slot: number): string {
  return `${COOKIES.transactionPrefix}attempt${slot}`
}

/** The address at Okta that an attempt goes to, as far as Okta's stand-in looks. */
export function authorizeUrl(slot: number, scope: string): string {
  const { state, nonce } = ATTEMPTS[slot]!
  const query = new URLSearchParams({
    ...{ state, nonce, scope },
    code_challenge: challengeOf(ATTEMPTS[slot]!),
    redirect_uri: `${ORIGIN}/_guard/callback`,
  })
  return `${ORIGIN}/authorize?${String(query)}`
}

/** What a refresh needs, for somebody's session; `refreshToken` as Okta's stand-in gave it out. */
export function refreshValue(who: string, refreshToken: string, scope: string): string {
  const confirmedAt = SECONDS - 3000
  return sealed('refresh', [refreshToken, `sid-${who}`, who, scope, confirmedAt, 'nonce', null, ''])
}

export { COOKIES, REFRESH_COOKIE }
