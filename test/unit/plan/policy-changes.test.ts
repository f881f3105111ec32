import { expect, test } from 'vitest'
import { policyChanges } from '../../../src/plan/resources/policy-changes.ts'

const KEYS = { Sid: 'Keys', Effect: 'Allow', Action: 'ssm:GetParameters', Resource: ['a', 'b'] }
const LOGS = { Sid: 'Logs', Effect: 'Allow', Action: ['l:B', 'l:A'], Resource: 'c' }
const policy = (...Statement: object[]) => ({ Version: '2012-10-17', Statement })
const WANTED = policy(KEYS, LOGS)

const FOUND: [string, unknown, object[]][] = [
  [
    'a member',
    policy({ ...KEYS, Resource: '*' }, LOGS),
    [{ field: 'statement Keys: Resource', from: '*', to: 'a, b' }],
  ],
  [
    'a condition that was added',
    policy({ ...KEYS, Condition: { Bool: { x: 'y' } } }, LOGS),
    [{ field: 'statement Keys: Condition', from: '{"Bool":{"x":"y"}}', to: '' }],
  ],
  [
    'a statement that is gone',
    policy(LOGS),
    [{ field: 'statement Keys', from: '', to: 'Allow ssm:GetParameters a, b' }],
  ],
  [
    'a statement without Sid',
    policy(KEYS, LOGS, { Effect: 'Allow', NotAction: 'x', Resource: '*' }),
    [{ field: 'statement 3', from: 'Allow all but x *', to: '' }],
  ],
  [
    'another order of a list, beside what counts',
    policy({ ...KEYS, Resource: ['b', 'a'], Effect: 'Deny' }, { ...LOGS, Action: ['l:A', 'l:B'] }),
    [{ field: 'statement Keys: Effect', from: 'Deny', to: 'Allow' }],
  ],
]

test.each(FOUND)('it names %s', (_what, found, changes) => {
  expect(policyChanges(found, WANTED)).toEqual(changes)
})

test.each([[undefined], ['by hand'], [{ ...WANTED, Version: '2008-10-17' }]])(
  'there is always something to say about %j',
  (found) => {
    expect(policyChanges(found, WANTED).length).toBeGreaterThan(0)
  },
)
