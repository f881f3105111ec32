import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { EdgeConfig } from '../../../src/access/edge-config.ts'
import { createHandler } from '../../../src/edge-function/handler.ts'
import { load } from '../../../src/edge-function/load.ts'
import * as signIn from '../../../src/edge-function/sign-in/index.ts'
import type { SignIn } from '../../../src/edge-function/types.ts'
import { edgeHandler, NOW, secretRings } from '../../helpers/edge.ts'
import { FAULTS } from './cloud.ts'
import type { EdgeCloud } from './cloud.ts'
import { assertLegal, isAnswer, sessionGiven } from './legal.ts'
import { isUsable } from './people.ts'
import { holds } from './property.ts'
import type { EdgeProperty } from './property.ts'
import { asked, configOf, configuration, eventOf, sessionsIn } from './requests.ts'

const JUNK = [null, 0, -1, 1, true, '', 'x', '1e9', '*', [], {}, ['x'], [null], { x: 1 }] as const
const CUT = 'cut'

type Breakage =
  | { config: number; by: unknown }
  | { ring: number; text: string }
  | { script: 'missing' | 'throws' | 'empty' | 'failure throws' }
  | { service: 'ssm' | 'token' | 'userinfo' | 'revoke' | 'jwks'; fault: (typeof FAULTS)[number] }

const RINGS = Object.keys(secretRings())
const breakage: fc.Arbitrary<Breakage> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      config: fc.nat(500),
      by: fc.oneof(fc.constantFrom<unknown>(...JUNK, CUT), fc.jsonValue({ maxDepth: 1 })),
    }),
  },
  fc.record({
    ring: fc.nat(RINGS.length - 1),
    text: fc.oneof(
      fc.constantFrom(
        '',
        '{}',
        'null',
        '[]',
        '{"version":1,"keys":[]}',
        '{"version":2,"keys":[1]}',
      ),
      fc.constantFrom('{"version":1,"keys":[{"kid":"session-1","key":{"kty":"RSA"}}]}'),
      fc.constantFrom('{"version":1,"keys":[{"kid":"seal-1","key":"AAAA"}]}'),
      fc.json(),
    ),
  }),
  fc.record({ script: fc.constantFrom('missing', 'throws', 'empty', 'failure throws') }),
  fc.record({
    service: fc.constantFrom('ssm', 'token', 'userinfo', 'revoke', 'jwks'),
    fault: fc.constantFrom(...FAULTS),
  }),
)
const input = fc.record({
  config: configuration,
  breakage,
  requests: fc.array(asked, { minLength: 1, maxLength: 4 }),
})

/** With any one thing broken, nothing reaches the origin without a session that was good before. */
export function failsClosed(cloud: EdgeCloud): EdgeProperty {
  return holds('J24 E24 whatever breaks, the site stays closed', 500, input, async (given) => {
    cloud.reset()
    const { breakage: broken } = given
    const right = configOf(given.config, cloud)
    if ('service' in broken) cloud.faults = { [broken.service]: broken.fault }
    if ('ring' in broken) cloud.parameters[RINGS[broken.ring]!] = broken.text
    const { config, isForgiving } =
      'config' in broken
        ? mangled(right, broken.config, broken.by)
        : { config: right, isForgiving: false }
    // Of the times of a revocation, one that is gone is one that was never set.
    const known = isForgiving ? { ...right, notBefore: {} } : right
    const handler =
      'script' in broken
        ? createHandler(() => load(config, () => NOW), scripts(broken.script))
        : edgeHandler(config)

    for (const request of given.requests) {
      const event = eventOf(request, cloud)
      const sent = structuredClone(event.Records[0]!.cf.request)
      const result = await handler(event)
      if (isAnswer(result)) {
        if (!('config' in broken)) assertLegal(result, sent)
        if (sessionGiven(result)) assert.match(request.uri, /^\/_guard\/(callback|refresh)$/)
      } else {
        assert.ok(!request.uri.startsWith('/_guard/'))
        const isPublic =
          right.access.public.length > 0 && /^\/(open|robots|$|é|e\u0301|%c3)/i.test(request.uri)
        const isGood = sessionsIn(request).some((held) => isUsable(held, known))
        assert.ok(isPublic || isGood, 'passed without a session')
      }
    }
  })
}

/** A copy of the configuration in which one member, at any depth, is another. */
function mangled(
  right: EdgeConfig,
  at: number,
  by: unknown,
): { config: unknown; isForgiving: boolean } {
  const config = structuredClone(right)
  const places: { owner: object; name: string; path: string }[] = []
  const walk = (owner: unknown, above: string): void => {
    if (typeof owner !== 'object' || owner === null) return
    for (const [name, value] of Object.entries(owner)) {
      const path = `${above}.${name}`
      places.push({ owner, name, path })
      walk(value, path)
    }
  }
  walk(config, '')
  const { owner, name, path } = places[at % places.length]!
  if (by === CUT) Reflect.deleteProperty(owner, name)
  else Reflect.set(owner, name, by)
  const isTime = path.endsWith('.everyone')
  const isNone = by === CUT || (isTime ? !Number.isNaN(Number(by)) : true)
  return { config, isForgiving: path.startsWith('.notBefore') && isNone }
}

function scripts(how: 'missing' | 'throws' | 'empty' | 'failure throws'): () => SignIn {
  const thrown = (): never => {
    throw new Error('CANARY')
  }
  switch (how) {
    case 'missing':
      return thrown
    case 'throws':
      return () => ({ ...signIn, answer: thrown })
    case 'empty':
      return () => ({}) as SignIn
    case 'failure throws':
      return () => ({ answer: thrown, failure: thrown })
  }
}
