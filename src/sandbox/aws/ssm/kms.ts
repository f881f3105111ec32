import { AwsError } from '../errors.ts'
import { permitted, refusedWords } from '../permitted.ts'
import type { Context } from '../types.ts'

/** The key that AWS makes for Parameter Store: its policy lets everybody of the account in. */
export const AWS_MANAGED = 'alias/aws/ssm'

/**
 * Parameter Store calls KMS in the caller's name.
 * https://docs.aws.amazon.com/kms/latest/developerguide/services-parameter-store.html
 */
export function authorizeKey(
  action: 'kms:Encrypt' | 'kms:Decrypt',
  keyId: string,
  context: Context,
): void {
  if (isManaged(keyId)) return
  if (!context.cloud.kmsKeys.get(keyId)) throw unknownKey(keyId)
  const about = { 'kms:ViaService': [`ssm.${context.region}.amazonaws.com`] }
  const permission = { action, arn: keyId, about }
  if (permitted(permission, context)) return
  throw new AwsError(
    'AccessDeniedException',
    400,
    `${refusedWords(permission, context)} (Service: AWSKMS; Status Code: 400; Error Code: AccessDeniedException)`,
  )
}

/** Which key a PutParameter means; without one it is AWS's own, also where another was used before. */
export function chosenKey(given: string, { cloud }: Context): string {
  if (given === '' || isManaged(given)) return AWS_MANAGED
  if (!cloud.kmsKeys.get(given)) throw unknownKey(given)
  return given
}

function isManaged(keyId: string): boolean {
  return /^(?:arn:aws:kms:[a-z0-9-]+:\d{12}:)?alias\/aws\/ssm$/.test(keyId)
}

function unknownKey(keyId: string): AwsError {
  return new AwsError('InvalidKeyId', 400, `Invalid keyId ${keyId}`)
}
