import { usesOf } from '../cloudfront/uses.ts'
import type { Context } from '../types.ts'
import type { LambdaOperation } from './operation.ts'
import { FUNCTION_PATH, refOf } from './operation.ts'
import { functionOf, invalidValue, versionOf } from './record.ts'

export const removeOperations: LambdaOperation[] = [
  {
    name: 'DeleteFunction',
    method: 'DELETE',
    path: FUNCTION_PATH,
    mutating: true,
    run(input, context) {
      const ref = refOf(input, context)
      const record = functionOf(ref, context)
      if (ref.qualifier === '$LATEST') {
        throw invalidValue('$LATEST version cannot be deleted without deleting the function.')
      }
      if (ref.qualifier === undefined) {
        for (const { arn } of record.versions) checkReplicas(arn, context)
        context.cloud.functions.delete(record.arn)
      } else {
        const version = versionOf(ref, context)
        checkReplicas(version.arn, context)
        record.versions = record.versions.filter((candidate) => candidate !== version)
      }
      return { status: 204 }
    },
  },
]

/** https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-edge-delete-replicas.html */
function checkReplicas(arn: string, { cloud, now }: Context): void {
  const letGo = cloud.replicasUntil.get(arn) ?? 0
  if (usesOf(cloud, arn).length === 0 && now >= letGo) return
  throw invalidValue(
    `Lambda was unable to delete ${arn} because it is a replicated function. Please see our documentation for Deleting Lambda@Edge Functions and Replicas.`,
  )
}
