import type { Parameter } from '../plan/observed.ts'
import type { AwsContext } from './context.ts'
import { named, unless } from './failure.ts'
import { chunks, lazy, tagList, tagsOf } from './lazy.ts'
import type { ParameterInput, Ssm } from './types.ts'

/** GetParameters and DeleteParameters take at most ten names. */
const NAMES_AT_ONCE = 10
const THROUGHPUT = '/ssm/parameter-store/high-throughput-enabled'

export function createSsm(context: AwsContext): Ssm {
  const sdk = lazy(async () => {
    const module = await import('@aws-sdk/client-ssm')
    const client = new module.SSMClient(await context.clientConfig('ssm'))
    return { ...module, client: context.watch('ssm', client) }
  })

  const list = (path: string) =>
    context.run('ssm', 'DescribeParameters', async (options) => {
      const { client, paginateDescribeParameters } = await sdk()
      const input = {
        ParameterFilters: [{ Key: 'Name', Option: 'BeginsWith', Values: [path] }],
        MaxResults: 50,
      }
      const found: Omit<Parameter, 'tags'>[] = []
      for await (const page of paginateDescribeParameters({ client }, input, options)) {
        for (const each of page.Parameters ?? []) {
          found.push({
            name: each.Name ?? '',
            type: each.Type ?? '',
            version: each.Version ?? 0,
            description: each.Description ?? '',
            keyId: each.KeyId ?? '',
          })
        }
      }
      return found
    })

  const tags = (name: string) =>
    context.run('ssm', 'ListTagsForResource', async (options) => {
      const { client, ListTagsForResourceCommand } = await sdk()
      const input = { ResourceType: 'Parameter', ResourceId: name } as const
      const answer = await client.send(new ListTagsForResourceCommand(input), options)
      return tagsOf(answer.TagList)
    })

  const values = (Names: string[]) =>
    context.run('ssm', 'GetParameters', async (options) => {
      const { client, GetParametersCommand } = await sdk()
      const input = { Names, WithDecryption: false }
      return (await client.send(new GetParametersCommand(input), options)).Parameters ?? []
    })

  const put = (input: ParameterInput, more: object) =>
    context.run(
      'ssm',
      'PutParameter',
      async (options) => {
        const { client, PutParameterCommand } = await sdk()
        const command = new PutParameterCommand({
          Name: input.name,
          Value: input.value,
          Type: input.secure ? 'SecureString' : 'String',
          Description: input.description,
          Tier: 'Standard',
          ...(input.keyId !== undefined && { KeyId: input.keyId }),
          ...more,
        })
        return { version: (await client.send(command, options)).Version ?? 0 }
      },
      input.secure ? [input.value] : [],
    )

  const gone = named('ParameterNotFound', 'InvalidResourceId')

  return {
    async describe(path) {
      const found = await list(path)
      const tagged = found.map(async (each) => {
        // Deleted between the two calls: as if it had never been listed.
        const its = await unless(tags(each.name), undefined, gone)
        return its ? [{ ...each, tags: its }] : []
      })
      return (await Promise.all(tagged)).flat()
    },

    async names(path) {
      return (await list(path)).map(({ name }) => name)
    },

    async get(names) {
      const groups = await Promise.all(chunks(names, NAMES_AT_ONCE).map(values))
      const entries = groups
        .flat()
        .map((each) => [each.Name ?? '', { value: each.Value ?? '', version: each.Version ?? 0 }])
      return Object.fromEntries(entries) as Record<string, { value: string; version: number }>
    },

    getSecret: (name) =>
      unless(
        context.run('ssm', 'GetParameter', async (options) => {
          const { client, GetParameterCommand } = await sdk()
          const command = new GetParameterCommand({ Name: name, WithDecryption: true })
          const found = (await client.send(command, options)).Parameter
          return found ? { value: found.Value ?? '', version: found.Version ?? 0 } : undefined
        }),
        undefined,
        named('ParameterNotFound'),
      ),

    create: ({ tags: its, ...input }) =>
      unless(put(input, { Tags: tagList(its) }), false as const, named('ParameterAlreadyExists')),

    update: (input) => put(input, { Overwrite: true }),

    highThroughput: () =>
      context.run('ssm', 'GetServiceSetting', async (options) => {
        const { client, GetServiceSettingCommand } = await sdk()
        const command = new GetServiceSettingCommand({ SettingId: THROUGHPUT })
        return (await client.send(command, options)).ServiceSetting?.SettingValue === 'true'
      }),

    async remove(names) {
      await Promise.all(
        chunks(names, NAMES_AT_ONCE).map((Names) =>
          context.run('ssm', 'DeleteParameters', async (options) => {
            const { client, DeleteParametersCommand } = await sdk()
            await client.send(new DeleteParametersCommand({ Names }), options)
          }),
        ),
      )
    },
  }
}
