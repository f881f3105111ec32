import { CreateRoleCommand } from '@aws-sdk/client-iam'
import { CreateFunctionCommand, UpdateFunctionCodeCommand } from '@aws-sdk/client-lambda'
import { DOMParser, type Element } from '@xmldom/xmldom'
import { zipSync } from 'fflate'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { installData, newsOf, startStage, type Stage } from '../../helpers/install.ts'
import { EVERY_FIELD_CONFIG } from '../../unit/aws/distribution-fixture.ts'

let stage: Stage
/** Aliases are unique in an account. */
let made = 0

beforeAll(async () => {
  stage = await startStage()
})
afterAll(() => stage.close())

const NONE = '<LambdaFunctionAssociations><Quantity>0</Quantity></LambdaFunctionAssociations>'
const FUNCTION = 'arn:aws:cloudfront::111122223333:function/rewrite'

/** Every optional field and some that nobody knows; foreign viewer functions are taken out. */
function everyField(associations: boolean): string {
  return EVERY_FIELD_CONFIG.replaceAll('123456789012', stage.sandbox.aws.account)
    .replace(
      /<LambdaFunctionAssociation>(?:(?!<\/LambdaFunctionAssociation>).)*viewer-request.*?<\/LambdaFunctionAssociation>/,
      '',
    )
    .replace('<LambdaFunctionAssociations><Quantity>2<', '<LambdaFunctionAssociations><Quantity>1<')
    .replace(/<FunctionAssociations><Quantity>1<.*?<\/FunctionAssociations>/, '')
    .replace('<PathPattern>default</PathPattern>', '<PathPattern>/internal/*</PathPattern>')
    .replaceAll(
      '<ErrorCode>403</ErrorCode><ResponsePagePath>/index.html<',
      '<ErrorCode>403</ErrorCode><ResponsePagePath>/sorry.html<',
    )
    .replaceAll('<LambdaFunctionAssociations/>', associations ? NONE : '')
    .replace(
      /(<SmoothStreaming>false<\/SmoothStreaming><Compress>false<\/Compress>)/,
      associations ? `$1${NONE}` : '$1',
    )
    .replaceAll(/<CNAME>([^<]*)<\/CNAME>/g, () => `<CNAME>every-${(made += 1)}.example.com</CNAME>`)
}

async function siteOf(xml: string): Promise<{ id: string; argv: string[] }> {
  await addHeaders()
  const { id } = stage.sandbox.aws.createDistributionFromXml({
    domainName: `every-${(made += 1)}.localhost`,
    xml,
  })
  stage.sandbox.aws.tagDistribution(id, { team: 'reports', 'aws:cloudformation:stack-name': 'web' })
  const argv = ['init', '--distribution', id, '--group', 'Reports', '--yes', '--json']
  return { id, argv }
}

/** The foreign origin-response function that the configuration names. */
async function addHeaders(): Promise<void> {
  if (stage.sandbox.aws.functions().some(({ name }) => name === 'add-headers')) return
  const role = await stage.clients.iam.send(
    new CreateRoleCommand({
      RoleName: 'add-headers',
      AssumeRolePolicyDocument: JSON.stringify({
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Principal: { Service: ['lambda.amazonaws.com', 'edgelambda.amazonaws.com'] },
            Action: 'sts:AssumeRole',
          },
        ],
      }),
    }),
  )
  for (let version = 1; version <= 7; version += 1) {
    const code = zipSync({ 'index.js': new TextEncoder().encode(`exports.v = ${version}`) })
    if (version === 1) {
      await stage.clients.lambda.send(
        new CreateFunctionCommand({
          FunctionName: 'add-headers',
          Role: role.Role?.Arn,
          Runtime: 'nodejs22.x',
          Handler: 'index.handler',
          Publish: true,
          Code: { ZipFile: code },
        }),
      )
    } else {
      await stage.clients.lambda.send(
        new UpdateFunctionCodeCommand({
          FunctionName: 'add-headers',
          ZipFile: code,
          Publish: true,
        }),
      )
    }
  }
}

/** Names, attributes and texts in order; an empty list of associations is the same as none. */
function canonical(xml: string): unknown {
  const read = (element: Element): unknown => {
    const children = [...element.childNodes].filter((node) => node.nodeType === 1) as Element[]
    const kept = children.filter(
      (child) =>
        !/^(Lambda)?FunctionAssociations$/.test(child.localName ?? '') ||
        child.getElementsByTagName('Items').length > 0,
    )
    return {
      name: element.nodeName,
      attributes: [...element.attributes].map(({ name, value }) => `${name}=${value}`).sort(),
      content: children.length > 0 ? kept.map(read) : element.textContent,
    }
  }
  return read(new DOMParser().parseFromString(xml, 'text/xml').documentElement as Element)
}

async function thereAndBack(
  xml: string,
): Promise<{ before: string; between: string; after: string }> {
  const { id, argv } = await siteOf(xml)
  const { aws } = stage.sandbox
  const before = aws.distributionXml(id)
  const init = await stage.run(argv)
  expect(init.exitCode, init.stdout).toBe(0)
  const between = aws.distributionXml(id)
  const teardown = await stage.run(['teardown', '--distribution', id, '--confirm', id, '--json'])
  expect(teardown.exitCode, teardown.stdout).toBe(0)
  return { before, between, after: aws.distributionXml(id) }
}

test('with every optional field, unknown elements and comments: byte for byte as before', async () => {
  const { before, between, after } = await thereAndBack(everyField(true))
  expect(between).not.toBe(before)
  expect(after).toBe(before)
  for (const kept of ['<!-- by hand -->', "mode='x'", 'add-headers:7', '<kept> & unread'])
    expect(between).toContain(kept)
})

test('where a behavior had no list of associations, the meaning is the same as before', async () => {
  const { before, after } = await thereAndBack(everyField(false))
  expect(canonical(after)).toEqual(canonical(before))
})

test('while it is attached, nothing differs but the association of each behavior', async () => {
  const { before, between } = await thereAndBack(everyField(true))
  const ours =
    /<LambdaFunctionAssociation><LambdaFunctionARN>[^<]*s3-okta-guard[^<]*<\/LambdaFunctionARN>.*?<\/LambdaFunctionAssociation>/g
  expect(between.match(ours)).toHaveLength(4)
  const without = between
    .replace(ours, '')
    .replaceAll(/<Quantity>\d+<\/Quantity>|<Items><\/Items>/g, '')
  expect(without).toBe(before.replaceAll(/<Quantity>\d+<\/Quantity>|<Items><\/Items>/g, ''))
})

test('B09 B10 a change of others between reading and writing survives, after a 412 and a second look', async () => {
  const { distributionId } = stage.sandbox.createSite()
  const comment = (xml: string): string =>
    xml.replace('<Comment></Comment>', '<Comment>mine</Comment>')
  stage.sandbox.aws.before('UpdateDistribution', () =>
    stage.sandbox.aws.editDistribution(distributionId, comment),
  )
  stage.sandbox.operations.clearLog()
  const run = await stage.run([
    ...['init', '--distribution', distributionId, '--group', 'Reports', '--yes', '--json'],
  ])
  expect(run.exitCode, run.stdout).toBe(0)
  const writes = stage.sandbox.operations.log.filter(
    ({ operation }) => operation === 'UpdateDistribution',
  )
  expect(writes.map(({ status }) => status)).toEqual([412, 200])
  const xml = stage.sandbox.aws.distributionXml(distributionId)
  expect(xml).toContain('<Comment>mine</Comment>')
  expect(xml).toContain(`s3-okta-guard-${distributionId}:1`)
})

test('a viewer function of others that arrives in between stops the run and stays', async () => {
  const { distributionId } = stage.sandbox.createSite()
  const arrive = (xml: string): string =>
    xml.replace(
      '<FunctionAssociations><Quantity>0</Quantity></FunctionAssociations>',
      `<FunctionAssociations><Quantity>1</Quantity><Items><FunctionAssociation><FunctionARN>${FUNCTION}</FunctionARN><EventType>viewer-request</EventType></FunctionAssociation></Items></FunctionAssociations>`,
    )
  stage.sandbox.aws.before('UpdateDistribution', () =>
    stage.sandbox.aws.editDistribution(distributionId, arrive),
  )
  const run = await stage.run([
    ...['init', '--distribution', distributionId, '--group', 'Reports', '--yes', '--json'],
  ])
  expect(run.exitCode).toBe(1)
  expect(run.json.error).toMatchObject({ code: 'foreign-function' })
  expect(run.json.error?.details.join('\n')).toContain(FUNCTION)
  const xml = stage.sandbox.aws.distributionXml(distributionId)
  expect(xml).toContain(FUNCTION)
  expect(xml).not.toContain(`s3-okta-guard-${distributionId}`)
})

test('B18 a behavior that arrives in between is guarded by the same run', async () => {
  const { distributionId } = stage.sandbox.createSite()
  stage.sandbox.aws.before('UpdateDistribution', () =>
    stage.sandbox.aws.editDistribution(distributionId, (xml) => {
      const [, standard = ''] = /<DefaultCacheBehavior>(.*)<\/DefaultCacheBehavior>/.exec(xml) ?? []
      return xml.replace(
        '<CacheBehaviors><Quantity>0</Quantity>',
        `<CacheBehaviors><Quantity>1</Quantity><Items><CacheBehavior><PathPattern>/late/*</PathPattern>${standard}</CacheBehavior></Items>`,
      )
    }),
  )
  const run = await stage.run([
    ...['init', '--distribution', distributionId, '--group', 'Reports', '--yes', '--json'],
  ])
  expect(run.exitCode, run.stdout).toBe(0)
  const again = await stage.run(['init', '--distribution', distributionId, '--json', '--yes'])
  expect(newsOf(installData(again))).toEqual([])
  const xml = stage.sandbox.aws.distributionXml(distributionId)
  expect(xml.match(new RegExp(`s3-okta-guard-${distributionId}:1`, 'g'))).toHaveLength(2)
})

test('somebody who is faster every time: the run gives up and says so', async () => {
  const { distributionId } = stage.sandbox.createSite()
  let edits = 0
  const stop = stage.sandbox.aws.before(
    'UpdateDistribution',
    () =>
      stage.sandbox.aws.editDistribution(distributionId, (xml) =>
        xml.replace(/<Comment>.*<\/Comment>/, `<Comment>${(edits += 1)}</Comment>`),
      ),
    100,
  )
  const run = await stage.run([
    ...['init', '--distribution', distributionId, '--group', 'Reports', '--yes', '--json'],
  ])
  stop()
  expect(run.exitCode).toBe(1)
  expect(run.json.error).toMatchObject({ code: 'changed-meanwhile' })
  expect(edits).toBe(5)
})
