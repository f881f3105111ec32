import { describe, expect, test } from 'vitest'
import { GuardError } from '../../../src/errors/guard-error.ts'
import { examinePermissions, principalOf } from '../../../src/provision/permissions.ts'

test.each([
  ['arn:aws:iam::1:user/team/ann', { arn: 'arn:aws:iam::1:user/team/ann' }],
  ['arn:aws:sts::1:assumed-role/Deploy/ci', { arn: 'arn:aws:iam::1:role/Deploy' }],
  [
    'arn:aws:sts::1:assumed-role/AWSReservedSSO_Admin_0123/ann@example.com',
    { arn: 'arn:aws:iam::1:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_0123' },
  ],
  ['arn:aws:iam::1:root', 'root'],
  ['arn:aws:sts::1:federated-user/ann', { why: expect.stringMatching(/cannot simulate/) }],
])('whose policies count for %s', (arn, expected) => {
  expect(principalOf(arn)).toEqual(expected)
})

describe('each permission', () => {
  const ops = { account: '1', arn: 'arn:aws:iam::1:user/ops', partition: 'aws' }
  const nothing = { allowed: new Set<string>(), denied: new Set<string>() }

  test('is asked about on the resource of the site, with the context that its condition wants', async () => {
    const asked: { actions: string[]; resource: string; context: object }[] = []
    const judge = await examinePermissions(ops, 'E1', undefined, {
      simulate: async (input) => {
        asked.push(input)
        return Object.fromEntries(input.actions.map((action) => [action, true]))
      },
    })
    expect(judge(nothing).denied).toEqual([])
    expect(asked).toContainEqual(
      expect.objectContaining({
        actions: ['iam:PassRole'],
        resource: 'arn:aws:iam::1:role/s3-okta-guard-E1',
        context: { 'iam:PassedToService': 'edgelambda.amazonaws.com' },
      }),
    )
    const names = asked.flatMap(({ actions }) => actions)
    expect(names).toContain('lambda:EnableReplication')
    expect(names.filter((name) => name.includes('*'))).toEqual([])
  })

  test('that was seen in use is allowed, and that was denied is not, whatever is simulated', async () => {
    const judge = await examinePermissions(ops, 'E1', 'installed', {
      simulate: async ({ actions }) =>
        Object.fromEntries(actions.map((action) => [action, action === 'iam:GetRole'])),
    })
    const seen = {
      allowed: new Set(['lambda:GetFunction']),
      denied: new Set(['iam:GetRole']),
    }
    const { allowed, denied } = judge(seen)
    expect(allowed).toEqual(['lambda:GetFunction'])
    expect(denied).toContain('iam:GetRole')
    expect(denied).toContain('lambda:DisableReplication*')
  })

  test('is not known where IAM does not answer, and why is said', async () => {
    const judge = await examinePermissions(ops, 'E1', undefined, {
      simulate: async () => {
        throw new GuardError({ code: 'aws-denied', message: 'AWS refuses.' })
      },
    })
    const { allowed, denied, unknown } = judge(nothing)
    expect([allowed, denied]).toEqual([[], []])
    expect(unknown).toContainEqual({
      action: 'iam:PassRole',
      why: 'iam:SimulatePrincipalPolicy is not allowed',
    })
  })

  test('counts as allowed for the root user of the account', async () => {
    const root = { ...ops, arn: 'arn:aws:iam::1:root' }
    const judge = await examinePermissions(root, undefined, undefined, {
      simulate: async () => {
        throw new Error('not asked')
      },
    })
    expect(judge(nothing)).toMatchObject({ denied: [], unknown: [] })
  })

  test('of an operator who only tears down is only what that needs', async () => {
    const judge = await examinePermissions(ops, 'E1', 'tearing-down', {
      simulate: async () => ({}),
    })
    const actions = judge(nothing).unknown.map(({ action }) => action)
    expect(actions).toContain('iam:DeleteRole')
    expect(actions).not.toContain('lambda:CreateFunction')
  })
})
