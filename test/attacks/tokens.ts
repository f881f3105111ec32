import { sign } from 'node:crypto'
import { expect } from 'vitest'
import {
  edgeConfig,
  edgeEvent,
  edgeHandler,
  isPassed,
  KEYS,
  NAVIGATION,
  NOW,
  SESSION_HEADER,
  sessionClaims,
  sessionToken,
} from '../helpers/edge.ts'
import { refused } from './oracle.ts'

export const good = sessionToken()
export const [HEADER, PAYLOAD, SIGNATURE] = good.split('.') as [string, string, string]
export const claimsText = JSON.stringify(sessionClaims())

export const encoded = (value: unknown): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')
export const cookieOf = (token: string): string => `__Host-guard=${token}`

/** A payload of any bytes, well signed. */
export function signed(payload: Buffer | string): string {
  const input = `${encoded(SESSION_HEADER)}.${Buffer.from(payload).toString('base64url')}`
  const signature = sign('sha256', Buffer.from(input), KEYS.session.privateKey)
  return `${input}.${signature.toString('base64url')}`
}

/** Refused by a cold instance and by one that has just let the good token through. */
export async function expectRefused(token: string, now = NOW): Promise<void> {
  for (const isWarm of [false, true]) {
    const handler = edgeHandler(edgeConfig(), () => now)
    if (isWarm && now === NOW)
      expect(await isPassed(handler, { cookie: cookieOf(good) })).toBe(true)
    const cookie = cookieOf(token)
    await refused(handler, { uri: '/a', cookie, headers: NAVIGATION }, ['302'])
    await refused(handler, { uri: '/_guard/me', cookie }, ['401'])
  }
}

export const takes = (token: string, config = edgeConfig(), now = NOW): Promise<boolean> =>
  isPassed(
    edgeHandler(config, () => now),
    { cookie: cookieOf(token) },
  )

/** Those that a warm instance does not send to sign in. */
export async function passed(tokens: Iterable<string>): Promise<string[]> {
  const handler = edgeHandler(edgeConfig())
  await handler(edgeEvent({ cookie: cookieOf(good) }))
  const through: string[] = []
  for (const token of tokens) {
    const result = await handler(edgeEvent({ cookie: cookieOf(token), headers: NAVIGATION }))
    if (!result || !('status' in result) || result.status !== '302') through.push(token)
  }
  return through
}
