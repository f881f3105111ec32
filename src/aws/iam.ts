import type { AwsContext } from './context.ts'
import { named, unless } from './failure.ts'
import { lazy, tagList, tagsOf } from './lazy.ts'
import type { Iam } from './types.ts'

const missing = named('NoSuchEntity')

export function createIam(context: AwsContext): Iam {
  const sdk = lazy(async () => {
    const module = await import('@aws-sdk/client-iam')
    const client = new module.IAMClient(await context.clientConfig('iam'))
    return { ...module, client: context.watch('iam', client) }
  })

  const role = (RoleName: string) =>
    context.run('iam', 'GetRole', async (options) => {
      const { client, GetRoleCommand } = await sdk()
      return (await client.send(new GetRoleCommand({ RoleName }), options)).Role
    })

  const policyNames = (RoleName: string) =>
    context.run('iam', 'ListRolePolicies', async (options) => {
      const { client, paginateListRolePolicies } = await sdk()
      const names: string[] = []
      for await (const page of paginateListRolePolicies({ client }, { RoleName }, options)) {
        names.push(...(page.PolicyNames ?? []))
      }
      return names
    })

  const attached = (RoleName: string) =>
    context.run('iam', 'ListAttachedRolePolicies', async (options) => {
      const { client, paginateListAttachedRolePolicies } = await sdk()
      const arns: string[] = []
      for await (const page of paginateListAttachedRolePolicies(
        { client },
        { RoleName },
        options,
      )) {
        arns.push(...(page.AttachedPolicies ?? []).map(({ PolicyArn }) => PolicyArn ?? ''))
      }
      return arns
    })

  const policy = (RoleName: string, PolicyName: string) =>
    context.run('iam', 'GetRolePolicy', async (options) => {
      const { client, GetRolePolicyCommand } = await sdk()
      const answer = await client.send(new GetRolePolicyCommand({ RoleName, PolicyName }), options)
      return documentOf(answer.PolicyDocument)
    })

  return {
    async getRole(name) {
      const [found, names, attachedPolicies] = await Promise.all([
        unless(role(name), undefined, missing),
        unless(policyNames(name), [], missing),
        unless(attached(name), [], missing),
      ])
      if (!found) return undefined
      const documents = await Promise.all(
        names.map(async (each) => [each, await unless(policy(name, each), undefined, missing)]),
      )
      return {
        name,
        arn: found.Arn ?? '',
        trust: documentOf(found.AssumeRolePolicyDocument),
        inlinePolicies: Object.fromEntries(documents) as Record<string, unknown>,
        attachedPolicies,
        tags: tagsOf(found.Tags),
      }
    },

    simulate: ({ principal, actions, resource, context: about }) =>
      context.run('iam', 'SimulatePrincipalPolicy', async (options) => {
        const { client, paginateSimulatePrincipalPolicy } = await sdk()
        const input = {
          PolicySourceArn: principal,
          ActionNames: actions,
          ResourceArns: [resource],
          ContextEntries: Object.entries(about).map(([ContextKeyName, value]) => ({
            ContextKeyName,
            ContextKeyValues: [value],
            ContextKeyType: 'string' as const,
          })),
        }
        const found: Record<string, boolean> = {}
        for await (const page of paginateSimulatePrincipalPolicy({ client }, input, options)) {
          for (const each of page.EvaluationResults ?? []) {
            found[each.EvalActionName ?? ''] = each.EvalDecision === 'allowed'
          }
        }
        return found
      }),

    createRole: ({ name, description, trust, tags }) =>
      context.run('iam', 'CreateRole', async (options) => {
        const { client, CreateRoleCommand } = await sdk()
        const command = new CreateRoleCommand({
          RoleName: name,
          Description: description,
          AssumeRolePolicyDocument: JSON.stringify(trust),
          Tags: tagList(tags),
        })
        return { arn: (await client.send(command, options)).Role?.Arn ?? '' }
      }),

    updateTrust: (name, trust) =>
      context.run('iam', 'UpdateAssumeRolePolicy', async (options) => {
        const { client, UpdateAssumeRolePolicyCommand } = await sdk()
        const PolicyDocument = JSON.stringify(trust)
        await client.send(
          new UpdateAssumeRolePolicyCommand({ RoleName: name, PolicyDocument }),
          options,
        )
      }),

    putRolePolicy: (role, policyName, document) =>
      context.run('iam', 'PutRolePolicy', async (options) => {
        const { client, PutRolePolicyCommand } = await sdk()
        const command = new PutRolePolicyCommand({
          RoleName: role,
          PolicyName: policyName,
          PolicyDocument: JSON.stringify(document),
        })
        await client.send(command, options)
      }),

    deleteRolePolicy: (role, policyName) =>
      unless(
        context.run('iam', 'DeleteRolePolicy', async (options) => {
          const { client, DeleteRolePolicyCommand } = await sdk()
          const command = new DeleteRolePolicyCommand({ RoleName: role, PolicyName: policyName })
          await client.send(command, options)
        }),
        undefined,
        missing,
      ),

    deleteRole: (name) =>
      unless(
        context.run('iam', 'DeleteRole', async (options) => {
          const { client, DeleteRoleCommand } = await sdk()
          await client.send(new DeleteRoleCommand({ RoleName: name }), options)
        }),
        undefined,
        missing,
      ),
  }
}

/** IAM hands documents back percent-encoded (RFC 3986). */
function documentOf(encoded: string | undefined): unknown {
  return encoded === undefined ? undefined : JSON.parse(decodeURIComponent(encoded))
}
