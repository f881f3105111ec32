import { describe, expect, test } from 'vitest'
import type { Faithful, Target } from './target.ts'
import { TAGS } from './target.ts'

const ERRORS = [{ errorCode: 404, responsePagePath: '/404.html', responseCode: '404' }]

/** The part of CloudFront that moto knows as well: what stands in a distribution, without functions. */
export function distributionsContract(
  target: () => Target,
  faithful: Pick<Faithful, 'summaries'>,
): void {
  const make = (comment: string) =>
    target().makeDistribution({
      comment,
      aliases: [`${comment}.example.com`],
      originDomain: `${comment}.s3.us-east-1.amazonaws.com`,
      defaultRootObject: 'home.html',
      customErrorResponses: ERRORS,
      pathPattern: '/docs/*',
      tags: TAGS,
    })

  async function configOf(id: string) {
    const config = await target().aws.cloudfront.getConfig(id)
    if (!config) throw new Error(`no distribution ${id}`)
    return config
  }

  describe('distributions', () => {
    test('one that is not there is undefined', async () => {
      const { cloudfront } = target().aws
      expect(await cloudfront.getDistribution('E1NOBODYSOWN1')).toBeUndefined()
      expect(await cloudfront.getConfig('E1NOBODYSOWN1')).toBeUndefined()
    })

    test('one reads back as it was made, with its tags', async () => {
      const id = await make('read')
      expect(await target().aws.cloudfront.getDistribution(id)).toMatchObject({
        id,
        status: 'Deployed',
        enabled: true,
        staging: false,
        aliases: ['read.example.com'],
        defaultRootObject: 'home.html',
        customErrorResponses: ERRORS,
        origins: [{ id: 'site', domainName: 'read.s3.us-east-1.amazonaws.com' }],
        behaviors: [
          { pattern: '/docs/*', targetOriginId: 'site', viewerProtocolPolicy: 'redirect-to-https' },
          { pattern: 'default', targetOriginId: 'site', viewerProtocolPolicy: 'redirect-to-https' },
        ],
        tags: TAGS,
      })
    })

    test('it is listed with the buckets that its behaviors reach', async () => {
      const id = await make('listed')
      const found = await target().aws.cloudfront.listDistributions()
      const mine = found.find((one) => one.id === id)
      expect(mine).toMatchObject({ id, staging: false })
      if (!faithful.summaries) return
      expect(mine).toMatchObject({
        aliases: ['listed.example.com'],
        comment: 'listed',
        enabled: true,
        origins: [{ id: 'site', domainName: 'listed.s3.us-east-1.amazonaws.com' }],
        behaviors: expect.arrayContaining([
          expect.objectContaining({ pattern: '/docs/*', targets: ['site'], viewerFunctions: [] }),
          expect.objectContaining({ pattern: 'default', targets: ['site'], viewerFunctions: [] }),
        ]) as unknown,
      })
    })

    test('an update takes the document as it was read and changed, and keeps the rest', async () => {
      const { cloudfront } = target().aws
      const id = await make('updated')
      const before = await cloudfront.getDistribution(id)
      const { xml, etag } = await configOf(id)
      expect(etag).not.toBe('')
      const changed = xml.replace('>home.html<', '>index.html<')
      expect(await cloudfront.updateConfig(id, changed, etag)).toBe('done')
      const { status: _before, ...rest } = before!
      const { status: _after, ...now } = (await cloudfront.getDistribution(id))!
      expect(now).toEqual({ ...rest, defaultRootObject: 'index.html' })
    })

    test('an update without an ETag is stale and changes nothing', async () => {
      const { cloudfront } = target().aws
      const id = await make('unmatched')
      const { xml } = await configOf(id)
      const changed = xml.replace('>home.html<', '>index.html<')
      expect(await cloudfront.updateConfig(id, changed, '')).toBe('stale')
      expect((await cloudfront.getDistribution(id))?.defaultRootObject).toBe('home.html')
    })
  })
}
