import { readFileSync, writeFileSync } from 'node:fs'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { GRANTS, operatorPolicy } from '../../../src/plan/permissions.ts'
import { listOf, statementsOf } from '../../../src/sandbox/aws/policy.ts'
import type { DoctorData } from '../../../src/ui/schemas/data.ts'
import { scriptedPrompter, type CliRun } from '../../helpers/cli.ts'
import {
  editFile,
  startStage,
  statusData,
  type Installed,
  type Stage,
} from '../../helpers/install.ts'

let stage: Stage
let site: Installed

beforeAll(async () => {
  stage = await startStage()
  stage.sandbox.aws.setHighThroughput(true)
  site = await stage.installed()
})
afterAll(() => stage.close())
afterEach(() => stage.sandbox.aws.skewClock(0))

function dataOf(run: CliRun): DoctorData {
  expect(run.json.error, run.stdout).toBeUndefined()
  return run.json.data as DoctorData
}

/** Without what is always said. */
function newsOf(run: CliRun): string[] {
  return dataOf(run)
    .findings.filter(({ code }) => code !== 'terraform')
    .map(({ severity, code, subject }) => `${severity} ${code}${subject && ` ${subject}`}`)
}

function stateOf(run: CliRun, name: string): string | undefined {
  return dataOf(run).checks.find(({ check }) => check === name)?.state
}

/** An operator who may do what the template allows, less some actions. */
function limited(...without: string[]): Record<string, string> {
  const policy = structuredClone(operatorPolicy()) as { Statement: { Action: unknown }[] }
  for (const statement of policy.Statement) {
    statement.Action = listOf(statement.Action).filter((action) => !without.includes(action))
  }
  const keys = stage.sandbox.aws.addIdentity({ userName: 'ops', policy })
  return {
    ...stage.env,
    AWS_ACCESS_KEY_ID: keys.accessKeyId,
    AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
  }
}

const doctor = (argv: string[] = [], env = stage.env, cwd = site.cwd): Promise<CliRun> =>
  stage.run(['doctor', '--json', ...argv], { cwd, env })

describe('on a sandbox with ten planted problems', () => {
  const ID = 'E2QWRUHAPOMQZL'
  let id: string
  let env: Record<string, string>

  beforeAll(() => {
    const { sandbox } = stage
    const planted = sandbox.createSite({
      // 1: a website endpoint as an origin, 2: a viewer-response function, 3: plain http.
      origins: { legacy: 'old-reports.s3-website-us-east-1.amazonaws.com' },
      behaviors: [
        { pathPattern: '/legacy/*', targetOriginId: 'legacy', viewerProtocolPolicy: 'allow-all' },
        {
          pathPattern: '/feed/*',
          functions: [
            {
              arn: 'arn:aws:cloudfront::111122223333:function/security-headers',
              eventType: 'viewer-response',
            },
          ],
        },
      ],
      // 4: the usual mapping of single-page apps.
      customErrorResponses: [
        { errorCode: 403, responsePagePath: '/index.html', responseCode: '200' },
      ],
    })
    id = planted.distributionId
    const bucket = planted.originDomain.split('.')[0] ?? ''
    // 5: the bucket is public, 6: another distribution serves it, 7: a stack owns ours.
    sandbox.aws.openBucket(bucket, { read: true, website: true })
    sandbox.aws.createDistribution({
      domainName: 'd3fexample.cloudfront.net',
      originDomain: planted.originDomain,
    })
    sandbox.aws.tagDistribution(id, { 'aws:cloudformation:stack-name': 'reports' })
    // 8: two permissions are missing, 9: a token that only reads, 10 (the clock) is set in the tests.
    sandbox.okta.store.tokens.set('00-read-only', { power: 'read-only', expired: false })
    env = {
      ...limited('iam:CreateRole', 'lambda:CreateFunction'),
      OKTA_CLIENT_TOKEN: '00-read-only',
    }
  })

  test('ten findings, the worst first, each with its next step, and nothing is changed', async () => {
    stage.sandbox.aws.skewClock(11 * 60_000)
    stage.sandbox.operations.clearLog()
    const run = await doctor(['--distribution', id], env, await stage.folder())
    expect(newsOf(run).map((one) => one.replace(/ (sandbox-site-\d+|E[A-Z0-9]{13})$/, ''))).toEqual(
      [
        'exposed error-page /index.html',
        'exposed origin-website old-reports.s3-website-us-east-1.amazonaws.com',
        'exposed bucket-open',
        'exposed bucket-shared',
        'broken permissions-missing',
        'broken clock',
        'broken okta-denied',
        'broken foreign-function /feed/*',
        'info viewer-protocol /legacy/*',
        'info cloudformation reports',
      ],
    )
    for (const { message, next } of dataOf(run).findings) {
      expect(message).toMatch(/\.$/)
      expect(next, message).not.toBe('')
    }
    expect(run.exitCode, 'credentials come first').toBe(5)
    expect(stage.mutating()).toEqual([])
  })

  test('status shares the checks: what is open is exposed there too', async () => {
    const made = await stage.installed()
    const [bucket = ''] = made.originDomain.split('.')
    stage.sandbox.aws.openBucket(bucket, { read: true })
    const run = await stage.run(['status', '--json'], { cwd: made.cwd })
    expect(run.exitCode).toBe(3)
    expect(statusData(run).findings).toMatchObject([
      { code: 'bucket-open', severity: 'exposed', subject: bucket },
    ])
  })

  test('the screen is the one in docs/doctor.md', async () => {
    stage.sandbox.aws.skewClock(11 * 60_000)
    const run = await stage.run(['doctor', '--distribution', id], { env })
    const screen = run.stdout
      .replaceAll(id, ID)
      .replaceAll(/E(?!2QWRUHAPOMQZL)[A-Z0-9]{13}\b/g, 'E1OTHEREXAMPLE')
      .replaceAll(/sandbox-site-\d+/g, 'reports-site')
      .replaceAll(stage.sandbox.okta.url, 'https://acme.okta.com')
      .replaceAll(/(\w+\.)?localhost:\d+/g, 'd111111abcdef8.cloudfront.net')
      .replaceAll(/none of \d+ others?/g, 'none of 3 others')
      .trimEnd()
    const page = new URL('../../../docs/doctor.md', import.meta.url)
    const block = /(<!-- screen -->\n```text\n)(.*?)(\n```)/s
    if (process.env['UPDATE_GENERATED']) {
      const text = readFileSync(page, 'utf8')
      writeFileSync(
        page,
        text.replace(block, (_, begin, __, end) => begin + screen + end),
      )
    }
    expect(block.exec(readFileSync(page, 'utf8'))?.[2]).toBe(screen)
  })
})

describe('where all is well', () => {
  test('before an install, without a file: exit 0, and the command that comes next', async () => {
    const { distributionId } = stage.sandbox.createSite()
    const cwd = await stage.folder()
    const run = await doctor(['--distribution', distributionId], stage.env, cwd)
    expect(newsOf(run)).toEqual([])
    expect(run.exitCode).toBe(0)
    expect(dataOf(run)).toMatchObject({
      state: 'absent',
      coming: ['init'],
      next: [`s3-okta-guard init --distribution ${distributionId}`],
    })
  })

  test('B19 after an install, by the file: exit 0, every check made, and Terraform all the same', async () => {
    const run = await doctor()
    expect(run.exitCode).toBe(0)
    const { state, checks, findings } = dataOf(run)
    expect(state).toBe('installed')
    expect(findings).toMatchObject([
      {
        code: 'terraform',
        severity: 'info',
        next: expect.stringMatching(/aws_ssm_parameter.*version-arn.*ignore_changes/),
      },
    ])
    expect(checks.filter((one) => one.state !== 'ok').map(({ check }) => check)).toEqual([
      'Infrastructure code',
    ])
  })

  test('without a distribution, in a terminal, it asks which', async () => {
    const { distributionId } = stage.sandbox.createSite()
    const { prompter, asked } = scriptedPrompter([distributionId])
    const run = await stage.run(['doctor'], { cwd: await stage.folder(), prompter })
    expect(run.exitCode, run.stdout).toBe(0)
    expect(asked).toEqual(['Which CloudFront distribution?'])
    expect(run.stdout).toContain(`${distributionId}: nothing stands in the way of init`)
  })

  test('without a distribution and nobody to ask: the rest is examined', async () => {
    const run = await doctor([], stage.env, await stage.folder())
    expect(run.exitCode).toBe(0)
    expect(newsOf(run)).toEqual(['info not-checked site'])
    expect(stateOf(run, 'AWS permissions')).toBe('ok')
  })
})

describe('credentials', () => {
  test('of AWS that have expired: exit 5, and Okta is examined all the same', async () => {
    const keys = stage.sandbox.aws.addIdentity({ userName: 'late', temporary: true })
    stage.sandbox.aws.setExpired(true, keys.accessKeyId)
    const run = await doctor([], {
      ...stage.env,
      AWS_ACCESS_KEY_ID: keys.accessKeyId,
      AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
      AWS_SESSION_TOKEN: keys.sessionToken ?? '',
    })
    expect(run.exitCode).toBe(5)
    expect(newsOf(run)).toEqual([
      'broken aws-credentials',
      expect.stringMatching(/^info not-checked site/),
    ])
    expect(stateOf(run, 'Okta discovery')).toBe('ok')
    expect(stateOf(run, 'Okta credentials')).toBe('ok')
  })

  test('of Okta are needed for init, and are not checked where the guard is installed', async () => {
    const { OKTA_CLIENT_TOKEN: _, ...env } = stage.env
    const { distributionId } = stage.sandbox.createSite()
    const before = await doctor(['--distribution', distributionId], env, await stage.folder())
    expect(before.exitCode).toBe(5)
    expect(newsOf(before)).toEqual(['broken okta-credentials'])
    const after = await doctor([], env)
    expect(after.exitCode).toBe(0)
    expect(newsOf(after)).toEqual(['info not-checked Okta app'])
  })

  test('a wrong token and an address that is no org are both told', async () => {
    const wrong = await doctor([], { ...stage.env, OKTA_CLIENT_TOKEN: '00nobody' })
    expect(wrong.exitCode).toBe(5)
    expect(newsOf(wrong)).toContain('broken okta-credentials')
    const { distributionId } = stage.sandbox.createSite()
    const elsewhere = { ...stage.env, OKTA_CLIENT_ORGURL: stage.sandbox.cloudfront.url }
    const run = await doctor(['--distribution', distributionId], elsewhere, await stage.folder())
    expect(newsOf(run)).toContain('broken okta-not-okta')
  })
})

describe('permissions', () => {
  test('B36 every action of the template is asked for, one at a time', async () => {
    const { distributionId } = stage.sandbox.createSite()
    const needed = GRANTS.filter(({ only }) => only === undefined).flatMap(({ actions }) =>
      Object.entries(actions).flatMap(([action, who]) => (who.includes('init') ? [action] : [])),
    )
    expect(needed.length).toBeGreaterThan(25)
    const cwd = await stage.folder()
    for (const action of needed) {
      const run = await doctor(['--distribution', distributionId], limited(action), cwd)
      const finding = dataOf(run).findings.find(({ code }) => code === 'permissions-missing')
      expect(finding?.message, action).toContain(action)
      expect(finding?.next).toContain('templates/iam-operator-policy.json')
      expect(run.exitCode, action).toBe(5)
    }
  })

  test('the template itself is enough, before and after an install', async () => {
    expect(newsOf(await doctor([], limited()))).toEqual([])
    const { distributionId } = stage.sandbox.createSite()
    const cwd = await stage.folder()
    expect(newsOf(await doctor(['--distribution', distributionId], limited(), cwd))).toEqual([])
  })

  test('what IAM does not tell is said to be unknown, and what was denied is known', async () => {
    const env = limited('iam:SimulatePrincipalPolicy', 'ssm:DescribeParameters')
    const run = await doctor([], env)
    expect(newsOf(run)).toEqual(['broken permissions-missing', 'info permissions-unknown'])
    const [missing, unknown] = dataOf(run).findings
    expect(missing?.message).toMatch(/will need: ssm:DescribeParameters\.$/)
    expect(unknown?.message).toContain('lambda:UpdateFunctionCode')
    expect(unknown?.message, 'seen in use').not.toContain('cloudfront:GetDistribution,')
    expect(stateOf(run, 'What is installed')).toBe('not-checked')
  })
})

describe('what else stands in the way', () => {
  test('drift, and what the file would change', async () => {
    const app = stage.app(site.distributionId)
    app.status = 'INACTIVE'
    await editFile(site.cwd, (file) => ({ ...file, allow: { groups: ['Reports', 'Crew'] } }))
    const run = await doctor()
    app.status = 'ACTIVE'
    await editFile(site.cwd, (file) => ({ ...file, allow: { groups: ['Reports'] } }))
    expect(run.exitCode).toBe(3)
    expect(newsOf(run)).toEqual(['broken drift okta.app', 'due not-applied'])
  })

  test('what is due counts with --strict alone', async () => {
    stage.sandbox.aws.skewClock(Date.parse('2027-03-01') - Date.now())
    const now = { now: () => Date.parse('2027-03-01') }
    const lax = await stage.run(['doctor', '--json'], { cwd: site.cwd, ...now })
    expect(newsOf(lax)).toContain('due runtime-end-of-life nodejs22.x')
    expect(newsOf(lax).every((one) => one.startsWith('due '))).toBe(true)
    expect(lax.exitCode).toBe(0)
    const strict = await stage.run(['doctor', '--json', '--strict'], { cwd: site.cwd, ...now })
    expect(strict.exitCode).toBe(3)
  })

  test('what is accepted in the file counts no more', async () => {
    const made = await stage.installed()
    const [bucket = ''] = made.originDomain.split('.')
    stage.sandbox.aws.openBucket(bucket, { read: true })
    expect((await doctor([], stage.env, made.cwd)).exitCode).toBe(3)
    const accept = [{ finding: `bucket-open:${bucket}`, reason: 'public until June' }]
    await editFile(made.cwd, (file) => ({ ...file, status: { accept } }))
    const run = await doctor([], stage.env, made.cwd)
    expect(run.exitCode).toBe(0)
    const found = dataOf(run).findings.find(({ code }) => code === 'bucket-open')
    expect(found?.accepted).toBe('public until June')
  })

  test('a distribution that is not there, and one that is disabled', async () => {
    const cwd = await stage.folder()
    const none = await doctor(['--distribution', 'E0000000000000'], stage.env, cwd)
    expect(newsOf(none)).toEqual(['broken distribution-not-found'])
    expect(none.exitCode).toBe(3)
    const { distributionId } = stage.sandbox.createSite({ enabled: false })
    const off = await doctor(['--distribution', distributionId], stage.env, cwd)
    expect(newsOf(off)).toEqual(['broken distribution-unsupported'])
  })

  test('a list of the bucket that everybody can read, and a file that it names', async () => {
    const { distributionId, bucket, originDomain } = stage.sandbox.createSite({
      files: { 'home.html': 'not the root object' },
    })
    expect([...bucket.keys()]).toEqual(['home.html'])
    const [name = ''] = originDomain.split('.')
    stage.sandbox.aws.openBucket(name, { read: true, list: true })
    const run = await doctor(['--distribution', distributionId], stage.env, await stage.folder())
    const [found] = dataOf(run).findings
    expect(found).toMatchObject({ code: 'bucket-open', subject: name })
    expect(found?.message).toMatch(/\/ \(list of all objects\) and \S+\/home\.html \(object\)\.$/)
  })
})

test('init tells of Terraform too, whatever it finds', async () => {
  const { distributionId } = stage.sandbox.createSite()
  const argv = ['init', '--distribution', distributionId, '--group', 'Reports', '--yes']
  const run = await stage.run(argv)
  expect(run.stdout).toMatch(/info terraform: .*\n.*version-arn.*ignore_changes/)
  const again = await stage.run(argv)
  expect(again.stdout).toContain('info terraform')
})

test('docs/doctor.md names every call', async () => {
  stage.sandbox.operations.clearLog()
  expect((await doctor()).exitCode).toBe(0)
  const page = readFileSync(new URL('../../../docs/doctor.md', import.meta.url), 'utf8')
  const [, calls = ''] = page.split('## Calls')
  const made = new Set(
    stage.sandbox.operations.log
      .filter(({ service, mutating }) => service !== 's3' && !mutating)
      .map(({ operation }) => operation.replace(/\/\{id\}.*/, '')),
  )
  expect(made.size).toBeGreaterThan(10)
  for (const operation of made) expect(calls).toContain(operation.replace(/^GET /, ''))
  expect(stage.mutating()).toEqual([])
})

test('the operator template holds the statements of the table', () => {
  expect(statementsOf(operatorPolicy())).toHaveLength(GRANTS.length)
})
