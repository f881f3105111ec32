import { describe, expect, test } from 'vitest'
import type { KeyTimes } from '../../../../src/plan/keys/times.ts'
import { CLIENT_STALE, clientModel } from './client-model.ts'
import { TICK, type Setup, type Todo } from './operator.ts'
import { SEAL_WORLD, sealModel, type SealSetup } from './seal-model.ts'
import { search, type Found } from './search.ts'
import { grace, SESSION_TIMES, sessionModel, WORLD, type SessionSetup } from './session-model.ts'

const SESSION: SessionSetup = {
  name: 'session',
  times: SESSION_TIMES,
  plain: 1,
  leaks: 0,
  others: 0,
}
const CLIENT: Setup = {
  name: 'client',
  times: { cacheLife: TICK, propagation: 0, grace: grace(CLIENT_STALE + 1) },
  plain: 1,
  leaks: 0,
}
const SEAL_TIMES: KeyTimes = {
  cacheLife: SEAL_WORLD.cacheLife * TICK,
  propagation: 0,
  grace: grace(SEAL_WORLD.session + SEAL_WORLD.stale),
}
const SEAL: SealSetup = { name: 'seal', times: SEAL_TIMES, plain: 1, leaks: 0, rereads: false }

/** Every state that the ring, the operator, the edges and the clock can come to. */
const ALWAYS: [string, () => Found][] = [
  ['session, beside another command', () => search(sessionModel({ ...SESSION, others: 1 }))],
  ['session, twice', () => search(sessionModel({ ...SESSION, plain: 2 }))],
  [
    'session, leak, beside another command',
    () => search(sessionModel({ ...SESSION, plain: 0, leaks: 1, others: 1 })),
  ],
  ['client, twice', () => search(clientModel({ ...CLIENT, plain: 2 }))],
  ['client, leak', () => search(clientModel({ ...CLIENT, plain: 0, leaks: 1 }))],
  ['client of an admin, rotation', () => search(clientModel({ ...CLIENT, isAdmins: true }))],
  [
    'client of an admin, leak',
    () => search(clientModel({ ...CLIENT, plain: 0, leaks: 1, isAdmins: true })),
  ],
  ['seal, twice', () => search(sealModel({ ...SEAL, plain: 2 }))],
  ['seal, leak', () => search(sealModel({ ...SEAL, plain: 0, leaks: 1 }))],
]
/** Some ten seconds each. */
const AT_LENGTH: [string, () => Found][] = [
  ['session, rotation and leak', () => search(sessionModel({ ...SESSION, leaks: 1 }))],
  ['client, rotation and leak', () => search(clientModel({ ...CLIENT, leaks: 1 }))],
  ['client of an admin, twice', () => search(clientModel({ ...CLIENT, plain: 2, isAdmins: true }))],
  [
    'client of an admin, rotation and leak',
    () => search(clientModel({ ...CLIENT, leaks: 1, isAdmins: true })),
  ],
  ['client, three times', () => search(clientModel({ ...CLIENT, plain: 3 }))],
  ['seal, rotation and leak', () => search(sealModel({ ...SEAL, leaks: 1 }))],
]
const CASES = process.env['KEY_SEARCH'] === 'all' ? [...ALWAYS, ...AT_LENGTH] : ALWAYS

describe('in every reachable state of a rotation', () => {
  const known = { timeout: 300_000 }
  test.each(CASES)(
    'nothing needed is refused, nothing dropped is taken: %s',
    known,
    (what, run) => {
      const { states, transitions, violations } = run()
      const count = Object.keys(violations).length
      process.stdout.write(
        `${what}: ${states} states, ${transitions} transitions, ${count} violations\n`,
      )
      expect(violations).toEqual({})
      expect(states).toBeGreaterThan(200)
    },
  )
})

/** The states in which a bug shows, or the search finds nothing anywhere. */
const PLANTED: Record<string, [violation: string, find: (violation: string) => Found]> = {
  'promoting before Deployed': [
    'a live token is refused',
    session({ told: (facts) => ({ ...facts, deployed: true }) }),
  ],
  'promoting at Deployed, with no margin': [
    'a live token is refused',
    session({ times: { ...SESSION_TIMES, propagation: 0 } }),
  ],
  'promoting what was never published': [
    'a live token is refused',
    session({
      told: (facts) => ({ ...facts, baked: [...facts.baked, ...facts.held], deployed: true }),
    }),
  ],
  'signing with a key that the own bundle lacks': [
    'an edge signs with a key that its own bundle lacks',
    session({ leaks: 1, signer: ([first]) => first }),
  ],
  'retiring before the last session ends': [
    'a live token is refused',
    session({ times: { ...SESSION_TIMES, grace: grace(WORLD.stale) } }),
  ],
  'retiring at the end of the session, as if no edge had old secrets': [
    'a live token is refused',
    session({ times: { ...SESSION_TIMES, grace: grace(WORLD.session) } }),
  ],
  'retiring too early in the second of two rotations': [
    'a live token is refused',
    session({ plain: 2, times: { ...SESSION_TIMES, grace: grace(WORLD.session) } }),
  ],
  'removing the client key before the caches expire': [
    'an assertion by a key that Okta does not have',
    (violation) =>
      search(
        clientModel({ ...CLIENT, times: { ...CLIENT.times, grace: grace(CLIENT_STALE) } }),
        violation,
      ),
  ],
  'promoting a key that its admin has not entered': [
    'SSM leads with a key that Okta does not have',
    (violation) => search(clientModel({ ...CLIENT, isAdmins: true, done: untried }), violation),
  ],
  'an admin who takes the old key out as soon as the new one leads': [
    'an assertion by a key that Okta does not have',
    (violation) =>
      search(
        clientModel({ ...CLIENT, isAdmins: true, mayGo: ({ held }, kid) => held[0] !== kid }),
        violation,
      ),
  ],
  'dropping the seal key before the last cookie ends': [
    'a live cookie is lost',
    seal({ times: { ...SEAL_TIMES, grace: grace(SEAL_WORLD.session) } }),
  ],
  'sealing at once with a key that other edges have not read': [
    'an edge cannot read a live cookie',
    seal({ times: { ...SEAL_TIMES, cacheLife: 0 } }),
  ],
}

function session(planted: Partial<SessionSetup>) {
  return (violation: string) => search(sessionModel({ ...SESSION, ...planted }), violation)
}

const untried = (effects: Todo[]): Todo[] => effects.filter((effect) => effect.do !== 'try')

function seal(planted: Partial<SealSetup>) {
  return (violation: string) => search(sealModel({ ...SEAL, ...planted }), violation)
}

describe('the search finds', () => {
  test.each(Object.entries(PLANTED))('%s', (_, [violation, find]) => {
    expect(Object.keys(find(violation).violations)).toContain(violation)
  })

  test('nothing wrong with sealing at once, if an unknown key id always led to SSM', () => {
    const setup = { ...SEAL, times: { ...SEAL_TIMES, cacheLife: 0 }, rereads: true }
    expect(search(sealModel(setup)).violations).toEqual({})
  })
})
