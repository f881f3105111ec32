import type { AwsContext } from './context.ts'
import { lazy } from './lazy.ts'
import type { Sts } from './types.ts'

export function createSts(context: AwsContext): Sts {
  const sdk = lazy(async () => {
    const module = await import('@aws-sdk/client-sts')
    const client = new module.STSClient(await context.clientConfig('sts'))
    return { ...module, client: context.watch('sts', client) }
  })

  return {
    identity: () =>
      context.run('sts', 'GetCallerIdentity', async (options) => {
        const { client, GetCallerIdentityCommand } = await sdk()
        const answer = await client.send(new GetCallerIdentityCommand({}), options)
        const arn = answer.Arn ?? ''
        context.identity = arn
        return { account: answer.Account ?? '', arn, partition: arn.split(':')[1] ?? '' }
      }),
  }
}
