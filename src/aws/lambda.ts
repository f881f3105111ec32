import type { FunctionConfiguration, TagsError } from '@aws-sdk/client-lambda'
import type { LambdaVersion } from '../plan/observed.ts'
import type { AwsContext } from './context.ts'
import { named, unless } from './failure.ts'
import { lazy } from './lazy.ts'
import type { AwsFailure, FunctionInput, Lambda } from './types.ts'

const missing = named('ResourceNotFound')
const replicated = ({ name, message }: AwsFailure): boolean =>
  /^InvalidParameterValue/.test(name) && /replicated function/i.test(message)

export function createLambda(context: AwsContext): Lambda {
  const sdk = lazy(async () => {
    const module = await import('@aws-sdk/client-lambda')
    const client = new module.LambdaClient(await context.clientConfig('lambda'))
    return { ...module, client: context.watch('lambda', client) }
  })

  const read = (FunctionName: string) =>
    context.run('lambda', 'GetFunction', async (options) => {
      const { client, GetFunctionCommand } = await sdk()
      const answer = await client.send(new GetFunctionCommand({ FunctionName }), options)
      if (answer.TagsError) throw withoutTags(answer.TagsError)
      return answer
    })

  const versions = (FunctionName: string) =>
    context.run('lambda', 'ListVersionsByFunction', async (options) => {
      const { client, paginateListVersionsByFunction } = await sdk()
      const found: LambdaVersion[] = []
      for await (const page of paginateListVersionsByFunction(
        { client },
        { FunctionName },
        options,
      )) {
        found.push(...(page.Versions ?? []).map(versionOf))
      }
      return found
        .filter(({ version }) => version !== '$LATEST')
        .sort((a, b) => Number(a.version) - Number(b.version))
    })

  /** True when it is gone, false while replicas hold it. */
  const remove = (FunctionName: string) =>
    unless(
      unless(
        context.run('lambda', 'DeleteFunction', async (options) => {
          const { client, DeleteFunctionCommand } = await sdk()
          await client.send(new DeleteFunctionCommand({ FunctionName }), options)
          return true
        }),
        true,
        missing,
      ),
      false,
      replicated,
    )

  return {
    async getFunction(name) {
      const [found, numbered] = await Promise.all([
        unless(read(name), undefined, missing),
        unless(versions(name), [], missing),
      ])
      const latest = found?.Configuration
      if (!latest) return undefined
      return {
        name,
        arn: unqualified(latest.FunctionArn ?? ''),
        roleArn: latest.Role ?? '',
        runtime: latest.Runtime ?? '',
        handler: latest.Handler ?? '',
        memory: latest.MemorySize ?? 0,
        timeout: latest.Timeout ?? 0,
        codeSha256: latest.CodeSha256 ?? '',
        state: latest.State ?? '',
        lastUpdateStatus: latest.LastUpdateStatus ?? '',
        revisionId: latest.RevisionId ?? '',
        tags: { ...found.Tags },
        versions: numbered,
      }
    },

    createFunction: ({ zip, tags, ...input }) =>
      context.run('lambda', 'CreateFunction', async (options) => {
        const { client, CreateFunctionCommand } = await sdk()
        const command = new CreateFunctionCommand({
          ...configurationOf(input),
          Code: { ZipFile: zip },
          PackageType: 'Zip',
          Architectures: ['x86_64'],
          Tags: tags,
        })
        await client.send(command, options)
      }),

    updateCode: (name, zip) =>
      context.run('lambda', 'UpdateFunctionCode', async (options) => {
        const { client, UpdateFunctionCodeCommand } = await sdk()
        await client.send(
          new UpdateFunctionCodeCommand({ FunctionName: name, ZipFile: zip }),
          options,
        )
      }),

    updateConfiguration: (input) =>
      context.run('lambda', 'UpdateFunctionConfiguration', async (options) => {
        const { client, UpdateFunctionConfigurationCommand } = await sdk()
        await client.send(new UpdateFunctionConfigurationCommand(configurationOf(input)), options)
      }),

    publishVersion: (name, codeSha256, description) =>
      context.run('lambda', 'PublishVersion', async (options) => {
        const { client, PublishVersionCommand } = await sdk()
        const command = new PublishVersionCommand({
          FunctionName: name,
          CodeSha256: codeSha256,
          Description: description,
        })
        return versionOf(await client.send(command, options))
      }),

    getVersion: (arn) =>
      unless(
        context.run('lambda', 'GetFunctionConfiguration', async (options) => {
          const { client, GetFunctionConfigurationCommand } = await sdk()
          const command = new GetFunctionConfigurationCommand({ FunctionName: arn })
          const found = await client.send(command, options)
          return { ...versionOf(found), state: found.State ?? '' }
        }),
        undefined,
        missing,
      ),

    deleteVersion: remove,
    deleteFunction: remove,
  }
}

/** Lambda answers without the tags to who may not list them: the function would pass for somebody else's. */
function withoutTags({ ErrorCode = '', Message = '' }: Partial<TagsError>): Error {
  const said = /ListTags/.test(Message)
    ? Message
    : `not authorized to perform: lambda:ListTags: ${Message}`
  return Object.assign(new Error(said), { name: ErrorCode || 'AccessDeniedException' })
}

function configurationOf(input: FunctionInput) {
  return {
    FunctionName: input.name,
    Description: input.description,
    Role: input.roleArn,
    Runtime: input.runtime as NonNullable<FunctionConfiguration['Runtime']>,
    Handler: input.handler,
    MemorySize: input.memory,
    Timeout: input.timeout,
  }
}

function versionOf(found: FunctionConfiguration): LambdaVersion {
  const version = found.Version ?? ''
  return {
    arn: `${unqualified(found.FunctionArn ?? '')}:${version}`,
    version,
    codeSha256: found.CodeSha256 ?? '',
    runtime: found.Runtime ?? '',
    description: found.Description ?? '',
  }
}

/** `arn:aws:lambda:us-east-1:123456789012:function:NAME`, without version or `$LATEST`. */
function unqualified(arn: string): string {
  return arn.split(':').slice(0, 7).join(':')
}
