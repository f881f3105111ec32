import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { startTestAws } from '../../../helpers/sandbox-aws.ts'
import type { TestAws } from '../../../helpers/sandbox-aws.ts'
import { RICH_XML, withLambda } from './distribution.fixture.ts'
import { createRole, publishedVersion, trustOf } from './fixtures.ts'

describe('what CloudFront takes as an edge function', () => {
  let cloud: TestAws
  let id: string
  let version: string
  beforeAll(async () => {
    cloud = await startTestAws()
    id = cloud.aws.createDistributionFromXml({ domainName: 'localhost:1', xml: RICH_XML }).id
    version = await publishedVersion(cloud.clients)
  })
  afterAll(() => cloud.close())

  function attach(arn: string, eventType?: string): void {
    cloud.aws.editDistribution(id, () => withLambda(RICH_XML, arn, eventType))
  }
  function refusal(run: () => void): unknown {
    try {
      run()
    } catch (error) {
      return error
    }
    return undefined
  }

  it('takes a numbered version in us-east-1', () => {
    attach(version)
    expect(cloud.aws.distributionXml(id)).toContain(version)
  })

  it.each<[string, (arn: string) => string, RegExp]>([
    ['$LATEST', (arn) => arn.replace(/:1$/, ':$LATEST'), /specific function version/],
    ['no version', (arn) => arn.replace(/:1$/, ''), /specific function version/],
    ['an alias', (arn) => arn.replace(/:1$/, ':live'), /specific function version/],
    ['an unknown version', (arn) => arn.replace(/:1$/, ':7'), /cannot be found/],
    ['another region', (arn) => arn.replace('us-east-1', 'eu-west-1'), /in region 'us-east-1'/],
    ['another account', (arn) => arn.replace(/:\d{12}:/, ':999988887777:'), /the account/],
    ['what is no function', () => 'arn:aws:s3:::bucket', /ARN is not valid/],
  ])('refuses %s', (_what, change, message) => {
    expect(refusal(() => attach(change(version)))).toMatchObject({
      code: 'InvalidLambdaFunctionAssociation',
      status: 400,
      message: expect.stringMatching(message) as string,
    })
  })

  it('refuses a role that edges cannot assume', async () => {
    const Role = await createRole(cloud.clients, 'lambda-only', trustOf('lambda'))
    const arn = await publishedVersion(cloud.clients, { FunctionName: 'lambda-only', Role })
    expect(refusal(() => attach(arn))).toMatchObject({
      code: 'InvalidLambdaFunctionAssociation',
      message: `The function execution role must be assumable with edgelambda.amazonaws.com as well as lambda.amazonaws.com principals. Update the IAM role and try again. Role: ${Role}`,
    })
  })

  it.each([
    ['timeout', { Timeout: 15 }, /timeout is larger .*: 15 Max allowed: 5 Function: arn/],
    ['memory', { MemorySize: 256 }, /memory size is larger .*: 256 Max allowed: 128/],
    ['runtime', { Runtime: 'java21' }, /invalid runtime .*: java21 Function: arn/],
    ['environment', { Environment: { Variables: { A: 'b' } } }, /environment variables/],
    ['architecture', { Architectures: ['arm64'] }, /x86_64/],
  ] as const)('refuses the %s of a function that is too much', async (what, input, message) => {
    const arn = await publishedVersion(cloud.clients, {
      FunctionName: `too-${what}`,
      ...(input as object),
    })
    expect(refusal(() => attach(arn))).toMatchObject({
      code: 'InvalidLambdaFunctionAssociation',
      message: expect.stringMatching(message) as string,
    })
  })

  it('refuses two functions on one event', () => {
    const twice = withLambda(RICH_XML, version).replace(
      /<Quantity>1<\/Quantity><Items>(<LambdaFunctionAssociation>.*?<\/LambdaFunctionAssociation>)/,
      '<Quantity>2</Quantity><Items>$1$1',
    )
    expect(refusal(() => cloud.aws.editDistribution(id, () => twice))).toMatchObject({
      code: 'InvalidLambdaFunctionAssociation',
      message: expect.stringMatching(/more than one function .*viewer-request/) as string,
    })
  })

  it.each(['viewer-request', 'viewer-response'])(
    'refuses Lambda@Edge on %s beside a CloudFront Function of the same behavior',
    (eventType) => {
      const xml = RICH_XML.replace(
        '<FunctionAssociations>',
        '<LambdaFunctionAssociations><Quantity>0</Quantity></LambdaFunctionAssociations><FunctionAssociations>',
      ).replace(
        /(<DefaultCacheBehavior>.*)<Lambda.*<\/LambdaFunctionAssociations>\s*<\/Def/s,
        '$1</Def',
      )
      expect(
        refusal(() => cloud.aws.editDistribution(id, () => withLambda(xml, version, eventType))),
      ).toMatchObject({ status: 400, message: expect.stringMatching(/cannot both/) as string })
      cloud.aws.editDistribution(id, () => withLambda(xml, version, 'origin-request'))
    },
  )

  it('refuses an event that there is not', () => {
    expect(refusal(() => attach(version, 'viewer-anything'))).toMatchObject({ status: 400 })
  })
})
