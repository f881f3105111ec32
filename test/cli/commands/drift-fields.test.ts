import {
  GetRolePolicyCommand,
  PutRolePolicyCommand,
  TagRoleCommand,
  UpdateAssumeRolePolicyCommand,
} from '@aws-sdk/client-iam'
import { UpdateFunctionConfigurationCommand } from '@aws-sdk/client-lambda'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startStage, statusData, type Installed, type Stage } from '../../helpers/install.ts'

let stage: Stage
let site: Installed
let name: string

beforeAll(async () => {
  stage = await startStage()
  site = await stage.installed()
  name = `s3-okta-guard-${site.distributionId}`
})
afterAll(() => stage.close())

const app = () => stage.app(site.distributionId)
const trust = (services: string[]): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { Service: services }, Action: 'sts:AssumeRole' }],
  })

async function editPolicy(edit: (statements: Statement[]) => Statement[]): Promise<void> {
  const where = { RoleName: name, PolicyName: 's3-okta-guard' }
  const { PolicyDocument } = await stage.clients.iam.send(new GetRolePolicyCommand(where))
  const document = JSON.parse(decodeURIComponent(PolicyDocument ?? '')) as {
    Statement: Statement[]
  }
  const edited = { ...document, Statement: edit(document.Statement) }
  await stage.clients.iam.send(
    new PutRolePolicyCommand({ ...where, PolicyDocument: JSON.stringify(edited) }),
  )
}

interface Statement {
  Sid: string
  [member: string]: unknown
}

interface Drift {
  /** What somebody else does. */
  done: () => unknown
  /** The finding is about this. */
  subject: string
  /** Each field, from what is there to what was installed. */
  fields: (string | RegExp)[]
}

const DRIFTS: Record<string, Drift> = {
  'B42 the Okta app: redirect URI, grant types and status': {
    done: () => {
      app().settings.oauthClient.redirect_uris = ['https://else.example.com/']
      app().settings.oauthClient.grant_types = ['authorization_code']
      app().status = 'INACTIVE'
    },
    subject: 'okta.app',
    fields: [
      'status: INACTIVE → ACTIVE',
      /redirectUris: https:\/\/else\.example\.com\/ → http\S+\/_guard\/callback/,
      'grantTypes: authorization_code → authorization_code, refresh_token',
    ],
  },
  'B42 the Okta app: how it proves who it is': {
    done: () => {
      app().credentials.oauthClient.token_endpoint_auth_method = 'client_secret_basic'
    },
    subject: 'okta.app',
    fields: ['tokenEndpointAuthMethod: client_secret_basic → private_key_jwt'],
  },
  'B23 the trust policy': {
    done: () =>
      stage.clients.iam.send(
        new UpdateAssumeRolePolicyCommand({
          RoleName: name,
          PolicyDocument: trust(['lambda.amazonaws.com']),
        }),
      ),
    subject: 'iam.role',
    fields: [
      /statement 1: Principal: \{"Service":\["lambda\.amazonaws\.com"\]\} → .*edgelambda\.amazonaws\.com/,
    ],
  },
  'the policy of the role: a statement widened, one taken away, one added': {
    done: () =>
      editPolicy((statements) => [
        ...statements
          .filter(({ Sid }) => Sid !== 'Logs')
          .map((one) => (one.Sid === 'Keys' ? { ...one, Action: 'ssm:*' } : one)),
        { Sid: 'Bucket', Effect: 'Allow', Action: 's3:GetObject', Resource: '*' },
      ]),
    subject: 'iam.policy',
    fields: [
      'statement Keys: Action: ssm:* → ssm:GetParameters',
      /statement Logs: Allow logs:CreateLogGroup, logs:CreateLogStream, logs:PutLogEvents arn:/,
      'statement Bucket: Allow s3:GetObject * → (removed)',
    ],
  },
  'the configuration of the function': {
    done: () =>
      stage.clients.lambda.send(
        new UpdateFunctionConfigurationCommand({ FunctionName: name, Timeout: 3, MemorySize: 256 }),
      ),
    subject: 'lambda.configuration',
    fields: ['memory: 256 → 128', 'timeout: 3 → 5'],
  },
  'B19 the association of a behavior': {
    done: () =>
      stage.sandbox.aws.editDistribution(site.distributionId, (xml) =>
        xml.replace(
          /<LambdaFunctionAssociations>.*<\/LambdaFunctionAssociations>/,
          '<LambdaFunctionAssociations><Quantity>0</Quantity></LambdaFunctionAssociations>',
        ),
      ),
    subject: 'cloudfront.behaviors',
    fields: ['behavior default: the guard'],
  },
}

test.each(Object.keys(DRIFTS))('status tells it field by field: %s', async (title) => {
  const { done, subject, fields } = DRIFTS[title] as Drift
  await done()
  const run = await stage.run(['status', '--json'], { cwd: site.cwd })
  expect(run.exitCode, run.stdout).toBe(3)
  const found = statusData(run).findings.find(
    (one) => one.code === 'drift' && one.subject === subject,
  )
  for (const field of fields) expect(found?.message).toMatch(matcher(field))
  expect(found?.message.split('; ')).toHaveLength(fields.length + 1)
  expect((await stage.run(['apply', '--yes'], { cwd: site.cwd })).exitCode).toBe(0)
  const after = await stage.run(['status', '--json'], { cwd: site.cwd })
  expect(statusData(after).findings).toEqual([])
})

function matcher(field: string | RegExp): RegExp {
  return typeof field === 'string'
    ? new RegExp(field.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`))
    : field
}

test('what others have put beside our fields of the role stays', async () => {
  const other = {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Deny', Action: 's3:*', Resource: '*' }],
  }
  const { iam } = stage.clients
  await iam.send(
    new PutRolePolicyCommand({
      RoleName: name,
      PolicyName: 'of-the-auditors',
      PolicyDocument: JSON.stringify(other),
    }),
  )
  await iam.send(new TagRoleCommand({ RoleName: name, Tags: [{ Key: 'team', Value: 'web' }] }))
  await editPolicy((statements) => statements.slice(1))
  expect((await stage.run(['apply', '--yes'], { cwd: site.cwd })).exitCode).toBe(0)
  const where = { RoleName: name, PolicyName: 'of-the-auditors' }
  const { PolicyDocument } = await iam.send(new GetRolePolicyCommand(where))
  expect(JSON.parse(decodeURIComponent(PolicyDocument ?? ''))).toEqual(other)
  const role = stage.sandbox.aws.roles().find((one) => one.name === name)
  expect(role?.tags).toMatchObject({ team: 'web' })
})
