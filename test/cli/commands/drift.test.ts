import {
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  PutRolePolicyCommand,
  UpdateAssumeRolePolicyCommand,
} from '@aws-sdk/client-iam'
import {
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda'
import { DeleteParameterCommand } from '@aws-sdk/client-ssm'
import { zipSync } from 'fflate'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  installData,
  newsOf,
  startStage,
  statusData,
  type Installed,
  type Stage,
} from '../../helpers/install.ts'

let stage: Stage
let site: Installed
let name: string

beforeAll(async () => {
  stage = await startStage()
  site = await stage.installed()
  name = `s3-okta-guard-${site.distributionId}`
})
afterAll(() => stage.close())

interface Drift {
  /** What somebody else does. */
  done: () => unknown
  /** The findings that ask for attention, as `code subject`. */
  found: string[]
  /** What init then plans, bookkeeping aside. */
  repair: string[]
}

const ATTACH = ['update cloudfront.behaviors', 'wait cloudfront.deployed', 'check web.probe']
const REBUILD = ['update lambda.function', 'create lambda.version', ...ATTACH]
const DENY = { Effect: 'Deny', Action: '*', Resource: '*' }
const MANGLED = JSON.stringify({ Version: '2012-10-17', Statement: [DENY] })

const app = () => stage.app(site.distributionId)
const parameter = (last: string): Promise<unknown> =>
  stage.clients.ssm.send(
    new DeleteParameterCommand({ Name: `/s3-okta-guard/${site.distributionId}/${last}` }),
  )
const dropPolicy = (): Promise<unknown> =>
  stage.clients.iam.send(
    new DeleteRolePolicyCommand({ RoleName: name, PolicyName: 's3-okta-guard' }),
  )

const DRIFTS: Record<string, Drift> = {
  'the role policy is changed': {
    done: () =>
      stage.clients.iam.send(
        new PutRolePolicyCommand({
          RoleName: name,
          PolicyName: 's3-okta-guard',
          PolicyDocument: MANGLED,
        }),
      ),
    found: ['drift iam.policy'],
    repair: ['update iam.policy'],
  },
  'the role policy is deleted': {
    done: dropPolicy,
    found: ['drift iam.policy'],
    repair: ['create iam.policy'],
  },
  'B23 the trust policy lacks edgelambda': {
    done: () =>
      stage.clients.iam.send(
        new UpdateAssumeRolePolicyCommand({
          RoleName: name,
          PolicyDocument: JSON.stringify({
            Version: '2012-10-17',
            Statement: [
              {
                Effect: 'Allow',
                Principal: { Service: 'lambda.amazonaws.com' },
                Action: 'sts:AssumeRole',
              },
            ],
          }),
        }),
      ),
    found: ['drift iam.role'],
    repair: ['update iam.role'],
  },
  'the role is deleted': {
    done: async () => {
      await dropPolicy()
      await stage.clients.iam.send(new DeleteRoleCommand({ RoleName: name }))
    },
    found: ['drift iam.role', 'drift iam.policy'],
    repair: ['create iam.role', 'create iam.policy'],
  },
  'the code of the function is replaced': {
    done: () =>
      stage.clients.lambda.send(
        new UpdateFunctionCodeCommand({
          FunctionName: name,
          ZipFile: zipSync({ 'index.js': new TextEncoder().encode('exports.handler = 0') }),
        }),
      ),
    found: ['drift lambda.function', 'drift lambda.version'],
    repair: REBUILD,
  },
  'the configuration of the function is changed': {
    done: () =>
      stage.clients.lambda.send(
        new UpdateFunctionConfigurationCommand({ FunctionName: name, Timeout: 3 }),
      ),
    found: ['drift lambda.configuration', 'drift lambda.version'],
    repair: ['update lambda.configuration', 'create lambda.version', ...ATTACH],
  },
  'the association is removed': {
    done: () =>
      stage.sandbox.aws.editDistribution(site.distributionId, (xml) =>
        xml.replace(
          /<LambdaFunctionAssociations>.*<\/LambdaFunctionAssociations>/,
          '<LambdaFunctionAssociations><Quantity>0</Quantity></LambdaFunctionAssociations>',
        ),
      ),
    found: ['behavior-open default', 'drift cloudfront.behaviors'],
    repair: ATTACH,
  },
  'a redirect URI is removed in Okta': {
    done: () => {
      app().settings.oauthClient.redirect_uris = ['https://else.example.com/']
    },
    found: ['drift okta.app'],
    repair: ['update okta.app'],
  },
  'the client key is taken out of the Okta app': {
    done: () => {
      app().settings.oauthClient.jwks = { keys: [] }
    },
    found: ['drift okta.app'],
    repair: ['update okta.app'],
  },
  'the Okta app is deactivated': {
    done: () => {
      app().status = 'INACTIVE'
    },
    found: ['drift okta.app'],
    repair: ['update okta.app'],
  },
  'the group is unassigned in Okta': {
    done: () => stage.sandbox.okta.store.appGroups.get(app().id)?.clear(),
    found: ['drift okta.group.Reports'],
    repair: ['create okta.group.Reports'],
  },
  'another group is assigned in Okta': {
    done: () => stage.sandbox.okta.store.appGroups.get(app().id)?.add(stage.groupId('Crew')),
    found: ['drift okta.group.Crew'],
    repair: ['delete okta.group.Crew'],
  },
  'the Okta app is deleted': {
    done: () => stage.sandbox.okta.store.apps.delete(app().id),
    found: [
      'drift okta.app',
      'drift okta.group.Reports',
      'drift lambda.function',
      'drift lambda.version',
    ],
    repair: ['create okta.app', 'create okta.group.Reports', ...REBUILD],
  },
  'the session keys are deleted': {
    done: () => parameter('keys/session'),
    found: ['drift keys.session', 'drift lambda.function', 'drift lambda.version'],
    repair: ['create keys.session', ...REBUILD],
  },
  'the client key is deleted': {
    done: () => parameter('keys/client'),
    found: ['drift keys.client', 'drift okta.app'],
    repair: ['create keys.client', 'update okta.app'],
  },
  'the seal key is deleted': {
    done: () => parameter('keys/seal'),
    found: ['drift keys.seal'],
    repair: ['create keys.seal'],
  },
}

/** Group ids are made up anew in each run. */
function named(text: string): string {
  return ['Reports', 'Crew'].reduce(
    (line, group) => line.replace(stage.groupId(group), group),
    text,
  )
}

test.each(Object.keys(DRIFTS))('%s: exit 3, and init puts exactly that right', async (title) => {
  const { done, found, repair } = DRIFTS[title] as Drift
  await done()
  const run = await stage.run(['status', '--json'], { cwd: site.cwd })
  expect(run.exitCode, run.stdout).toBe(3)
  const findings = statusData(run).findings.filter(({ severity }) => severity !== 'info')
  const lines = findings.map(({ code, subject }) => named(`${code} ${subject}`))
  expect(lines.filter((line) => !/cloudfront/.test(line) || found.includes(line))).toEqual(found)
  expect(statusData(run).next).toContain('s3-okta-guard apply')
  const repaired = await stage.run(['init', '--yes', '--json'], { cwd: site.cwd })
  expect(repaired.exitCode, repaired.stdout).toBe(0)
  expect(newsOf(installData(repaired)).map(named)).toEqual(repair)
  const still = installData(repaired).plan.findings.map(({ severity }) => severity)
  expect(still).not.toContain('exposed')
  const after = await stage.run(['status', '--json'], { cwd: site.cwd })
  expect({ exit: after.exitCode, findings: statusData(after).findings }).toEqual({
    exit: 0,
    findings: [],
  })
  const again = await stage.run(['init', '--yes', '--json'], { cwd: site.cwd })
  expect(installData(again).plan.steps).toEqual([])
})

test.each(['settings', 'before', 'version-arn'])(
  'the parameter %s is deleted: status does not say that all is right, and init writes it again',
  async (last) => {
    await parameter(last)
    const run = await stage.run(['status', '--json'], { cwd: site.cwd })
    expect(run.exitCode, run.stdout).toBe(3)
    expect(statusData(run)).toMatchObject({
      state: 'installed',
      findings: [{ code: 'drift', subject: last }],
    })
    const repaired = await stage.run(['init', '--yes', '--json'], { cwd: site.cwd })
    expect(repaired.exitCode).toBe(0)
    expect(newsOf(installData(repaired))).toEqual([])
    expect((await stage.run(['status', '--json'], { cwd: site.cwd })).exitCode).toBe(0)
  },
)

test('B42 a repair leaves alone what the Okta admin has set beside our fields', async () => {
  const { oauthClient } = app().settings
  Object.assign(oauthClient, {
    logo_uri: 'https://brand.example.com/logo.png',
    tos_uri: 'https://brand.example.com/terms',
    redirect_uris: [],
  })
  Object.assign(app(), {
    notes: { admin: 'ask Ada before you change this', enduser: 'the quarterly reports' },
    visibility: { autoSubmitToolbar: true, hide: { iOS: false, web: false } },
  })
  const kept = structuredClone({
    notes: app()['notes'],
    visibility: app()['visibility'],
    logo: oauthClient['logo_uri'],
    terms: oauthClient['tos_uri'],
  })
  expect((await stage.run(['init', '--yes', '--json'], { cwd: site.cwd })).exitCode).toBe(0)
  const now = app()
  expect({
    notes: now['notes'],
    visibility: now['visibility'],
    logo: now.settings.oauthClient['logo_uri'],
    terms: now.settings.oauthClient['tos_uri'],
  }).toEqual(kept)
  expect(now.settings.oauthClient.redirect_uris).toEqual([`${site.url}/_guard/callback`])
})
