import { describe, expect, it } from 'vitest'

import { allows, trusts } from '../../../../src/sandbox/aws/policy.ts'

const statement = (Effect: string, Action: unknown, Resource: unknown, more: object = {}) => ({
  Statement: [{ Effect, Action, Resource, ...more }],
})

describe('the policy evaluator', () => {
  it.each<[string, unknown[], boolean]>([
    ['an exact Allow', [statement('Allow', 's3:Get', 'arn:a/b')], true],
    ['wildcards', [statement('Allow', ['s3:*'], ['arn:?/*'])], true],
    ['an action in another case', [statement('Allow', 'S3:get', 'arn:a/b')], true],
    ['no policy', [], false],
    ['another action', [statement('Allow', 's3:Put', '*')], false],
    ['another resource', [statement('Allow', 's3:Get', 'arn:a')], false],
    ['a dot that is no wildcard', [statement('Allow', 's3:Get', 'arn.a/b')], false],
    ['a Deny beside it', [statement('Allow', '*', '*'), statement('Deny', 's3:*', '*')], false],
    ['a condition it cannot check', [statement('Allow', '*', '*', { Condition: {} })], false],
    ['NotAction', [{ Statement: [{ Effect: 'Allow', NotAction: 'x:y', Resource: '*' }] }], false],
    ['nonsense', ['x', null, { Statement: 'x' }], false],
  ])('%s', (_what, documents, allowed) => {
    expect(allows(documents, 's3:Get', 'arn:a/b')).toBe(allowed)
  })

  it.each<[unknown, boolean]>([
    ['lambda.amazonaws.com', true],
    [['x.amazonaws.com', 'lambda.amazonaws.com'], true],
    ['edgelambda.amazonaws.com', false],
  ])('lets lambda assume a role that trusts %j: %s', (Service, trusted) => {
    const trust = {
      Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service } }],
    }
    expect(trusts(trust, 'lambda.amazonaws.com')).toBe(trusted)
  })
})
