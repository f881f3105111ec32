import { awsFailureOf, kindOf } from '../../aws/failure.ts'
import { GuardError } from '../../errors/guard-error.ts'
import { RINGS } from '../../plan/names.ts'

/**
 * What KMS does not decrypt is lost with its key, and another key alone does not help.
 * https://docs.aws.amazon.com/kms/latest/developerguide/deleting-keys.html
 */
export function explainUndecryptable(error: unknown, name: string): unknown {
  const failure = awsFailureOf(error)
  const distribution = name.split('/')[2] ?? ''
  const names = RINGS.map((ring) => name.replace(/[^/]*$/, ring)).join(' ')
  const isDenied = failure && kindOf(failure) === 'denied' && /kms:Decrypt/.test(failure.message)
  if (!failure || !(isDenied || failure.name.startsWith('InvalidKeyId'))) return error
  const back = isDenied
    ? "Allow kms:Decrypt in your policies and in the key's own policy"
    : 'Enable the KMS key, or cancel its deletion'
  return new GuardError({
    code: isDenied ? 'aws-denied' : 'aws-failed',
    message: `KMS does not decrypt the private keys in ${name}: ${failure.message}`,
    hint: `${back}, and run the same command again. If the KMS key is gone, so are the private keys: delete their parameters, and apply with another KMS key (ssm.kmsKey in the file) makes new ones, which signs everybody out.`,
    // Who may merely not decrypt must not be handed a line that signs everybody out.
    next: isDenied
      ? []
      : [
          `aws ssm delete-parameters --region us-east-1 --names ${names}`,
          `s3-okta-guard apply --distribution ${distribution} --kms-key ARN`,
        ],
    cause: failure,
  })
}
