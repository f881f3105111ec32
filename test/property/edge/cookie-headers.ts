import assert from 'node:assert/strict'
import fc from 'fast-check'
import { cookieValues, withoutGuardCookies } from '../../../src/edge-function/cookies.ts'
import { edgeEvent, edgeHandler } from '../../helpers/edge.ts'
import { isAnswer } from './legal.ts'
import { COOKIES, tokenOf } from './people.ts'
import { holds } from './property.ts'
import type { EdgeProperty } from './property.ts'
import type { EdgeCloud } from './cloud.ts'

const OWN = /^\s*__Host-guard(-tx-[^=;]*)?\s*(=|$)/

const piece = fc.constantFrom(
  ...[';', '; ', ' ;', '=', ' ', '\t', ',', '"', '%zz', '%3B', '\\', '-tx-', '-', 'a', 'é', '\xff'],
  ...['__Host-guard', '__Host-guard=', '__Host-guard-tx-', '__Host-guard-tx-a=b', '__host-guard=x'],
  ...['__Host-guardian=y', 'x__Host-guard=z', '__Secure-guard-refresh', '__proto__=1', 'a=b'],
)
const entry = fc.oneof(
  fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join('')),
  fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join('; ')),
  fc.string({ unit: 'binary' }),
)
const entries = fc.array(entry, { maxLength: 4 })
const header = (values: string[]): { key: string; value: string }[] =>
  values.map((value) => ({ key: 'Cookie', value }))

/** Cookies that are not the guard’s, in order; white space around them says nothing. */
function foreign(values: string[]): string[] {
  return values
    .flatMap((value) => value.split(';'))
    .filter((pair) => !OWN.test(pair))
    .map((pair) => pair.trim())
    .filter((pair) => pair !== '')
}

export function cookieHeaders(): EdgeProperty {
  return holds(
    'C04-C18 a Cookie header is read and cleaned as RFC 6265 has it',
    3000,
    entries,
    (values) => {
      const kept = (withoutGuardCookies(header(values)) ?? []).map(({ value }) => value)
      assert.ok(!kept.flatMap((value) => value.split(';')).some((pair) => OWN.test(pair)))
      assert.deepEqual(foreign(kept), foreign(values))

      const wanted = values
        .flatMap((value) => value.split(';'))
        .map((pair) => pair.replace(/^ +/, ''))
        .filter((pair) => pair.startsWith('__Host-guard='))
        .map((pair) => pair.slice('__Host-guard='.length).trim())
      assert.deepEqual(cookieValues(header(values), COOKIES.session), wanted)
    },
  )
}

/** With a good session somewhere among the cookies. */
export function cookiesAtTheOrigin(cloud: EdgeCloud): EdgeProperty {
  const input = fc.record({ values: entries, at: fc.nat(4), before: fc.boolean() })
  return holds(
    'C18 foreign cookies reach the origin and the guard’s do not',
    500,
    input,
    async (given) => {
      const handler = edgeHandler(cloud.configured())
      const session = `${COOKIES.session}=${tokenOf({ who: 'ada', age: 'used', key: 0, rev: 1 })}`
      const values = [...given.values]
      const at = given.at % (values.length + 1)
      const beside = values[at]
      const together = given.before ? [session, beside] : [beside, session]
      values[at] = together.filter((text) => text !== undefined).join('; ')

      const result = await handler(edgeEvent({ cookie: values, headers: { 'x-y': 'z' } }))
      assert.ok(!isAnswer(result) && result, 'a good session is found among any others')
      const kept = (result.headers.cookie ?? []).map(({ value }) => value)
      assert.deepEqual(foreign(kept), foreign(values))
      assert.ok(!kept.some((value) => value.includes('eyJ')), 'no session at the origin')
      const untouched = values.filter((value) => !value.includes('__Host-guard'))
      assert.ok(isWithin(untouched, kept), 'a header without ours stays byte for byte')
      assert.deepEqual(result.headers['x-y'], [{ key: 'x-y', value: 'z' }])
    },
  )
}

/** All of the list, in order, among the others. */
function isWithin(list: string[], others: string[]): boolean {
  let at = 0
  for (const one of others) if (one === list[at]) at++
  return at === list.length
}
