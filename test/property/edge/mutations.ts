import assert from 'node:assert/strict'
import fc from 'fast-check'
import { load } from '../../../src/edge-function/load.ts'
import { authentic } from '../../../src/edge-function/session.ts'
import { open } from '../../../src/edge-function/sign-in/sealed/seal.ts'
import type { Use } from '../../../src/edge-function/sign-in/sealed/seal.ts'
import type { Response } from '../../../src/edge-function/types.ts'
import { ask, cookiesSet, edgeConfig, edgeHandler, headerOf } from '../../helpers/edge.ts'
import { isPassed, NAVIGATION, NOW, ORIGIN, OTHER_ORIGIN } from '../../helpers/edge.ts'
import type { EventInput } from '../../helpers/edge.ts'
import type { EdgeCloud } from './cloud.ts'
import {
  authorizeUrl,
  COOKIES,
  REFRESH_COOKIE,
  refreshValue,
  SEAL_RING,
  sealed,
  tokenOf,
  transactionName,
  transactionValue,
} from './people.ts'
import { holds } from './property.ts'
import type { EdgeProperty } from './property.ts'
import { SCOPE } from './requests.ts'

/** One thing done to a text; `at` and `to` are parts of its length. */
interface Edit {
  how:
    'turn' | 'cut' | 'drop' | 'insert' | 'double' | 'splice' | 'swap' | 'case' | 'alphabet' | 'pad'
  at: number
  to: number
  with: string
}

const place = fc.double({ min: 0, max: 1, noNaN: true })
const edit: fc.Arbitrary<Edit> = fc.record({
  how: fc.constantFrom(
    ...(['turn', 'cut', 'drop', 'insert', 'double', 'splice', 'swap', 'case'] as const),
    ...(['alphabet', 'pad'] as const),
  ),
  at: place,
  to: place,
  with: fc.oneof(
    fc.constantFrom('.', '..', '=', '==', 'A', '-', '_', '+', '/', '%2e', '\0', 'é', '"', 'eyJ9.'),
    fc.stringMatching(/^[\w-]{1,30}$/),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 3 }),
  ),
})
const edits = fc.array(edit, { minLength: 1, maxLength: 3 })

/** Another spelling of the text, or a piece of another one in it. */
function edited(text: string, other: string, list: Edit[]): string {
  return list.reduce((mutant, { how, at, to, with: piece }) => {
    const first = Math.floor(at * mutant.length)
    const last = Math.floor(to * mutant.length)
    const [head, tail] = [mutant.slice(0, first), mutant.slice(first)]
    const [from, until] = [Math.min(first, last), Math.max(first, last)]
    switch (how) {
      case 'turn':
        return (
          head + String.fromCharCode(mutant.charCodeAt(first) ^ (1 << (last % 7))) + tail.slice(1)
        )
      case 'cut':
        return mutant.slice(from, until)
      case 'drop':
        return mutant.slice(0, from) + mutant.slice(until)
      case 'insert':
        return head + piece + tail
      case 'double':
        return head + mutant.slice(from, until) + tail
      case 'splice':
        return head + other.slice(last)
      case 'swap':
        return swapped(mutant, other, last)
      case 'case':
        return (
          head + tail.slice(0, 1).toUpperCase() + tail.slice(1, 2).toLowerCase() + tail.slice(2)
        )
      case 'alphabet':
        return mutant.replaceAll('-', '+').replaceAll('_', '/')
      case 'pad':
        return mutant.replaceAll('.', '=.') + '='
    }
  }, text)
}

/** One of the parts between the dots is the other one’s. */
function swapped(text: string, other: string, at: number): string {
  const parts = text.split('.')
  const which = at % parts.length
  return parts
    .map((part, index) => (index === which ? (other.split('.')[index] ?? '') : part))
    .join('.')
}

export function sessions(): EdgeProperty {
  const instance = load(edgeConfig(), () => NOW)
  const good = tokenOf({ who: 'ada', age: 'used', key: 0, rev: 1 })
  const other = tokenOf({ who: 'eve', age: 'new', key: 0, rev: 1 })
  assert.ok(authentic(good, instance))
  return holds('J25 J26 a session is refused after any change', 4000, edits, (list) => {
    const mutant = edited(good, other, list)
    fc.pre(mutant !== good && mutant !== other)
    assert.equal(authentic(mutant, instance), undefined)
  })
}

const PURPOSES = ['transaction', 'tried', 'logout', 'refresh'] as const

export function sealedTexts(): EdgeProperty {
  const purpose = fc.constantFrom<Use['purpose']>(...PURPOSES)
  const origin = fc.constantFrom(ORIGIN, OTHER_ORIGIN)
  const input = fc.record({
    use: fc.record({ purpose, origin }),
    as: fc.record({ purpose, origin }),
    edits: fc.array(edit, { maxLength: 3 }),
    fields: fc.array(fc.oneof(fc.string(), fc.integer(), fc.constant(null)), { maxLength: 8 }),
  })
  return holds('J22 C19 a sealed text opens as it was sealed', 3000, input, (given) => {
    const { use, as, fields } = given
    const text = sealed(use.purpose, fields, use.origin)
    const other = sealed('refresh', ['x'])
    const mutant = edited(text, other, given.edits)
    fc.pre(mutant !== other)
    const opened = open(SEAL_RING, as, mutant)
    const isSame = mutant === text && use.purpose === as.purpose && use.origin === as.origin
    if (isSame) assert.deepEqual(opened, fields)
    else assert.equal(opened, undefined)
  })
}

/** At the handler: what carries a changed cookie is answered as if there were none. */
export function changedCookies(cloud: EdgeCloud): EdgeProperty {
  const what = fc.constantFrom('session', 'transaction', 'refresh', 'tried', 'logout')
  const input = fc.record({ what, edits })
  return holds('C19 J22 a changed cookie is worth nothing', 400, input, async (given) => {
    cloud.reset()
    const handler = edgeHandler(cloud.configured())
    const asks = (input: EventInput): Promise<Response> =>
      ask(handler, { headers: NAVIGATION, ...input })
    const change = (text: string, other: string): string => {
      const mutant = edited(text, other, given.edits)
      // Outside of a cookie’s characters the value is another one; see C10 for those.
      fc.pre(mutant.trim() !== text && mutant.trim() !== other && !/[;,\s]/.test(mutant))
      return mutant
    }
    const session = tokenOf({ who: 'ada', age: 'expired', key: 0, rev: 1 })
    switch (given.what) {
      case 'session': {
        const fresh = tokenOf({ who: 'ada', age: 'used', key: 0, rev: 1 })
        const mutant = change(fresh, tokenOf({ who: 'eve', age: 'new', key: 0, rev: 1 }))
        assert.equal(await isPassed(handler, { cookie: `${COOKIES.session}=${fresh}` }), true)
        assert.equal(await isPassed(handler, { cookie: `${COOKIES.session}=${mutant}` }), false)
        return
      }
      case 'transaction': {
        const mutant = change(transactionValue(0), transactionValue(1))
        const querystring = cloud.enter(authorizeUrl(0, SCOPE), 'ada')
        const cookie = `${transactionName(0)}=${mutant}`
        const response = await asks({ uri: '/_guard/callback', querystring, cookie })
        assert.equal(response.status, '400')
        assert.equal(cookiesSet(response).get(COOKIES.session) ?? '', '')
        return
      }
      case 'refresh': {
        const kept = (who: string): string =>
          refreshValue(who, cloud.refreshToken(who, SCOPE), SCOPE)
        // Somebody else's, as it was sealed, is no better than a changed one.
        for (const value of [change(kept('ada'), kept('eve')), kept('eve')]) {
          const cookie = `${COOKIES.session}=${session}; ${REFRESH_COOKIE}=${value}`
          const response = await asks({ uri: '/_guard/refresh', cookie })
          assert.match(headerOf(response, 'location') ?? '', /\/_guard\/login\?/)
          assert.equal(cookiesSet(response).get(COOKIES.session) ?? '', '')
        }
        return
      }
      case 'tried': {
        const mutant = change(sealed('tried', [3, NOW + 30_000]), sealed('tried', [0, NOW]))
        const cookie = `${COOKIES.transactionPrefix}tried=${mutant}`
        assert.equal((await asks({ uri: '/_guard/login', cookie })).status, '302')
        return
      }
      case 'logout': {
        const mutant = change(sealed('logout', ['', NOW + 30_000]), sealed('logout', ['x', NOW]))
        const querystring = `token=${encodeURIComponent(Buffer.from(mutant).toString())}`
        const headers = { accept: 'text/html' }
        const response = await asks({ uri: '/_guard/logout', querystring, headers })
        assert.equal(response.status, '200', 'asks first')
        return
      }
    }
  })
}
