import { describe, expect, test } from 'vitest'
import { parseDistribution } from '../../../src/aws/distribution-parse.ts'
import { patchAssociations, readAssociations } from '../../../src/aws/distribution-xml.ts'
import { GuardError } from '../../../src/errors/guard-error.ts'
import { EVERY_FIELD, EVERY_FIELD_CONFIG, OURS } from './distribution-fixture.ts'

const ITEM = `<LambdaFunctionAssociation><LambdaFunctionARN>${OURS.arn}</LambdaFunctionARN><EventType>viewer-request</EventType><IncludeBody>false</IncludeBody></LambdaFunctionAssociation>`
const ONE = `<LambdaFunctionAssociations><Quantity>1</Quantity><Items>${ITEM}</Items></LambdaFunctionAssociations>`

describe('reading a distribution', () => {
  const found = parseDistribution(EVERY_FIELD)

  test('reads what stands outside the configuration', () => {
    expect(found).toMatchObject({
      id: 'E2QWRUHAPOMQZL',
      arn: 'arn:aws:cloudfront::123456789012:distribution/E2QWRUHAPOMQZL',
      domainName: 'd111111abcdef8.cloudfront.net',
      status: 'InProgress',
      enabled: true,
      staging: false,
      multiTenant: false,
      aliases: ['reports.example.com', '*.example.org'],
      defaultRootObject: 'index.html',
    })
  })

  test('keeps the matching order and puts the default behavior last', () => {
    expect(found.behaviors.map(({ pattern }) => pattern)).toEqual([
      '/api/*',
      'docs/?.html',
      '/default',
      'default',
    ])
  })

  test('tells allowed methods from cached ones', () => {
    expect(found.behaviors[0]?.allowedMethods).toHaveLength(7)
    expect(found.behaviors[3]?.allowedMethods).toEqual(['HEAD', 'GET'])
  })

  test('sees trusted key groups and trusted signers as signed', () => {
    expect(found.behaviors.map(({ signed }) => signed)).toEqual([true, true, false, false])
  })

  test('reads both kinds of functions', () => {
    expect(found.behaviors[0]?.lambda).toEqual([
      {
        arn: 'arn:aws:lambda:us-east-1:123456789012:function:add-headers:7',
        eventType: 'origin-response',
        includeBody: false,
      },
      {
        arn: 'arn:aws:lambda:us-east-1:123456789012:function:upload-check:3',
        eventType: 'viewer-request',
        includeBody: true,
      },
    ])
    expect(found.behaviors[1]?.functions).toEqual([
      { arn: 'arn:aws:cloudfront::123456789012:function/rewrite', eventType: 'viewer-request' },
    ])
  })

  test('tells the kinds of origins apart', () => {
    const oai = 'origin-access-identity/cloudfront/E127EXAMPLE51Z'
    const found = parseDistribution(EVERY_FIELD).origins
    expect(found.map(({ id, kind }) => `${id} ${kind}`)).toEqual([
      'site s3',
      'legacy s3',
      'api custom',
      'internal vpc',
    ])
    expect(found[0]?.originAccessControlId).toBe('E327GJI25M56DG')
    expect(found[1]).toMatchObject({ originAccessControlId: '', originAccessIdentity: oai })
  })

  test('reads custom error responses with and without a page', () => {
    expect(found.customErrorResponses).toEqual([
      { errorCode: 403, responsePagePath: '/index.html', responseCode: '200' },
      { errorCode: 500, responsePagePath: '', responseCode: '' },
    ])
  })

  test('recognizes a multi-tenant, a staging and a disabled distribution', () => {
    const other = EVERY_FIELD.replace('>direct<', '>tenant-only<')
      .replace('<Staging>false', '<Staging>true')
      .replace(
        '<PriceClass>PriceClass_100</PriceClass><Enabled>true',
        '<PriceClass>x</PriceClass><Enabled>false',
      )
    expect(parseDistribution(other)).toMatchObject({
      multiTenant: true,
      staging: true,
      enabled: false,
    })
  })

  test('reads a minimal distribution', () => {
    const minimal =
      '<Distribution><Id>E1</Id><DistributionConfig><DefaultCacheBehavior/></DistributionConfig></Distribution>'
    expect(parseDistribution(minimal)).toMatchObject({
      id: 'E1',
      aliases: [],
      origins: [],
      behaviors: [{ pattern: 'default', lambda: [], functions: [], signed: false }],
    })
  })

  test.each([
    ['no XML at all', 'Service Unavailable'],
    ['an answer cut short', EVERY_FIELD.slice(0, 4000)],
    ['a document type', `<!DOCTYPE x [<!ENTITY e "y">]>${'<Distribution/>'}`],
    ['nothing', ''],
  ])('refuses %s', (_, xml) => {
    expect(() => parseDistribution(xml)).toThrow(GuardError)
  })
})

describe('patching the associations', () => {
  test('changes nothing but the element of the behavior named', () => {
    const patched = patchAssociations(EVERY_FIELD_CONFIG, [{ pattern: 'default', lambda: [OURS] }])
    const empty = '<LambdaFunctionAssociations><Quantity>0</Quantity></LambdaFunctionAssociations>'
    expect(patched).toBe(EVERY_FIELD_CONFIG.replace(empty, ONE))
  })

  test('leaves origin events alone and counts them', () => {
    const patched = patchAssociations(EVERY_FIELD_CONFIG, [{ pattern: '/api/*', lambda: [OURS] }])
    const now = readAssociations(patched)[0]?.lambda
    expect(now?.map(({ eventType }) => eventType)).toEqual(['origin-response', 'viewer-request'])
    expect(now?.[1]).toEqual(OURS)
    expect(patched).toContain('<LambdaFunctionAssociations><Quantity>2</Quantity>')
  })

  test('puts a missing element behind Compress, where the schema has it', () => {
    const patched = patchAssociations(EVERY_FIELD_CONFIG, [
      { pattern: 'docs/?.html', lambda: [OURS] },
    ])
    const at = '<Compress>false</Compress>'
    expect(patched).toBe(EVERY_FIELD_CONFIG.replace(at, at + ONE))
  })

  test('fills an element that is written as one tag', () => {
    const patched = patchAssociations(EVERY_FIELD_CONFIG, [{ pattern: '/default', lambda: [OURS] }])
    expect(patched).toBe(EVERY_FIELD_CONFIG.replace('<LambdaFunctionAssociations/>', ONE))
  })

  test('returns the same text when nothing changes', () => {
    const changes = readAssociations(EVERY_FIELD_CONFIG)
    expect(patchAssociations(EVERY_FIELD_CONFIG, changes)).toBe(EVERY_FIELD_CONFIG)
  })

  test('writes names that need escaping', () => {
    const odd = { ...OURS, arn: 'arn:<a>&b' }
    const patched = patchAssociations(EVERY_FIELD_CONFIG, [{ pattern: 'default', lambda: [odd] }])
    expect(readAssociations(patched).at(-1)?.lambda).toEqual([odd])
  })

  test('adds Quantity and Items in that order where both are missing', () => {
    const xml =
      '<c:DistributionConfig xmlns:c="x"><c:DefaultCacheBehavior><c:LambdaFunctionAssociations> </c:LambdaFunctionAssociations></c:DefaultCacheBehavior></c:DistributionConfig>'
    expect(patchAssociations(xml, [{ pattern: 'default', lambda: [OURS] }])).toContain(
      '<c:LambdaFunctionAssociations><c:Quantity>1</c:Quantity><c:Items><c:LambdaFunctionAssociation>',
    )
  })

  test('names the behaviors there are when one is unknown', () => {
    const patch = () => patchAssociations(EVERY_FIELD_CONFIG, [{ pattern: '/nope', lambda: [] }])
    expect(patch).toThrow(/no behavior "\/nope".*\/api\/\*, docs/)
  })
})
