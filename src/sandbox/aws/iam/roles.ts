import { AwsError } from '../errors.ts'
import { roleId } from '../identities.ts'
import type { QueryOperation } from '../query-protocol.ts'
import { mergeTags } from '../tags.ts'
import type { Context } from '../types.ts'
import { element, isoTime, textElement } from '../xml.ts'
import { readTrust } from './documents.ts'
import { roleArns, roleNamed } from './record.ts'
import type { RoleRecord } from './record.ts'

const resource = (form: URLSearchParams): string => form.get('RoleName') ?? ''

export const roleOperations: Record<string, QueryOperation> = {
  CreateRole: {
    mutating: true,
    resource,
    arns: roleArns,
    also: (form, context) =>
      formTags(form).size === 0
        ? []
        : roleArns(form, context).map((arn) => ({ action: 'iam:TagRole', arn })),
    run: (form, context) => element('Role', roleMarkup(createRole(form, context))),
  },
  GetRole: {
    mutating: false,
    resource,
    arns: roleArns,
    run: (form, context) => element('Role', roleMarkup(roleNamed(form, context))),
  },
  UpdateAssumeRolePolicy: {
    mutating: true,
    resource,
    arns: roleArns,
    run(form, context) {
      const role = roleNamed(form, context)
      const text = form.get('PolicyDocument') ?? ''
      const trust = readTrust(text)
      if (context.now >= role.trustAt + context.cloud.delays.role) role.formerTrust = role.trust
      Object.assign(role, { trust, trustDocument: text, trustAt: context.now })
      return undefined
    },
  },
  DeleteRole: {
    mutating: true,
    resource,
    arns: roleArns,
    run(form, { cloud, ...context }) {
      const role = roleNamed(form, { cloud, ...context })
      if (role.inlinePolicies.size > 0) throw conflict('must delete policies first.')
      if (role.attachedPolicies.length > 0) throw conflict('must detach all policies first.')
      cloud.roles.delete(role.arn)
      return undefined
    },
  },
  TagRole: {
    mutating: true,
    resource,
    arns: roleArns,
    run(form, context) {
      mergeTags(roleNamed(form, context).tags, formTags(form), 'InvalidInput')
      return undefined
    },
  },
  ListRoleTags: {
    mutating: false,
    resource,
    arns: roleArns,
    run: (form, context) =>
      tagsMarkup(roleNamed(form, context)) + textElement('IsTruncated', false),
  },
}

function createRole(form: URLSearchParams, { cloud, account, now }: Context): RoleRecord {
  const name = form.get('RoleName') ?? ''
  const path = form.get('Path') ?? '/'
  const description = form.get('Description') ?? ''
  if (!/^[\w+=,.@-]{1,64}$/.test(name)) throw invalid('roleName')
  if (!/^\/(?:[!-~]*\/)?$/.test(path)) throw invalid('path')
  if (description.length > 1000) throw invalid('description')
  const text = form.get('AssumeRolePolicyDocument') ?? ''
  const trust = readTrust(text)
  const taken = [...cloud.roles.values()].some(
    (role) => role.name === name && role.arn.startsWith(`arn:aws:iam::${account}:`),
  )
  if (taken) {
    throw new AwsError('EntityAlreadyExists', 409, `Role with name ${name} already exists.`)
  }
  const arn = `arn:aws:iam::${account}:role${path}${name}`
  const tags = new Map<string, string>()
  mergeTags(tags, formTags(form), 'InvalidInput')
  const role: RoleRecord = {
    name,
    path,
    arn,
    id: roleId(arn),
    description,
    maxSessionDuration: Number(form.get('MaxSessionDuration') ?? 3600),
    createdAt: now,
    trust,
    trustDocument: text,
    trustAt: now,
    formerTrust: undefined,
    inlinePolicies: new Map(),
    inlineDocuments: new Map(),
    attachedPolicies: [],
    tags,
  }
  cloud.roles.set(arn, role)
  return role
}

function roleMarkup(role: RoleRecord): string {
  return [
    textElement('Path', role.path),
    textElement('RoleName', role.name),
    textElement('RoleId', role.id),
    textElement('Arn', role.arn),
    textElement('CreateDate', isoTime(role.createdAt)),
    textElement('AssumeRolePolicyDocument', encodeURIComponent(role.trustDocument)),
    role.description === '' ? '' : textElement('Description', role.description),
    textElement('MaxSessionDuration', role.maxSessionDuration),
    role.tags.size > 0 ? tagsMarkup(role) : '',
  ].join('')
}

function tagsMarkup(role: RoleRecord): string {
  const members = [...role.tags].map(([key, value]) =>
    element('member', textElement('Key', key), textElement('Value', value)),
  )
  return element('Tags', ...members)
}

/** `Tags.member.1.Key=…&Tags.member.1.Value=…` */
function formTags(form: URLSearchParams): Map<string, string> {
  const tags = new Map<string, string>()
  for (let index = 1; form.has(`Tags.member.${index}.Key`); index += 1) {
    tags.set(
      form.get(`Tags.member.${index}.Key`) ?? '',
      form.get(`Tags.member.${index}.Value`) ?? '',
    )
  }
  return tags
}

function conflict(what: string): AwsError {
  return new AwsError('DeleteConflict', 409, `Cannot delete entity, ${what}`)
}

function invalid(field: string): AwsError {
  const message = `1 validation error detected: Value at '${field}' failed to satisfy constraint`
  return new AwsError('ValidationError', 400, message)
}
