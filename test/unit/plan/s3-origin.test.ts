import { expect, test } from 'vitest'
import { restAddress, s3OriginOf, websiteHost } from '../../../src/plan/distribution/s3-origin.ts'

test.each([
  ['site.s3.us-east-1.amazonaws.com', 'site', 'us-east-1', false],
  ['site.s3-eu-west-1.amazonaws.com', 'site', 'eu-west-1', false],
  ['site.s3.dualstack.eu-west-1.amazonaws.com', 'site', 'eu-west-1', false],
  ['site.s3.amazonaws.com', 'site', undefined, false],
  ['docs.example.com.s3.eu-central-1.amazonaws.com', 'docs.example.com', 'eu-central-1', false],
  ['site.s3-website-us-east-1.amazonaws.com', 'site', 'us-east-1', true],
  ['site.s3-website.eu-central-1.amazonaws.com', 'site', 'eu-central-1', true],
  ['docs.example.com.s3-website-us-west-2.amazonaws.com', 'docs.example.com', 'us-west-2', true],
])('%s', (domain, bucket, region, website) => {
  expect(s3OriginOf(domain)).toEqual({ bucket, region, website })
})

test.each(['example.com', 's3.amazonaws.com', 'x.execute-api.us-east-1.amazonaws.com'])(
  '%s is no bucket',
  (domain) => {
    expect(s3OriginOf(domain)).toBeUndefined()
  },
)

test('the addresses at which a stranger would ask', () => {
  expect(websiteHost('site', 'us-east-1')).toBe('site.s3-website-us-east-1.amazonaws.com')
  expect(websiteHost('site', 'eu-central-1')).toBe('site.s3-website.eu-central-1.amazonaws.com')
  expect(restAddress('site', 'eu-west-1', '/a')).toBe('https://site.s3.eu-west-1.amazonaws.com/a')
  expect(restAddress('site', undefined, '/a')).toBe('https://site.s3.amazonaws.com/a')
  // The certificate is for one label before s3.
  expect(restAddress('a.b', 'eu-west-1', '/c')).toBe('https://s3.eu-west-1.amazonaws.com/a.b/c')
})
