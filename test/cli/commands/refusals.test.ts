import { CreateRoleCommand } from '@aws-sdk/client-iam'
import { CreateFunctionCommand } from '@aws-sdk/client-lambda'
import { PutParameterCommand } from '@aws-sdk/client-ssm'
import { chmod, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { zipSync } from 'fflate'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { sdkClients } from '../../helpers/sandbox-aws.ts'
import { expectRefusal, startStage, type Installed, type Stage } from '../../helpers/install.ts'
import { encodeDocument } from '../../../src/provision/documents.ts'
import type { NewSite } from '../../../src/sandbox/index.ts'

let stage: Stage
/** The one that is installed. */
let site: Installed

beforeAll(async () => {
  stage = await startStage()
  site = await stage.installed()
})
afterAll(() => stage.close())

const TRUST = JSON.stringify({
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { Service: ['lambda.amazonaws.com', 'edgelambda.amazonaws.com'] },
      Action: 'sts:AssumeRole',
    },
  ],
})

const initOf = (id: string): string[] => [
  ...['init', '--distribution', id, '--group', 'Reports', '--yes'],
]

function initSite(site?: NewSite): string[] {
  return initOf(stage.sandbox.createSite(site).distributionId)
}

test('B14 an unknown distribution is told with the account that was looked in', async () => {
  await expectRefusal(stage, initOf('E0000000000000'), {
    exit: 2,
    code: 'distribution-not-found',
    message: /no distribution E0000000000000 in AWS account 111122223333/,
    says: ['aws cloudfront list-distributions'],
  })
})

test('B14 a distribution of another account is as unknown', async () => {
  const { id } = stage.sandbox.aws.createDistribution({
    accountId: '999988887777',
    domainName: 'other.localhost',
    originDomain: 'other.s3.us-east-1.amazonaws.com',
  })
  await expectRefusal(stage, initOf(id), {
    exit: 2,
    code: 'distribution-not-found',
    message: /in AWS account 111122223333/,
    says: [/account that owns it/],
  })
})

test.each([
  ['disabled', { enabled: false }, /is disabled/],
  ['staging', { staging: true }, /staging distribution/],
  ['multi-tenant', { tenantOnly: true }, /multi-tenant/],
] as [string, NewSite, RegExp][])(
  'B13 B20 a %s distribution is refused',
  async (_name, site, message) => {
    await expectRefusal(stage, initSite(site), {
      exit: 2,
      code: 'distribution-unsupported',
      message,
    })
  },
)

test.each(['status', 'teardown'])(
  '%s of an unknown distribution is no absent guard',
  async (name) => {
    await expectRefusal(stage, [name, '--distribution', 'E0000000000000'], {
      exit: 2,
      code: 'distribution-not-found',
      message: /in AWS account 111122223333/,
    })
  },
)

test('a group that does not exist is named, with the org', async () => {
  const argv = initSite()
  argv[argv.indexOf('Reports')] = 'Reprots'
  await expectRefusal(stage, argv, {
    exit: 2,
    code: 'okta-group-not-found',
    message: new RegExp(`${stage.sandbox.okta.url} has no group named "Reprots"`),
    says: [/Directory > Groups/],
  })
})

test('a group whose name fits two is refused with both ids', async () => {
  const ids = [1, 2].map(() => stage.sandbox.okta.addGroup('Twins').id)
  const argv = initSite()
  argv[argv.indexOf('Reports')] = 'Twins'
  await expectRefusal(stage, argv, {
    exit: 2,
    code: 'okta-group-ambiguous',
    message: /2 groups named "Twins"/,
    says: ids,
  })
})

test('who may sign in is never assumed', async () => {
  const { distributionId } = stage.sandbox.createSite()
  await expectRefusal(stage, ['init', '--distribution', distributionId, '--yes'], {
    exit: 2,
    code: 'input-needed',
    message: /who may sign in/i,
    says: [/--group NAME, or --everyone/],
  })
})

test('without a terminal the distribution must be named', async () => {
  await expectRefusal(stage, ['init', '--group', 'Reports', '--yes'], {
    exit: 2,
    code: 'input-needed',
    message: /distribution/i,
    says: [/--distribution ID/],
  })
})

test('B61 without a terminal the plan is applied with --yes only', async () => {
  const argv = initSite().filter((word) => word !== '--yes')
  await expectRefusal(stage, argv, {
    exit: 2,
    code: 'input-needed',
    message: /apply this plan/i,
    says: [/--yes/],
  })
})

test.each([
  ['an unknown key', '{"version": 1, "access": []}', 'config-invalid', /access/],
  ['a wrong type', '{"version": 1, "hosts": "a.example.com"}', 'config-invalid', /hosts/],
  ['a newer version', '{"version": 2}', 'config-version', /version 2/],
])(
  'a file with %s is refused by every command before a call',
  async (_name, text, code, message) => {
    const cwd = await stage.folder()
    await writeFile(path.join(cwd, 's3-okta-guard.json'), text)
    for (const command of ['init', 'apply', 'status', 'teardown']) {
      const run = await stage.run([command, '--json'], { cwd })
      expect({ exit: run.exitCode, code: run.json.error?.code }).toEqual({ exit: 2, code })
      expect([run.json.error?.message, ...(run.json.error?.details ?? [])].join('\n')).toMatch(
        message,
      )
    }
  },
)

test('B27 a role of our name that is not ours stops the run', async () => {
  const { distributionId } = stage.sandbox.createSite()
  await stage.clients.iam.send(
    new CreateRoleCommand({
      RoleName: `s3-okta-guard-${distributionId}`,
      AssumeRolePolicyDocument: TRUST,
    }),
  )
  await expectRefusal(stage, initOf(distributionId), {
    exit: 1,
    code: 'not-ours',
    message: /not the guard's/,
    says: [
      `IAM role s3-okta-guard-${distributionId}`,
      `s3-okta-guard:distribution=${distributionId}`,
    ],
  })
})

test('B26 a function of our name that is another site’s stops the run', async () => {
  const { distributionId } = stage.sandbox.createSite()
  await makeFunction(`s3-okta-guard-${distributionId}`, { 's3-okta-guard:distribution': 'EOTHER' })
  await expectRefusal(stage, initOf(distributionId), {
    exit: 1,
    code: 'not-ours',
    message: /not the guard's/,
    says: [`Lambda function s3-okta-guard-${distributionId} (tagged for EOTHER)`],
  })
})

test('B27 a parameter under our path that is not ours stops the run', async () => {
  const { distributionId } = stage.sandbox.createSite()
  const Name = `/s3-okta-guard/${distributionId}/keys/seal`
  await stage.clients.ssm.send(new PutParameterCommand({ Name, Value: 'x', Type: 'String' }))
  await expectRefusal(stage, initOf(distributionId), {
    exit: 1,
    code: 'not-ours',
    message: /not the guard's/,
    says: [`SSM parameter ${Name}`],
  })
})

test('B27 an Okta app of our label that is not ours stops the run', async () => {
  const { distributionId, url } = stage.sandbox.createSite()
  const app = structuredClone(stage.app(site.distributionId))
  const label = `S3 Okta Guard: ${new URL(url).host}`
  stage.sandbox.okta.store.apps.set('0oaforeign', { ...app, id: '0oaforeign', label, profile: {} })
  onTestFinished(() => void stage.sandbox.okta.store.apps.delete('0oaforeign'))
  await expectRefusal(stage, initOf(distributionId), {
    exit: 1,
    code: 'not-ours',
    message: /not the guard's/,
    says: [`Okta app "${label}" (0oaforeign)`],
  })
})

const accountOf: Record<string, string> = {
  init: '444400000001',
  status: '444400000002',
  teardown: '444400000003',
  apply: '444400000004',
  'rotate-keys': '444400000005',
  'revoke --user ann@example.com': '444400000006',
}

test.each(Object.keys(accountOf))(
  'B32 %s with credentials of another account than the one that installed is refused',
  async (name) => {
    const keys = stage.sandbox.aws.addIdentity({ account: accountOf[name] ?? '' })
    const manifest = stage.sandbox.aws
      .parameters()
      .find((one) => one.name === `/s3-okta-guard/${site.distributionId}/manifest`)
    const there = sdkClients(stage.sandbox.aws, keys)
    onTestFinished(() =>
      Object.values<{ destroy(): void }>({ ...there }).forEach((one) => one.destroy()),
    )
    await there.ssm.send(
      new PutParameterCommand({
        Name: manifest?.name,
        Value: manifest?.value,
        Type: 'String',
        Tags: [{ Key: 's3-okta-guard:distribution', Value: site.distributionId }],
      }),
    )
    await expectRefusal(
      stage,
      [...name.split(' '), '--yes'],
      {
        exit: 5,
        code: 'aws-account',
        message: /installed from AWS account 111122223333; these credentials are of 4444/,
        says: [/profile/],
      },
      {
        cwd: site.cwd,
        env: {
          ...stage.env,
          AWS_ACCESS_KEY_ID: keys.accessKeyId,
          AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
        },
      },
    )
  },
)

test('B61 an unwritable folder is told before anything is called', async () => {
  // No permission bits stop root, but nobody makes files in /sys.
  const cwd = process.getuid?.() === 0 ? '/sys' : await stage.folder()
  if (cwd !== '/sys') await chmod(cwd, 0o555)
  await expectRefusal(
    stage,
    initSite(),
    { exit: 2, code: 'config-unwritable', message: /s3-okta-guard\.json cannot be written/ },
    { cwd },
  )
  expect(stage.sandbox.operations.log).toEqual([])
})

test('a port in use is named by the demo, which leaves nothing running', async () => {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  await expectRefusal(stage, ['demo', '--port', String(port)], {
    exit: 2,
    code: 'port-in-use',
    message: new RegExp(`Port ${port} is in use`),
    says: [/--port/],
  })
})

const TWO: NewSite = { behaviors: [{ pathPattern: '/docs/*' }] }

test('B17 a choice of behaviors that leaves out the one serving /_guard/ is refused with the missing flag', async () => {
  await expectRefusal(stage, [...initSite(TWO), '--behavior', '/docs/*'], {
    exit: 2,
    code: 'behaviors-miss-guard',
    message: /leave out default, which serves \/_guard\//,
    says: ['--behavior default'],
  })
})

test('an unknown behavior is told with those that there are', async () => {
  await expectRefusal(stage, [...initSite(TWO), '--behavior', 'default', '--behavior', '/doc/*'], {
    exit: 2,
    code: 'behavior-unknown',
    message: /no cache behavior \/doc\/\*/,
    says: [/\/docs\/\*, default/],
  })
})

test('a host that the distribution does not serve is refused with those that it does', async () => {
  const argv = [...initSite({ aliases: ['served.example.com'] }), '--host', 'other.example.com']
  await expectRefusal(stage, argv, {
    exit: 2,
    code: 'host-not-served',
    message: /does not serve other\.example\.com/,
    says: [/served\.example\.com/],
  })
})

test('a wildcard alias does not tell the canonical host', async () => {
  await expectRefusal(stage, initSite({ aliases: ['*.wild.example.com'] }), {
    exit: 2,
    code: 'input-needed',
    message: /wildcard \*\.wild\.example\.com/,
    says: [/--host NAME/],
  })
})

test.each(['viewer-request', 'viewer-response'])(
  'B15 a foreign Lambda@Edge function on %s is refused by its ARN',
  async (eventType) => {
    const arn = await makeFunction(`add-headers-${eventType}`)
    const site: NewSite = { behaviors: [{ pathPattern: '/a/*', lambda: [{ arn, eventType }] }] }
    await expectRefusal(stage, initSite(site), {
      exit: 1,
      code: 'foreign-function',
      message: /another owner/,
      says: [`behavior /a/*: ${eventType}: ${arn}`, /--behavior/],
    })
  },
)

test.each(['viewer-request', 'viewer-response'])(
  'B16 a CloudFront Function on %s is refused by its ARN',
  async (eventType) => {
    const arn = 'arn:aws:cloudfront::111122223333:function/rewrite'
    const site: NewSite = { defaultBehavior: { functions: [{ arn, eventType }] } }
    await expectRefusal(stage, initSite(site), {
      exit: 1,
      code: 'foreign-function',
      message: /another owner/,
      says: [`behavior default: ${eventType}: ${arn}`],
    })
  },
)

async function makeFunction(name: string, Tags: Record<string, string> = {}): Promise<string> {
  const role = await stage.clients.iam.send(
    new CreateRoleCommand({
      RoleName: `role-of-${name}`,
      AssumeRolePolicyDocument: TRUST,
    }),
  )
  const made = await stage.clients.lambda.send(
    new CreateFunctionCommand({
      FunctionName: name,
      Role: role.Role?.Arn,
      Runtime: 'nodejs22.x',
      Handler: 'index.handler',
      Timeout: 5,
      MemorySize: 128,
      Publish: true,
      Code: { ZipFile: zipSync({ 'index.js': new TextEncoder().encode('exports.handler=0') }) },
      Tags,
    }),
  )
  return /:\d+$/.test(made.FunctionArn ?? '') ? (made.FunctionArn ?? '') : `${made.FunctionArn}:1`
}

test.each([
  ['a newer version', encodeDocument('manifest', { version: 2 }).head, 'manifest-newer', /newer/],
  ['other hands', 'by hand', 'manifest-invalid', /changed by hand/],
])('a record written by %s stops every command', async (_name, Value, code, message) => {
  const { distributionId } = stage.sandbox.createSite()
  await stage.clients.ssm.send(
    new PutParameterCommand({
      Name: `/s3-okta-guard/${distributionId}/manifest`,
      Value,
      Type: 'String',
      Tags: [{ Key: 's3-okta-guard:distribution', Value: distributionId }],
    }),
  )
  const confirmed = ['teardown', '--distribution', distributionId, '--confirm', distributionId]
  for (const argv of [initOf(distributionId), confirmed])
    await expectRefusal(stage, argv, { exit: 1, code, message })
  await expectRefusal(stage, ['status', '--distribution', distributionId], {
    exit: 1,
    code,
    message,
  })
})
