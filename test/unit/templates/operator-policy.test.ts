import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, it } from 'vitest'
import { allows, listOf, statementsOf } from '../../../src/sandbox/aws/policy.ts'
import { operatorPolicy } from '../../../src/plan/permissions.ts'
import { operationsOfAdapters } from '../../helpers/aws-operations.ts'

const root = new URL('../../../', import.meta.url).pathname
const policy: unknown = JSON.parse(
  await readFile(path.join(root, 'templates/iam-operator-policy.json'), 'utf8'),
)
const allowed = statementsOf(policy)
  .flatMap(({ Action }) => listOf(Action))
  .sort()

/** Everybody may ask who they are. */
const FREE = ['sts:GetCallerIdentity']

it('names no action twice', () => {
  expect(new Set(allowed).size).toBe(allowed.length)
})

it('knows every call that src/aws can make', async () => {
  const calls = await operationsOfAdapters()
  expect(calls.length).toBeGreaterThan(20)
  const unknown = calls.filter((call) => ![...allowed, ...FREE].includes(call))
  expect(unknown).toEqual([])
})

it('lets keys be read only by who changes what is installed, and by one call', () => {
  const key = 'arn:aws:ssm:us-east-1:111122223333:parameter/s3-okta-guard/E1/keys/session'
  const manifest = 'arn:aws:ssm:us-east-1:111122223333:parameter/s3-okta-guard/E1/manifest'
  expect(allows([policy], 'ssm:PutParameter', key)).toBe(true)
  expect(allows([policy], 'ssm:GetParameters', manifest)).toBe(true)
  expect(allows([policy], 'ssm:GetParameters', key)).toBe(false)
  for (const command of ['status', 'doctor', 'teardown'] as const) {
    expect(allows([operatorPolicy([command])], 'ssm:GetParameter', key), command).toBe(false)
  }
  expect(allows([policy], 'ssm:GetParametersByPath', key)).toBe(false)
})

it.each([
  ['iam:PutRolePolicy', 'arn:aws:iam::111122223333:role/Admin'],
  ['iam:UpdateAssumeRolePolicy', 'arn:aws:iam::111122223333:role/Admin'],
  ['lambda:UpdateFunctionCode', 'arn:aws:lambda:us-east-1:111122223333:function:payments'],
  ['ssm:PutParameter', 'arn:aws:ssm:us-east-1:111122223333:parameter/production/password'],
  ['ssm:DeleteParameters', 'arn:aws:ssm:us-east-1:111122223333:parameter/production/password'],
])('does not allow %s on what is not the guard’s', (action, resource) => {
  expect(allows([policy], action, resource)).toBe(false)
})
