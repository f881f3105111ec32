import { createHash } from 'node:crypto'
import { strToU8, zipSync } from 'fflate'
import { beforeAll, describe, expect, test } from 'vitest'
import { patchAssociations } from '../../src/aws/distribution-xml.ts'
import { awsFailureOf } from '../../src/aws/failure.ts'
import type { Delays } from '../../src/sandbox/types.ts'
import type { TestAws } from '../helpers/sandbox-aws.ts'
import { EVERY_FIELD_CONFIG } from '../unit/aws/distribution-fixture.ts'
import type { Target } from './target.ts'
import { TAGS, TRUST } from './target.ts'

interface CloudFrontTarget extends Target {
  sandbox: TestAws
  delays: Delays
}

const zipOf = (code: string): Uint8Array => zipSync({ 'index.js': strToU8(code) })

/** CloudFront, against the sandbox only: moto drops associations and takes any ETag. */
export function cloudfrontContract(target: () => CloudFrontTarget): void {
  let arn = ''
  let made = 0

  beforeAll(async () => {
    const { aws, settle } = target()
    const role = { name: 'edge', description: '', trust: TRUST, tags: {} }
    const { arn: roleArn } = await aws.iam.createRole(role)
    await settle()
    const zip = zipOf('exports.handler = async () => ({ status: "503" })')
    const settings = { runtime: 'nodejs22.x', handler: 'index.handler', memory: 128, timeout: 5 }
    const input = { name: 'attach', description: '', roleArn, ...settings }
    await aws.lambda.createFunction({ ...input, zip, tags: {} })
    await settle()
    const digest = createHash('sha256').update(zip).digest('base64')
    arn = (await aws.lambda.publishVersion('attach', digest, '')).arn
    await settle()
  })

  /** Every field; the functions that stand there exist. The sandbox's edges know no origin groups. */
  function everyField(): string {
    made += 1
    const xml = EVERY_FIELD_CONFIG.replace(/arn:aws:lambda:[^<]*/g, arn)
      .replace('<TargetOriginId>failover<', '<TargetOriginId>site<')
      .replaceAll('example.com</CNAME>', `example${made}.com</CNAME>`)
      .replaceAll('example.org</CNAME>', `example${made}.org</CNAME>`)
    const domainName = `d${made}.cloudfront.net`
    return target().sandbox.aws.createDistributionFromXml({ domainName, xml }).id
  }

  const ours = () => [{ arn, eventType: 'viewer-request', includeBody: false }]

  async function configOf(id: string) {
    const config = await target().aws.cloudfront.getConfig(id)
    if (!config) throw new Error(`no distribution ${id}`)
    return config
  }

  describe('CloudFront', () => {
    test('a distribution that is not there is undefined', async () => {
      expect(await target().aws.cloudfront.getDistribution('E1NOTTHERE')).toBeUndefined()
      expect(await target().aws.cloudfront.getConfig('E1NOTTHERE')).toBeUndefined()
    })

    test('a distribution reads with its tags, in matching order', async () => {
      const id = everyField()
      target().sandbox.aws.tagDistribution(id, TAGS)
      const found = await target().aws.cloudfront.getDistribution(id)
      expect(found).toMatchObject({ id, enabled: true, staging: false, tags: TAGS })
      expect(found?.arn).toMatch(/^arn:aws:cloudfront::\d{12}:distribution\//)
      expect(found?.behaviors.map(({ pattern }) => pattern)).toEqual([
        '/api/*',
        'docs/?.html',
        '/default',
        'default',
      ])
    })

    test('is listed for the picker, page by page', async () => {
      // ListDistributions gives at most 100 at a time.
      const ids = Array.from({ length: 105 }, () => everyField())
      const found = await target().aws.cloudfront.listDistributions()
      expect(found.map(({ id }) => id)).toEqual(expect.arrayContaining(ids))
      expect(found.find(({ id }) => id === ids.at(-1))).toMatchObject({
        domainName: `d${made}.cloudfront.net`,
        aliases: [`reports.example${made}.com`, `*.example${made}.org`],
        comment: 'Reports <internal> – do not touch',
        enabled: true,
        staging: false,
      })
    })

    test('attach and detach: the same configuration as before, unknown fields and all', async () => {
      const { cloudfront } = target().aws
      const id = everyField()
      const before = await configOf(id)
      const attached = patchAssociations(before.xml, [{ pattern: 'default', lambda: ours() }])
      expect(await cloudfront.updateConfig(id, attached, before.etag)).toBe('done')
      const found = await cloudfront.getDistribution(id)
      expect(found?.status).toBe('InProgress')
      expect(found?.behaviors.at(-1)?.lambda).toEqual(ours())
      target().sandbox.clock.advance(target().delays.deploy)
      expect((await cloudfront.getDistribution(id))?.status).toBe('Deployed')

      const now = await configOf(id)
      expect(now.etag).not.toBe(before.etag)
      const detached = patchAssociations(now.xml, [{ pattern: 'default', lambda: [] }])
      expect(await cloudfront.updateConfig(id, detached, now.etag)).toBe('done')
      expect((await configOf(id)).xml).toBe(before.xml)
    })

    test('an update with an ETag of yesterday is stale and changes nothing', async () => {
      const { cloudfront } = target().aws
      const id = everyField()
      const first = await configOf(id)
      const changed = first.xml.replace('PriceClass_100', 'PriceClass_All')
      expect(await cloudfront.updateConfig(id, changed, first.etag)).toBe('done')
      const attached = patchAssociations(first.xml, [{ pattern: 'default', lambda: ours() }])
      expect(await cloudfront.updateConfig(id, attached, first.etag)).toBe('stale')
      expect((await configOf(id)).xml).toContain('PriceClass_All')
    })

    test('an update whose answer is lost is stale, and stands', async () => {
      const id = everyField()
      const { xml, etag } = await configOf(id)
      const attached = patchAssociations(xml, [{ pattern: 'default', lambda: ours() }])
      const { operations } = target().sandbox
      operations.arm({ at: { operation: 'UpdateDistribution', nth: 1 }, kind: 'lost-answer' })
      expect(await target().aws.cloudfront.updateConfig(id, attached, etag)).toBe('stale')
      operations.revive()
      const found = await target().aws.cloudfront.getDistribution(id)
      expect(found?.behaviors.at(-1)?.lambda).toEqual(ours())
    })

    test('a function that is no numbered version is refused by AWS in its own words', async () => {
      const id = everyField()
      const { xml, etag } = await configOf(id)
      const latest = [{ ...ours()[0]!, arn: arn.replace(/:\d+$/, ':$LATEST') }]
      const attached = patchAssociations(xml, [{ pattern: 'default', lambda: latest }])
      const error: unknown = await target()
        .aws.cloudfront.updateConfig(id, attached, etag)
        .catch((thrown: unknown) => thrown)
      expect(awsFailureOf(error)).toMatchObject({
        name: 'InvalidLambdaFunctionAssociation',
        status: 400,
      })
    })

    test('a detached version is deleted when its last replica is gone', async () => {
      const { lambda, cloudfront } = target().aws
      await lambda.updateCode('attach', zipOf('exports.handler = async () => null'))
      await target().settle()
      const { codeSha256 } = (await lambda.getFunction('attach'))!
      const version = (await lambda.publishVersion('attach', codeSha256, '')).arn
      await target().settle()
      const id = everyField()
      const lambdas = [{ arn: version, eventType: 'viewer-request', includeBody: false }]
      for (const each of [lambdas, []]) {
        const { xml, etag } = await configOf(id)
        const patched = patchAssociations(xml, [{ pattern: 'default', lambda: each }])
        expect(await cloudfront.updateConfig(id, patched, etag)).toBe('done')
        target().sandbox.clock.advance(target().delays.deploy)
      }
      expect(await lambda.deleteVersion(version)).toBe(false)
      target().sandbox.clock.advance(target().delays.replica)
      expect(await lambda.deleteVersion(version)).toBe(true)
    })

    test('a version that distributions use is not deleted', async () => {
      const { lambda } = target().aws
      everyField()
      expect(await lambda.deleteVersion(arn)).toBe(false)
      expect(await lambda.deleteFunction('attach')).toBe(false)
      expect((await lambda.getFunction('attach'))?.versions).toHaveLength(1)
    })
  })
}
