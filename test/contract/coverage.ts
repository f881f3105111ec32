import { describe, expect, test } from 'vitest'
import type { AwsCall } from '../../src/aws/create.ts'
import { operationsOfAdapters } from '../helpers/aws-operations.ts'

/**
 * Where stock moto (5.2.1) is not as AWS is, by AWS's own pages. `no`: the contract does not call the operation
 * there at all; `in part`: it does, and leaves out what stands here. Whatever is not in the table is asked in full.
 */
export const AT_MOTO: { operation: string; asked: 'no' | 'in part'; why: string }[] = [
  {
    operation: 'cloudfront:GetDistribution',
    asked: 'in part',
    why: 'function associations, origin access controls and S3 origin settings are dropped, the status stays',
  },
  {
    operation: 'cloudfront:GetDistributionConfig',
    asked: 'in part',
    why: 'the document is written anew: without what moto does not know, with fields that nobody sent',
  },
  {
    operation: 'cloudfront:ListDistributions',
    asked: 'in part',
    why: 'all distributions come in one page, each with its id alone',
  },
  {
    operation: 'cloudfront:UpdateDistribution',
    asked: 'in part',
    why: 'any If-Match is taken, the ETag stays, associations are neither checked nor kept',
  },
  {
    operation: 'iam:SimulatePrincipalPolicy',
    asked: 'no',
    why: 'not implemented: HTTP 500 with an HTML page',
  },
  {
    operation: 'lambda:CreateFunction',
    asked: 'in part',
    why: 'the function is Active at once, and any runtime is taken',
  },
  {
    operation: 'lambda:DeleteFunction',
    asked: 'in part',
    why: 'there are no replicas, and nothing that is in use is kept',
  },
  {
    operation: 'lambda:PublishVersion',
    asked: 'in part',
    why: 'a wrong CodeSha256 is taken, and a version is made where nothing has changed',
  },
  {
    operation: 'lambda:UpdateFunctionCode',
    asked: 'in part',
    why: 'a change under way does not keep off the next one',
  },
  {
    operation: 'ssm:GetParameters',
    asked: 'in part',
    why: 'a SecureString that is not decrypted comes as plaintext behind the name of its key',
  },
  {
    operation: 'ssm:GetServiceSetting',
    asked: 'no',
    why: 'not implemented: HTTP 500 with an HTML page',
  },
  {
    operation: 'ssm:PutParameter',
    asked: 'in part',
    why: 'any size is taken, and any KMS key; where none is named, the one of before stays instead of that of AWS',
  },
]

/** What was called and answered well, by `iam:CreateRole`. */
export type Seen = Set<string>

export function record(seen: Seen): (call: AwsCall) => void {
  return ({ service, operation, status = 0 }) => {
    if (status >= 200 && status < 300) seen.add(`${service}:${operation}`)
  }
}

/** Last of a suite: every operation of src/aws was called here, but for those that the table leaves out. */
export function coverageContract(seen: Seen, at: 'moto' | 'sandbox'): void {
  describe('coverage', () => {
    test('every operation of src/aws is in the contract, or the table says why not', async () => {
      const all = await operationsOfAdapters()
      expect(all.length).toBeGreaterThan(30)
      const left = at === 'moto' ? AT_MOTO.filter(({ asked }) => asked === 'no') : []
      const out = left.map(({ operation }) => operation)
      expect([...seen].sort()).toEqual(all.filter((operation) => !out.includes(operation)))
    })

    test('the table names operations of src/aws alone, each once', async () => {
      const named = AT_MOTO.map(({ operation }) => operation)
      expect(named).toEqual([...new Set(named)].sort())
      expect(await operationsOfAdapters()).toEqual(expect.arrayContaining(named))
      expect(AT_MOTO.filter(({ why }) => why.length < 10)).toEqual([])
    })
  })
}
