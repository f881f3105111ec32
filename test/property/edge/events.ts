import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { EdgeConfig } from '../../../src/access/edge-config.ts'
import { edgeHandler } from '../../helpers/edge.ts'
import { FAULTS } from './cloud.ts'
import type { EdgeCloud } from './cloud.ts'
import { assertLegal, isAnswer, sessionGiven } from './legal.ts'
import { isUsable } from './people.ts'
import { holds } from './property.ts'
import type { EdgeProperty } from './property.ts'
import { asked, configOf, configuration, eventOf, sessionsIn } from './requests.ts'
import type { Asked } from './requests.ts'

const fault = fc.option(fc.constantFrom(...FAULTS), { nil: undefined, freq: 2 })
/** Nearly always everything works, or no request would get far. */
export const faults = fc.oneof(
  { weight: 3, arbitrary: fc.constant({}) },
  fc.record(
    { ssm: fault, token: fault, userinfo: fault, revoke: fault, jwks: fault },
    { requiredKeys: [] },
  ),
)

const input = fc.record({
  config: configuration,
  faults,
  isThin: fc.boolean(),
  // On one warm instance: what the first leaves behind, the next meets.
  requests: fc.array(asked, { minLength: 1, maxLength: 4 }),
})

/** Any event gets an answer that CloudFront takes, and none reaches the origin without a session. */
export function anyEvent(cloud: EdgeCloud): EdgeProperty {
  return holds('E19 any event gets a legal answer', 300, input, async (given) => {
    cloud.reset()
    Object.assign(cloud, { faults: given.faults, isThin: given.isThin })
    const config = configOf(given.config, cloud)
    const handler = edgeHandler(config)
    for (const request of given.requests) {
      const event = eventOf(request, cloud)
      const sent = structuredClone(event.Records[0]!.cf.request)
      const result = await handler(event)
      assertLegal(result, sent)
      if (!isAnswer(result)) assertMayPass(request, config)
      else {
        if (Number(result.status) >= 500)
          assertExcused(result.status, request, given.faults, config)
        if (sessionGiven(result)) assert.match(request.uri, /^\/_guard\/(callback|refresh)$/)
      }
    }
  })
}

/** Passed on: a public path, or a session that is good by its description. */
export function assertMayPass(request: Asked, config: EdgeConfig): void {
  assert.ok(!request.uri.startsWith('/_guard/'), 'the guard’s own paths never reach the origin')
  if (isPublic(request.uri, config)) return
  assert.ok(
    sessionsIn(request).some((held) => isUsable(held, config)),
    'passed without a session',
  )
}

function isPublic(uri: string, { access }: EdgeConfig): boolean {
  const path = uri === '/%c3%a9' || uri === '/e\u0301' ? '/é' : uri
  return access.public.some((pattern) =>
    pattern.endsWith('/*') ? path.startsWith(pattern.slice(0, -1)) : path === pattern,
  )
}

/** Only where something is broken, or what came from Okta’s stand-in was not what was asked for. */
function assertExcused(status: string, { uri }: Asked, broken: object, config: EdgeConfig): void {
  const isOktas = /^\/_guard\/(callback|refresh)$/.test(uri)
  const hasSigner = config.sessionKeys.some(({ kid }) => kid === 'session-1')
  const isUpdating = status === '503' && config.access.rules.length > 0
  assert.ok(
    Object.values(broken).some(Boolean) || (isOktas && !hasSigner) || isUpdating,
    `${status} where nothing is broken`,
  )
}
