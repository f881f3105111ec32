/**
 * A key and no alias: IAM policies know keys alone, and an alias may lead elsewhere tomorrow.
 * https://docs.aws.amazon.com/kms/latest/developerguide/alias-authorization.html
 */
export const KMS_KEY =
  /^arn:aws:kms:us-east-1:\d{12}:key\/(mrk-[\da-f]{32}|[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12})$/
export const KMS_KEY_WORDS =
  'the ARN of a KMS key (no alias) in us-east-1, like arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab'
