import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import {
  editFile,
  installData,
  newsOf,
  startStage,
  statusData,
  type Installed,
  type Stage,
} from '../../helpers/install.ts'

let stage: Stage
let site: Installed

beforeAll(async () => {
  stage = await startStage()
  site = await stage.installed()
})
afterAll(() => stage.close())

const status = (argv: string[] = [], env?: Record<string, string>) =>
  stage.run(['status', '--json', ...argv], { cwd: site.cwd, ...(env && { env }) })

test('absent: exit 4, and the command that would install it', async () => {
  const { distributionId } = stage.sandbox.createSite()
  const run = await stage.run(['status', '--distribution', distributionId, '--json'])
  expect(run.exitCode).toBe(4)
  expect(statusData(run)).toMatchObject({
    state: 'absent',
    next: [`s3-okta-guard init --distribution ${distributionId}`],
  })
})

test('installed: exit 0, every part by its name, and no mutating call', async () => {
  stage.sandbox.operations.clearLog()
  const run = await status()
  expect(run.exitCode).toBe(0)
  const { parts, findings, state } = statusData(run)
  expect({ state, findings }).toEqual({ state: 'installed', findings: [] })
  expect(parts.map((one) => one.part)).toEqual([
    'Okta app',
    'Who may sign in',
    'Access rules',
    'Session key',
    'Client key',
    'Seal key',
    'KMS key',
    'IAM role',
    'Edge function',
    'Behavior default',
    'CloudFront',
  ])
  expect(new Set(parts.map((one) => one.state))).toEqual(new Set(['ok']))
  expect(stage.mutating()).toEqual([])
})

test('for people: a table with a mark for each part', async () => {
  const run = await stage.run(['status'], { cwd: site.cwd })
  expect(run.stdout).toMatch(/✓ {2}Okta app +ok +S3 Okta Guard: localhost/)
  expect(run.stdout).toContain(`${site.distributionId}: installed`)
})

test('without Okta credentials the Okta parts are not checked, and the exit is 0', async () => {
  const { OKTA_CLIENT_TOKEN: _, ...env } = stage.env
  const run = await status([], env)
  expect(run.exitCode).toBe(0)
  const { parts, findings } = statusData(run)
  expect(parts.filter((one) => one.state === 'not-checked').map((one) => one.part)).toEqual([
    'Okta app',
    'Who may sign in',
  ])
  expect(findings).toMatchObject([{ code: 'okta-not-checked', severity: 'info' }])
})

test('what the file wants is told apart from what other hands have changed', async () => {
  await editFile(site.cwd, (file) => ({ ...file, allow: { groups: ['Reports', 'Crew'] } }))
  onTestFinished(() => editFile(site.cwd, (file) => ({ ...file, allow: { groups: ['Reports'] } })))
  const due = await status()
  expect(due.exitCode).toBe(0)
  expect(statusData(due).findings).toMatchObject([{ code: 'not-applied', severity: 'due' }])
  const app = stage.app(site.distributionId)
  app.status = 'INACTIVE'
  const both = await status()
  app.status = 'ACTIVE'
  expect(both.exitCode).toBe(3)
  expect(statusData(both).findings).toMatchObject([
    { code: 'drift', severity: 'broken', subject: 'okta.app' },
    { code: 'not-applied', severity: 'due' },
  ])
})

test('the end of life of the runtime is due in time, and is no failure', async () => {
  stage.sandbox.aws.skewClock(Date.parse('2027-03-01') - Date.now())
  onTestFinished(() => stage.sandbox.aws.skewClock(0))
  const run = await status()
  expect(run.exitCode).toBe(0)
  const { findings } = statusData(run)
  expect(findings.filter(({ code }) => code !== 'key-age')).toMatchObject([
    { code: 'runtime-end-of-life', severity: 'due', subject: 'nodejs22.x' },
  ])
})

test('a key past its age is due: a failure with --strict alone', async () => {
  stage.sandbox.aws.skewClock(91 * 24 * 3600_000)
  onTestFinished(() => stage.sandbox.aws.skewClock(0))
  const run = await status()
  expect(run.exitCode).toBe(0)
  const { findings, keys, next } = statusData(run)
  const due = findings.filter(({ code }) => code === 'key-age')
  expect(due.map(({ severity, subject }) => `${severity} ${subject}`)).toEqual([
    'due session',
    'due client',
    'due seal',
  ])
  expect(keys.map(({ ring, state, ageDays, isDue }) => [ring, state, ageDays, isDue])).toEqual(
    ['session', 'client', 'seal'].map((ring) => [ring, 'current', 91, true]),
  )
  expect(next).toContain('s3-okta-guard rotate-keys --only client')
  const strict = await stage.run(['status', '--strict', '--json'], { cwd: site.cwd })
  expect(strict.exitCode).toBe(3)
})

test('a killed install: exit 6, and init goes on', async () => {
  const { distributionId } = stage.sandbox.createSite()
  const argv = ['init', '--distribution', distributionId, '--group', 'Reports', '--yes', '--json']
  stage.sandbox.operations.arm({
    at: { operation: 'CreateFunction', nth: 1 },
    kind: 'crash-after',
  })
  expect((await stage.run(argv)).exitCode).toBe(1)
  stage.sandbox.operations.revive()
  const run = await stage.run(['status', '--distribution', distributionId, '--json'])
  expect(run.exitCode).toBe(6)
  expect(statusData(run)).toMatchObject({
    state: 'installing',
    findings: [{ code: 'unfinished', severity: 'due' }],
    next: [`s3-okta-guard init --distribution ${distributionId}`],
  })
  expect((await stage.run(argv)).exitCode).toBe(0)
  const after = await stage.run(['status', '--distribution', distributionId, '--json'])
  expect(after.exitCode).toBe(0)
})

test('B20 a staging configuration beside the guarded one is exposed, and init wants it accepted', async () => {
  const added = await stage.installed()
  stage.sandbox.aws.editDistribution(added.distributionId, (xml) =>
    xml.replace(
      /<ContinuousDeploymentPolicyId>.*?<\/ContinuousDeploymentPolicyId>/,
      '<ContinuousDeploymentPolicyId>e0c1a2b3-policy</ContinuousDeploymentPolicyId>',
    ),
  )
  const run = await stage.run(['status', '--json'], { cwd: added.cwd })
  expect(run.exitCode).toBe(3)
  expect(statusData(run).findings).toContainEqual(
    expect.objectContaining({ code: 'continuous-deployment', severity: 'exposed' }),
  )
  const doctor = await stage.run(['doctor', '--json'], { cwd: added.cwd })
  expect(doctor.exitCode).toBe(3)
  const again = ['init', '--yes', '--json']
  const refused = await stage.run(again, { cwd: added.cwd })
  expect(refused.json.error?.code).toBe('exposed-not-accepted')
  const accepted = [...again, '--accept', 'continuous-deployment']
  expect((await stage.run(accepted, { cwd: added.cwd })).exitCode).toBe(0)
})

test('B18 a behavior that others add later is exposed, and apply guards it', async () => {
  const added = await stage.installed()
  stage.sandbox.aws.editDistribution(added.distributionId, (xml) => {
    const [, standard = ''] = /<DefaultCacheBehavior>(.*)<\/DefaultCacheBehavior>/.exec(xml) ?? []
    const open = standard.replace(
      /<LambdaFunctionAssociations>.*<\/LambdaFunctionAssociations>/,
      '<LambdaFunctionAssociations><Quantity>0</Quantity></LambdaFunctionAssociations>',
    )
    const behavior = `<CacheBehavior><PathPattern>/new/*</PathPattern>${open}</CacheBehavior>`
    return xml.replace(
      /<CacheBehaviors>.*?<\/CacheBehaviors>/,
      `<CacheBehaviors><Quantity>1</Quantity><Items>${behavior}</Items></CacheBehaviors>`,
    )
  })
  const run = await stage.run(['status', '--json'], { cwd: added.cwd })
  expect(run.exitCode).toBe(3)
  expect(statusData(run).findings).toContainEqual(
    expect.objectContaining({ code: 'behavior-open', severity: 'exposed', subject: '/new/*' }),
  )
  const repaired = await stage.run(['apply', '--json'], { cwd: added.cwd })
  expect(newsOf(installData(repaired))).toEqual([
    'update cloudfront.behaviors',
    'wait cloudfront.deployed',
    'check web.probe',
  ])
  expect((await stage.run(['status', '--json'], { cwd: added.cwd })).exitCode).toBe(0)
})
