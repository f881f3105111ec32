import { PutRolePolicyCommand } from '@aws-sdk/client-iam'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { scriptedPrompter } from '../../helpers/cli.ts'
import {
  expectRefusal,
  newsOf,
  installData,
  startStage,
  statusData,
  stepsOf,
  teardownData,
  type Installed,
  type Stage,
} from '../../helpers/install.ts'

const HOURS = 3_600_000

let stage: Stage
let now = Date.now()
/** For what changes nothing. */
let kept: Installed

beforeAll(async () => {
  stage = await startStage({ clock: { now: () => now }, delays: { replica: 4 * HOURS } })
  kept = await stage.installed()
})
afterAll(() => stage.close())

const TERMINAL = { isTTY: { stdin: true, stdout: true, stderr: false } }
const confirm = (id: string): string[] => ['teardown', '--confirm', id, '--json']

/** What stands in AWS and Okta with the name of a site in it. */
function left(id: string): string[] {
  const { aws, okta } = stage.sandbox
  return [
    ...aws.roles().map(({ name }) => `role ${name}`),
    ...aws.functions().map(({ name }) => `function ${name}`),
    ...aws.parameters().map(({ name }) => `parameter ${name}`),
    ...[...okta.store.apps.values()].map((app) => `app ${JSON.stringify(app['profile'])}`),
  ].filter((line) => line.includes(id))
}

test('B55 the life of a guard: replicas keep the function, status says so, and a later run finishes', async () => {
  const { distributionId } = stage.sandbox.createSite()
  const xml = stage.sandbox.aws.distributionXml(distributionId)
  const cwd = await stage.folder()
  const argv = ['init', '--distribution', distributionId, '--group', 'Reports', '--yes']
  expect((await stage.run(argv, { cwd })).exitCode).toBe(0)

  const first = await stage.run(confirm(distributionId), { cwd })
  expect(first.exitCode).toBe(6)
  expect(first.json.error).toMatchObject({
    code: 'replicas-remain',
    next: [
      `s3-okta-guard teardown --distribution ${distributionId} --confirm ${distributionId} --wait`,
    ],
  })
  expect(stage.sandbox.aws.distributionXml(distributionId)).toBe(xml)
  expect(left(distributionId).filter((line) => /^(app|role)|keys/.test(line))).toEqual([])

  const status = await stage.run(['status', '--json'], { cwd })
  expect(status.exitCode).toBe(6)
  expect(statusData(status)).toMatchObject({
    state: 'tearing-down',
    next: [`s3-okta-guard teardown --distribution ${distributionId}`],
  })

  now += 5 * HOURS
  const second = await stage.run(confirm(distributionId), { cwd })
  expect(second.exitCode).toBe(0)
  expect(teardownData(second)).toMatchObject({ state: 'absent', changed: true })
  expect(left(distributionId)).toEqual([])
  expect(stage.sandbox.aws.distributionXml(distributionId)).toBe(xml)

  stage.sandbox.operations.clearLog()
  const third = await stage.run(['teardown', '--json'], { cwd })
  expect(third.exitCode).toBe(0)
  expect(teardownData(third)).toMatchObject({ changed: false, plan: { steps: [] } })
  const people = await stage.run(['teardown'], { cwd })
  expect(people.stdout).toContain(`Nothing of the guard is left on ${distributionId}.`)
  expect(stage.mutating()).toEqual([])
  expect((await stage.run(['status', '--json'], { cwd })).exitCode).toBe(4)
})

test('B55 teardown --wait stays until the replicas are gone', async () => {
  const { distributionId, cwd } = await stage.installed()
  let waited = 0
  const run = await stage.run([...confirm(distributionId), '--wait'], {
    cwd,
    sleep: async () => {
      waited += 1
      now += HOURS
    },
  })
  expect(run.exitCode, run.stdout).toBe(0)
  expect(waited).toBeGreaterThanOrEqual(4)
  expect(run.stderr).toContain('Waiting until CloudFront has let its replicas go')
  expect(left(distributionId)).toEqual([])
})

test('init after a half-done teardown takes over what is left', async () => {
  const { distributionId, cwd, url } = await stage.installed()
  expect((await stage.run(confirm(distributionId), { cwd })).exitCode).toBe(6)
  const run = await stage.run(['init', '--yes', '--json'], { cwd })
  expect(run.exitCode, run.stdout).toBe(0)
  expect(newsOf(installData(run))).toEqual(
    expect.arrayContaining(['create okta.app', 'create keys.session', 'create iam.role']),
  )
  const status = await stage.run(['status', '--json'], { cwd })
  expect({ exit: status.exitCode, findings: statusData(status).findings }).toEqual({
    exit: 0,
    findings: [],
  })
  const answer = await fetch(url, { redirect: 'manual' })
  expect(answer.status).toBe(401)
  now += 5 * HOURS
  await stage.run(confirm(distributionId), { cwd })
  now += 5 * HOURS
  expect((await stage.run(confirm(distributionId), { cwd })).exitCode).toBe(0)
  expect(left(distributionId)).toEqual([])
})

test('B56 teardown without a confirmation changes nothing and says what to type', async () => {
  const { distributionId, cwd } = kept
  for (const argv of [['teardown'], ['teardown', '--yes']]) {
    await expectRefusal(
      stage,
      argv,
      {
        exit: 2,
        code: 'confirmation-needed',
        message: /makes .* public/,
        says: [`teardown --distribution ${distributionId} --confirm ${distributionId}`],
      },
      { cwd },
    )
  }
})

test('B56 teardown with the id of another distribution changes nothing', async () => {
  const { cwd } = kept
  await expectRefusal(
    stage,
    ['teardown', '--confirm', 'E2QWRUHAPOMQZL', '--yes'],
    { exit: 2, code: 'confirmation-needed', message: /--confirm E2QWRUHAPOMQZL is not/ },
    { cwd },
  )
})

test('in a terminal the id is typed out, after what becomes public was said', async () => {
  const { distributionId, cwd, url } = await stage.installed()
  const wrong = scriptedPrompter(['yes'])
  stage.sandbox.operations.clearLog()
  const no = await stage.run(['teardown'], { ...TERMINAL, cwd, prompter: wrong.prompter })
  expect(no.exitCode).toBe(130)
  expect(no.stderr).toContain(`${new URL(url).host}`)
  expect(no.stderr).toContain('becomes public')
  expect(stage.mutating()).toEqual([])
  const right = scriptedPrompter([` ${distributionId} `])
  const yes = await stage.run(['teardown'], { ...TERMINAL, cwd, prompter: right.prompter })
  expect(yes.exitCode).toBe(6)
  expect(right.asked).toEqual([`Type ${distributionId} to take the guard away:`])
})

test('B65 teardown --dry-run shows the plan that the run then applies, and changes nothing', async () => {
  const { distributionId, cwd } = await stage.installed()
  stage.sandbox.operations.clearLog()
  const dry = await stage.run(['teardown', '--dry-run', '--json'], { cwd })
  expect(dry.exitCode).toBe(0)
  expect(stage.mutating()).toEqual([])
  expect(stepsOf(teardownData(dry))).toEqual([
    'update manifest',
    'update cloudfront.behaviors',
    'wait cloudfront.deployed',
    'delete okta.tokens',
    'delete okta.app',
    'delete keys',
    'delete iam.policy',
    'delete iam.role',
    'delete lambda.function',
    'delete parameters',
    'delete manifest.last',
  ])
  await stage.run(confirm(distributionId), { cwd })
  now += 5 * HOURS
  const wet = teardownData(await stage.run(confirm(distributionId), { cwd }))
  expect(stepsOf(wet)).toEqual([
    'delete lambda.function',
    'delete parameters',
    'delete manifest.last',
  ])
})

test('teardown without Okta credentials says what it needs them for', async () => {
  const { cwd, distributionId } = kept
  const { OKTA_CLIENT_TOKEN: _, ...env } = stage.env
  await expectRefusal(
    stage,
    ['teardown', '--confirm', distributionId],
    {
      exit: 5,
      code: 'okta-credentials',
      message: /deletes the Okta app/,
      says: ['OKTA_CLIENT_TOKEN'],
    },
    { cwd, env },
  )
})

test('B58 teardown goes on when the Okta app is already gone', async () => {
  const { cwd, distributionId } = await stage.installed()
  stage.sandbox.okta.store.apps.delete(stage.app(distributionId).id)
  expect((await stage.run(confirm(distributionId), { cwd })).exitCode).toBe(6)
  now += 5 * HOURS
  expect((await stage.run(confirm(distributionId), { cwd })).exitCode).toBe(0)
  expect(left(distributionId)).toEqual([])
})

test('teardown goes on when the distribution is already gone', async () => {
  const { cwd, distributionId } = await stage.installed()
  stage.sandbox.aws.deleteDistribution(distributionId)
  expect((await stage.run(confirm(distributionId), { cwd })).exitCode).toBe(6)
  now += 5 * HOURS
  expect((await stage.run(confirm(distributionId), { cwd })).exitCode).toBe(0)
  expect(left(distributionId)).toEqual([])
})

test('B58 policies that others put on the role are left alone, and so is the role', async () => {
  const { cwd, distributionId } = await stage.installed()
  const RoleName = `s3-okta-guard-${distributionId}`
  await stage.clients.iam.send(
    new PutRolePolicyCommand({
      RoleName,
      PolicyName: 'audit',
      PolicyDocument: JSON.stringify({
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Action: 'xray:PutTraceSegments', Resource: '*' }],
      }),
    }),
  )
  await stage.run(confirm(distributionId), { cwd })
  now += 5 * HOURS
  const run = await stage.run(confirm(distributionId), { cwd })
  expect(run.exitCode).toBe(0)
  const role = stage.sandbox.aws.roles().find(({ name }) => name === RoleName)
  expect(Object.keys(role?.inlinePolicies ?? {})).toEqual(['audit'])
  expect(left(distributionId)).toEqual([`role ${RoleName}`])
  expect(teardownData(run).plan.findings).toMatchObject([
    { code: 'role-kept', subject: RoleName, message: expect.stringContaining('audit') as string },
    { code: 'logs-left' },
  ])
  const again = await stage.run(['teardown', '--json'], { cwd })
  expect(again.exitCode).toBe(0)
  expect(teardownData(again).plan.steps).toEqual([])
  const people = await stage.run(['teardown'], { cwd })
  expect(people.stdout).toContain(`IAM role ${RoleName} stays`)
})

test('B57 a function that others have put in our place meanwhile stays', async () => {
  const { cwd, distributionId } = await stage.installed()
  const { arn } =
    stage.sandbox.aws.functions().find(({ name }) => name.includes(distributionId)) ?? {}
  const other = await stage.installed()
  const theirs = stage.sandbox.aws
    .functions()
    .find(({ name }) => name.includes(other.distributionId))?.arn
  stage.sandbox.aws.editDistribution(distributionId, (xml) =>
    xml.replace(`${arn}:1`, `${theirs}:1`),
  )
  const xml = stage.sandbox.aws.distributionXml(distributionId)
  await stage.run(confirm(distributionId), { cwd })
  now += 5 * HOURS
  expect((await stage.run(confirm(distributionId), { cwd })).exitCode).toBe(0)
  expect(stage.sandbox.aws.distributionXml(distributionId)).toBe(xml)
})
