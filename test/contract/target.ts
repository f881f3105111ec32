import type { Aws } from '../../src/aws/types.ts'

/** A cloud that the contract runs against. */
export interface Target {
  aws: Aws
  /** Lets the stand-in's time go on until Lambda and IAM have settled; nothing where all is at once. */
  settle(): Promise<void>
  /** What src/aws cannot make, and others have made. */
  makeLogGroup(name: string, region: string, retentionDays?: number): Promise<void>
  /** The ARN of a new customer managed key. */
  makeKmsKey(): Promise<string>
  /** The id of a new distribution. */
  makeDistribution(site: NewSite): Promise<string>
  stop(): Promise<void>
}

export interface NewSite {
  aliases: string[]
  comment: string
  originDomain: string
  defaultRootObject: string
  customErrorResponses: { errorCode: number; responsePagePath: string; responseCode: string }[]
  /** Beside the default behavior. */
  pathPattern: string
  tags: Record<string, string>
}

/** What a stand-in does as AWS does; where it does not, the contract does not ask. */
export interface Faithful {
  /** A wrong `codeSha256` is refused, and publishing twice makes one version. */
  publish: boolean
  /** A SecureString that is not decrypted does not show its plaintext. */
  encryption: boolean
  /** Sizes above 4,096 bytes are refused. */
  sizes: boolean
  /** A new function is pending for a while, and refuses changes meanwhile. */
  pending: boolean
  /** A distribution in the list says what it serves. */
  summaries: boolean
}

export const TRUST = {
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { Service: ['lambda.amazonaws.com', 'edgelambda.amazonaws.com'] },
      Action: 'sts:AssumeRole',
    },
  ],
}

export const TAGS = { 's3-okta-guard:distribution': 'E2QWRUHAPOMQZL', team: 'a b+c@d' }
