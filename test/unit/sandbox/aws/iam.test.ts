import {
  CreateRoleCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  ListAttachedRolePoliciesCommand,
  ListRolePoliciesCommand,
  ListRoleTagsCommand,
  PutRolePolicyCommand,
  TagRoleCommand,
  UpdateAssumeRolePolicyCommand,
} from '@aws-sdk/client-iam'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { sdkClients, startTestAws } from '../../../helpers/sandbox-aws.ts'
import type { TestAws } from '../../../helpers/sandbox-aws.ts'
import { awsError, createRole, EDGE_TRUST, ROLE, trustOf } from './fixtures.ts'

const POLICY = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: ['logs:PutLogEvents'], Resource: '*' }],
})
const inline = { RoleName: ROLE, PolicyName: 'guard' }

describe('IAM', () => {
  let cloud: TestAws
  beforeEach(async () => {
    cloud = await startTestAws()
  })
  afterEach(() => cloud.close())

  it('creates a role with tags and gives its trust policy back', async () => {
    const { iam } = cloud.clients
    await iam.send(
      new CreateRoleCommand({
        RoleName: ROLE,
        Description: 'made by <a> & "b"',
        AssumeRolePolicyDocument: EDGE_TRUST,
        Tags: [{ Key: 'guard:of', Value: 'E1 + 2' }],
      }),
    )
    const { Role } = await iam.send(new GetRoleCommand({ RoleName: ROLE }))
    expect(Role).toMatchObject({
      RoleName: ROLE,
      Arn: `arn:aws:iam::${cloud.aws.account}:role/${ROLE}`,
      Description: 'made by <a> & "b"',
      Tags: [{ Key: 'guard:of', Value: 'E1 + 2' }],
    })
    expect(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? '')).toBe(EDGE_TRUST)
    expect(Role?.CreateDate?.getTime()).toBe(cloud.clock.now())
  })

  it('refuses a second role of one name', async () => {
    await createRole(cloud.clients)
    await expect(createRole(cloud.clients)).rejects.toMatchObject(
      awsError('EntityAlreadyExistsException', 409),
    )
  })

  it('keeps the roles of two accounts apart', async () => {
    await createRole(cloud.clients)
    const other = sdkClients(cloud.aws, cloud.aws.addIdentity({ account: '999988887777' }))
    await expect(other.iam.send(new GetRoleCommand({ RoleName: ROLE }))).rejects.toMatchObject(
      awsError('NoSuchEntityException', 404),
    )
    await expect(createRole(other)).resolves.toContain('999988887777')
  })

  it('says which role is not there, whatever was asked of it', async () => {
    const { iam } = cloud.clients
    const role = { RoleName: ROLE }
    const calls = [
      iam.send(new GetRoleCommand(role)),
      iam.send(new DeleteRoleCommand(role)),
      iam.send(new ListRoleTagsCommand(role)),
      iam.send(new ListRolePoliciesCommand(role)),
      iam.send(new PutRolePolicyCommand({ ...inline, PolicyDocument: POLICY })),
      iam.send(new UpdateAssumeRolePolicyCommand({ ...role, PolicyDocument: EDGE_TRUST })),
    ]
    for (const call of calls) {
      await expect(call).rejects.toMatchObject(awsError('NoSuchEntityException', 404, ROLE))
    }
  })

  it.each([
    ['no JSON', '{'],
    ['no statement', '{"Version":"2012-10-17"}'],
    ['a bogus principal', trustOf('lambda').replace('amazonaws', 'nowhere')],
    ['no principal', POLICY],
  ])('refuses a trust policy with %s', async (_what, document) => {
    await expect(createRole(cloud.clients, ROLE, document)).rejects.toMatchObject(
      awsError('MalformedPolicyDocumentException', 400),
    )
  })

  it('puts, reads, lists and deletes inline policies', async () => {
    const { iam } = cloud.clients
    await createRole(cloud.clients)
    await iam.send(new PutRolePolicyCommand({ ...inline, PolicyDocument: POLICY }))
    const policy = await iam.send(new GetRolePolicyCommand(inline))
    expect(decodeURIComponent(policy.PolicyDocument ?? '')).toBe(POLICY)
    const listed = await iam.send(new ListRolePoliciesCommand({ RoleName: ROLE }))
    expect(listed.PolicyNames).toEqual(['guard'])
    expect(cloud.aws.roles()[0]?.inlinePolicies).toEqual({ guard: JSON.parse(POLICY) as unknown })
    await iam.send(new DeleteRolePolicyCommand(inline))
    await expect(iam.send(new GetRolePolicyCommand(inline))).rejects.toMatchObject(
      awsError('NoSuchEntityException', 404),
    )
    await expect(iam.send(new DeleteRolePolicyCommand(inline))).rejects.toMatchObject(
      awsError('NoSuchEntityException', 404),
    )
  })

  it.each([
    ['no JSON', 'x'],
    ['a principal', EDGE_TRUST],
    ['an action without a service', POLICY.replace('logs:', '')],
  ])('refuses an inline policy with %s', async (_what, document) => {
    await createRole(cloud.clients)
    const command = new PutRolePolicyCommand({ ...inline, PolicyDocument: document })
    await expect(cloud.clients.iam.send(command)).rejects.toMatchObject(
      awsError('MalformedPolicyDocumentException', 400),
    )
  })

  it('deletes a role only without policies', async () => {
    const { iam } = cloud.clients
    const remove = (): Promise<unknown> => iam.send(new DeleteRoleCommand({ RoleName: ROLE }))
    await createRole(cloud.clients)
    await iam.send(new PutRolePolicyCommand({ ...inline, PolicyDocument: POLICY }))
    await expect(remove()).rejects.toMatchObject(awsError('DeleteConflictException', 409))
    await iam.send(new DeleteRolePolicyCommand(inline))
    await remove()
    expect(cloud.aws.roles()).toEqual([])
  })

  it('shows a policy that somebody attached, and then keeps the role', async () => {
    const { iam } = cloud.clients
    await createRole(cloud.clients)
    cloud.aws.attachRolePolicy(ROLE, 'arn:aws:iam::aws:policy/ReadOnlyAccess')
    const attached = await iam.send(new ListAttachedRolePoliciesCommand({ RoleName: ROLE }))
    expect(attached.AttachedPolicies).toEqual([
      { PolicyName: 'ReadOnlyAccess', PolicyArn: 'arn:aws:iam::aws:policy/ReadOnlyAccess' },
    ])
    await expect(iam.send(new DeleteRoleCommand({ RoleName: ROLE }))).rejects.toMatchObject(
      awsError('DeleteConflictException', 409),
    )
  })

  it('tags and changes the trust policy', async () => {
    const { iam } = cloud.clients
    await createRole(cloud.clients, ROLE, trustOf('lambda'))
    await iam.send(new TagRoleCommand({ RoleName: ROLE, Tags: [{ Key: 'a', Value: '1' }] }))
    await iam.send(new TagRoleCommand({ RoleName: ROLE, Tags: [{ Key: 'b', Value: '2' }] }))
    const { Tags } = await iam.send(new ListRoleTagsCommand({ RoleName: ROLE }))
    expect(Tags).toEqual([
      { Key: 'a', Value: '1' },
      { Key: 'b', Value: '2' },
    ])
    await iam.send(
      new UpdateAssumeRolePolicyCommand({ RoleName: ROLE, PolicyDocument: EDGE_TRUST }),
    )
    expect(cloud.aws.roles()[0]?.trust).toEqual(JSON.parse(EDGE_TRUST))
  })
})
