import type { Distribution } from '../../../src/plan/distribution/distribution.ts'

/** As the example file has it in mind: one page for what is missing. */
export const EXAMPLE: Distribution = {
  id: 'E2QWRUHAPOMQZL',
  arn: 'arn:aws:cloudfront::111122223333:distribution/E2QWRUHAPOMQZL',
  domainName: 'd111111abcdef8.cloudfront.net',
  status: 'Deployed',
  enabled: true,
  staging: false,
  multiTenant: false,
  continuousDeployment: false,
  aliases: ['reports.example.com'],
  defaultRootObject: 'index.html',
  customErrorResponses: [{ errorCode: 404, responsePagePath: '/404.html', responseCode: '404' }],
  origins: [],
  behaviors: [],
  tags: {},
}
