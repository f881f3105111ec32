import { AwsError } from '../errors.ts'
import type { QueryOperation } from '../query-protocol.ts'
import { element, textElement } from '../xml.ts'
import { readPolicy } from './documents.ts'
import { roleArns, roleNamed } from './record.ts'

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html: inline policies of a role, together. */
const INLINE_LIMIT = 10_240

const resource = (form: URLSearchParams): string =>
  `${form.get('RoleName') ?? ''}/${form.get('PolicyName') ?? ''}`
const roleResource = (form: URLSearchParams): string => form.get('RoleName') ?? ''

export const policyOperations: Record<string, QueryOperation> = {
  PutRolePolicy: {
    mutating: true,
    resource,
    arns: roleArns,
    run(form, context) {
      const role = roleNamed(form, context)
      const name = form.get('PolicyName') ?? ''
      if (!/^[\w+=,.@-]{1,128}$/.test(name)) {
        throw new AwsError('ValidationError', 400, 'The specified value for policyName is invalid.')
      }
      const text = form.get('PolicyDocument') ?? ''
      const document = readPolicy(text)
      const others = [...role.inlineDocuments].filter(([other]) => other !== name)
      const size = [...others.map(([, other]) => other), text]
        .map((policy) => policy.replaceAll(/\s/g, '').length)
        .reduce((sum, length) => sum + length, 0)
      if (size > INLINE_LIMIT) {
        const message = `Maximum policy size of ${INLINE_LIMIT} bytes exceeded for role ${role.name}`
        throw new AwsError('LimitExceeded', 409, message)
      }
      role.inlinePolicies.set(name, document)
      role.inlineDocuments.set(name, text)
      return undefined
    },
  },
  GetRolePolicy: {
    mutating: false,
    resource,
    arns: roleArns,
    run(form, context) {
      const role = roleNamed(form, context)
      const name = form.get('PolicyName') ?? ''
      const text = role.inlineDocuments.get(name)
      if (text === undefined) throw noPolicy(name)
      return (
        textElement('RoleName', role.name) +
        textElement('PolicyName', name) +
        textElement('PolicyDocument', encodeURIComponent(text))
      )
    },
  },
  DeleteRolePolicy: {
    mutating: true,
    resource,
    arns: roleArns,
    run(form, context) {
      const role = roleNamed(form, context)
      const name = form.get('PolicyName') ?? ''
      if (!role.inlinePolicies.delete(name)) throw noPolicy(name)
      role.inlineDocuments.delete(name)
      return undefined
    },
  },
  ListRolePolicies: {
    mutating: false,
    resource: roleResource,
    arns: roleArns,
    run(form, context) {
      const names = [...roleNamed(form, context).inlinePolicies.keys()]
      return (
        element('PolicyNames', ...names.map((name) => textElement('member', name))) +
        textElement('IsTruncated', false)
      )
    },
  },
  ListAttachedRolePolicies: {
    mutating: false,
    resource: roleResource,
    arns: roleArns,
    run(form, context) {
      const members = roleNamed(form, context).attachedPolicies.map((arn) =>
        element(
          'member',
          textElement('PolicyName', arn.split('/').at(-1) ?? arn),
          textElement('PolicyArn', arn),
        ),
      )
      return element('AttachedPolicies', ...members) + textElement('IsTruncated', false)
    },
  },
}

function noPolicy(name: string): AwsError {
  return new AwsError('NoSuchEntity', 404, `The role policy with name ${name} cannot be found.`)
}
