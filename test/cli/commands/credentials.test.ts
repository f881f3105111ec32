import { writeFile } from 'node:fs/promises'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { expectRefusal, startStage, type Stage } from '../../helpers/install.ts'

let stage: Stage
let init: string[]

beforeAll(async () => {
  stage = await startStage()
  const { distributionId } = stage.sandbox.createSite()
  init = ['init', '--distribution', distributionId, '--group', 'Reports', '--yes']
})
afterAll(() => stage.close())

async function answering(listener: RequestListener): Promise<string> {
  const server: Server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

test('an org URL that is none is refused before anything is called', async () => {
  await expectRefusal(stage, [...init, '--okta-org-url', 'https://'], {
    exit: 2,
    code: 'okta-url-invalid',
    message: /okta/i,
    says: ['https://acme.okta.com'],
  })
  expect(stage.sandbox.operations.log.filter(({ service }) => service === 'okta')).toEqual([])
})

test('an org URL without https is refused, loopback aside', async () => {
  await expectRefusal(stage, [...init, '--okta-org-url', 'http://acme.okta.com'], {
    exit: 2,
    code: 'okta-url-invalid',
    message: /must be https/,
  })
})

test('an org that nothing answers for is unreachable', async () => {
  await expectRefusal(stage, [...init, '--okta-org-url', 'http://127.0.0.1:1'], {
    exit: 1,
    code: 'okta-unreachable',
    message: /127\.0\.0\.1:1/,
  })
})

test('what answers and is not Okta is told apart from Okta', async () => {
  const url = await answering((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Our intranet</h1>')
  })
  await expectRefusal(stage, [...init, '--okta-org-url', url], {
    exit: 2,
    code: 'okta-not-okta',
    message: new RegExp(url.slice('http://'.length)),
  })
})

test('the admin console pasted as org URL is corrected, and the correction is said', async () => {
  const run = await expectRefusal(
    stage,
    [...init, '--okta-org-url', 'https://acme-admin.okta.com:1/admin/apps'],
    { exit: 1, code: 'okta-unreachable', message: /acme\.okta\.com/ },
  )
  expect(run.stderr).toContain('acme-admin.okta.com is the admin console; the org is acme.okta.com')
})

test('B39 an expired Okta token is refused before AWS is touched', async () => {
  const env = { ...stage.env, OKTA_CLIENT_TOKEN: stage.sandbox.okta.addToken({ expired: true }) }
  await expectRefusal(
    stage,
    init,
    { exit: 5, code: 'okta-credentials', message: /token/i, says: [/token/i] },
    { env },
  )
})

test('B39 an Okta token without any role is refused before anything is made', async () => {
  const env = { ...stage.env, OKTA_CLIENT_TOKEN: stage.sandbox.okta.addToken({ power: 'none' }) }
  await expectRefusal(
    stage,
    init,
    { exit: 5, code: 'okta-denied', message: /okta/i, says: [/Application Administrator/] },
    { env },
  )
})

test('an Okta token that may only read stops the run before the site is touched, and a better one goes on', async () => {
  const { distributionId } = stage.sandbox.createSite()
  const argv = ['init', '--distribution', distributionId, '--group', 'Reports', '--yes', '--json']
  const xml = stage.sandbox.aws.distributionXml(distributionId)
  const token = stage.sandbox.okta.addToken({ power: 'read-only' })
  const run = await stage.run(argv, { env: { ...stage.env, OKTA_CLIENT_TOKEN: token } })
  expect(run.exitCode).toBe(5)
  expect(run.json.error).toMatchObject({ code: 'okta-denied' })
  expect(run.json.error?.hint).toMatch(/Application Administrator/)
  expect(stage.sandbox.aws.distributionXml(distributionId)).toBe(xml)
  expect(stage.sandbox.aws.roles().filter(({ name }) => name.includes(distributionId))).toEqual([])
  expect((await stage.run(argv)).exitCode).toBe(0)
})

test('AWS and Okta failing are shown together', async () => {
  const env = {
    ...stage.env,
    AWS_SECRET_ACCESS_KEY: 'wrong',
    OKTA_CLIENT_TOKEN: stage.sandbox.okta.addToken({ expired: true }),
  }
  const run = await expectRefusal(
    stage,
    init,
    {
      exit: 5,
      code: 'aws-credentials',
      message: /Neither AWS nor Okta/,
      says: [/AWS_ACCESS_KEY_ID/, /token/i],
    },
    { env },
  )
  expect(run.json.error?.details.length).toBeGreaterThan(2)
})

test('apply without any Okta credentials says which variables it wants', async () => {
  const site = await stage.installed()
  const { OKTA_CLIENT_TOKEN: _, ...env } = stage.env
  await expectRefusal(
    stage,
    ['apply'],
    { exit: 5, code: 'okta-credentials', message: /No Okta/, says: ['OKTA_CLIENT_TOKEN'] },
    { env, cwd: site.cwd },
  )
})

test('expired AWS keys of the environment are named', async () => {
  const keys = stage.sandbox.aws.addIdentity({ temporary: true })
  stage.sandbox.aws.setExpired(true, keys.accessKeyId)
  const env = {
    ...stage.env,
    AWS_ACCESS_KEY_ID: keys.accessKeyId,
    AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
    AWS_SESSION_TOKEN: keys.sessionToken ?? '',
  }
  await expectRefusal(
    stage,
    init,
    {
      exit: 5,
      code: 'aws-credentials',
      message: /AWS_ACCESS_KEY_ID/,
      says: [/expired/, /--profile/],
    },
    { env },
  )
})

test('B35 expired AWS credentials of a profile name the profile and the command to type', async () => {
  const keys = stage.sandbox.aws.addIdentity({ temporary: true })
  stage.sandbox.aws.setExpired(true, keys.accessKeyId)
  const file = path.join(await stage.folder(), 'config')
  await writeFile(
    file,
    [
      '[profile tidewater]',
      `aws_access_key_id = ${keys.accessKeyId}`,
      `aws_secret_access_key = ${keys.secretAccessKey}`,
      `aws_session_token = ${keys.sessionToken}`,
      'region = us-east-1',
    ].join('\n'),
  )
  const { AWS_ACCESS_KEY_ID: _id, AWS_SECRET_ACCESS_KEY: _secret, ...rest } = stage.env
  // In a process of its own, what the SDK reads and what the command is given are one.
  vi.stubEnv('AWS_CONFIG_FILE', file)
  onTestFinished(() => void vi.unstubAllEnvs())
  await expectRefusal(
    stage,
    [...init, '--profile', 'tidewater'],
    {
      exit: 5,
      code: 'aws-credentials',
      message: /profile "tidewater" have expired/,
      says: ['aws sso login --profile tidewater'],
    },
    { env: { ...rest, AWS_CONFIG_FILE: file, AWS_SHARED_CREDENTIALS_FILE: '/dev/null' } },
  )
})

test('AWS credentials without a permission are refused by the name of the action', async () => {
  const keys = stage.sandbox.aws.addIdentity({
    policy: {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: ['sts:*', 'cloudfront:*'], Resource: '*' }],
    },
  })
  const env = {
    ...stage.env,
    AWS_ACCESS_KEY_ID: keys.accessKeyId,
    AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
  }
  await expectRefusal(
    stage,
    init,
    { exit: 5, code: 'aws-denied', message: /ssm:GetParameters/, says: [/ssm:GetParameters/] },
    { env },
  )
})

test.each([
  ['China', 'aws-cn'],
  ['GovCloud', 'aws-us-gov'],
])('B34 an account in the %s partition is refused', async (_name, partition) => {
  const sts = await answering((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/xml' })
    response.end(
      `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Arn>arn:${partition}:iam::111122223333:user/operator</Arn><UserId>AIDA</UserId><Account>111122223333</Account></GetCallerIdentityResult><ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></GetCallerIdentityResponse>`,
    )
  })
  await expectRefusal(
    stage,
    init,
    {
      exit: 2,
      code: 'partition-unsupported',
      message: new RegExp(partition),
      says: [/commercial/],
    },
    { env: { ...stage.env, AWS_ENDPOINT_URL_STS: sts } },
  )
})

test('an AWS endpoint beyond loopback is refused', async () => {
  await expectRefusal(
    stage,
    init,
    { exit: 2, code: 'endpoint-not-loopback', message: /10\.0\.0\.1/ },
    { env: { ...stage.env, AWS_ENDPOINT_URL: 'http://10.0.0.1:4566' } },
  )
})

test('credentials that expire in the middle stop the run, and with new ones it goes on', async () => {
  const { distributionId } = stage.sandbox.createSite()
  const argv = ['init', '--distribution', distributionId, '--group', 'Reports', '--yes', '--json']
  stage.sandbox.aws.before('CreateFunction', () => stage.sandbox.aws.setExpired(true))
  const run = await stage.run(argv)
  stage.sandbox.aws.setExpired(false)
  expect(run.exitCode).toBe(5)
  expect(run.json.error).toMatchObject({ code: 'aws-credentials' })
  const { id } = stage.app(distributionId)
  const again = await stage.run(argv)
  expect(again.exitCode, again.stdout).toBe(0)
  expect(stage.app(distributionId).id).toBe(id)
})

test('B33 another region in the environment changes nothing: all of it stands in us-east-1', async () => {
  const { distributionId } = stage.sandbox.createSite()
  const argv = ['init', '--distribution', distributionId, '--group', 'Reports', '--yes', '--json']
  const env = { ...stage.env, AWS_REGION: 'eu-central-1', AWS_DEFAULT_REGION: 'eu-central-1' }
  expect((await stage.run(argv, { env })).exitCode).toBe(0)
  const { aws } = stage.sandbox
  const arns = [...aws.functions(), ...aws.parameters()]
    .filter(({ name }) => name.includes(distributionId))
    .map(({ arn }) => arn.split(':')[3])
  expect(new Set(arns)).toEqual(new Set(['us-east-1']))
})

test('certificates that nobody checks are said, whatever is printed', async () => {
  const env = { ...stage.env, NODE_TLS_REJECT_UNAUTHORIZED: '0' }
  for (const more of [[], ['--quiet'], ['--json'], ['--json-events']]) {
    const ran = await stage.run([...init, '--dry-run', ...more], { env })
    expect(ran.stderr, more.join()).toContain('NODE_TLS_REJECT_UNAUTHORIZED=0')
  }
  expect((await stage.run([...init, '--dry-run'])).stderr).not.toContain('NODE_TLS')
})
