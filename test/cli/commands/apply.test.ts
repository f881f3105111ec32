import { afterAll, beforeAll, expect, test } from 'vitest'
import { scriptedPrompter } from '../../helpers/cli.ts'
import {
  editFile,
  expectRefusal,
  installData,
  newsOf,
  startStage,
  statusData,
  type Stage,
} from '../../helpers/install.ts'

let stage: Stage

beforeAll(async () => {
  stage = await startStage()
})
afterAll(() => stage.close())

test('apply without a file says which one it wants', async () => {
  await expectRefusal(stage, ['apply'], {
    exit: 2,
    code: 'config-unreadable',
    message: /There is no .*s3-okta-guard\.json/,
    says: ['s3-okta-guard init'],
  })
})

test('apply needs an installed guard', async () => {
  const { cwd } = await stage.installed()
  const { distributionId } = stage.sandbox.createSite()
  const { host } = new URL(stage.sandbox.createSite().url)
  await editFile(cwd, (file) => ({ ...file, distribution: distributionId, hosts: [host] }))
  await expectRefusal(
    stage,
    ['apply'],
    {
      exit: 4,
      code: 'not-installed',
      message: new RegExp(`No guard is installed on distribution ${distributionId}`),
      says: [`s3-okta-guard init --distribution ${distributionId}`],
    },
    { cwd },
  )
})

test('apply carries the file to what is installed, asks nothing, and is done the second time', async () => {
  const { cwd } = await stage.installed()
  await editFile(cwd, (file) => ({ ...file, session: { tokenMinutes: 10 } }))
  const before = statusData(await stage.run(['status', '--json'], { cwd }))
  expect(before.findings).toMatchObject([{ code: 'not-applied', severity: 'due' }])
  const run = await stage.run(['apply', '--json'], { cwd })
  expect(run.exitCode).toBe(0)
  expect(newsOf(installData(run))).toEqual([
    'update lambda.function',
    'create lambda.version',
    'update cloudfront.behaviors',
    'wait cloudfront.deployed',
    'check web.probe',
  ])
  stage.sandbox.operations.clearLog()
  const again = installData(await stage.run(['apply', '--json'], { cwd }))
  expect(again).toMatchObject({ changed: false, plan: { steps: [] } })
  expect(stage.mutating()).toEqual([])
  const after = await stage.run(['status', '--json'], { cwd })
  expect(after.exitCode).toBe(0)
  expect(statusData(after).findings).toEqual([])
})

test('B65 apply --dry-run makes no mutating call', async () => {
  const { cwd } = await stage.installed()
  await editFile(cwd, (file) => ({ ...file, allow: { groups: ['Reports', 'Crew'] } }))
  stage.sandbox.operations.clearLog()
  const run = installData(await stage.run(['apply', '--dry-run', '--json'], { cwd }))
  expect(newsOf(run)).toEqual([
    `create okta.group.${stage.groupId('Crew')}`,
    'update lambda.function',
    'create lambda.version',
    'update cloudfront.behaviors',
    'wait cloudfront.deployed',
    'check web.probe',
  ])
  expect(run.dryRun).toBe(true)
  expect(stage.mutating()).toEqual([])
})

test('apply --no-wait exits 6, and the next run finishes what was begun', async () => {
  const { cwd, distributionId } = await stage.installed()
  await editFile(cwd, (file) => ({ ...file, session: { maxHours: 8 } }))
  const first = await stage.run(['apply', '--no-wait', '--json'], { cwd })
  expect(first.exitCode).toBe(6)
  const between = await stage.run(['status', '--distribution', distributionId, '--json'])
  expect(between.exitCode, between.stdout).toBe(6)
  const second = await stage.run(['apply', '--json'], { cwd })
  expect(second.exitCode).toBe(0)
  expect(newsOf(installData(second))).toContain('check web.probe')
  expect((await stage.run(['status', '--json'], { cwd })).exitCode).toBe(0)
})

test('apply takes flags over the file, and writes them only when told', async () => {
  const { cwd } = await stage.installed()
  const flags = ['apply', '--group', 'Crew', '--json']
  expect((await stage.run(flags, { cwd })).exitCode).toBe(0)
  const differs = statusData(await stage.run(['status', '--json'], { cwd }))
  expect(differs.findings).toMatchObject([{ code: 'not-applied' }])
  expect((await stage.run([...flags, '--write-config'], { cwd })).exitCode).toBe(0)
  const same = statusData(await stage.run(['status', '--json'], { cwd }))
  expect(same.findings).toEqual([])
})

test('apply asks nothing, in a terminal either: what would stay open is refused with the whole command', async () => {
  const { cwd, distributionId } = await stage.installed()
  stage.sandbox.aws.editDistribution(distributionId, (xml) =>
    xml.replace(
      /<CustomErrorResponses>.*?<\/CustomErrorResponses>|<CustomErrorResponses\s*\/>/s,
      '<CustomErrorResponses><Quantity>1</Quantity><Items><CustomErrorResponse><ErrorCode>403</ErrorCode><ResponsePagePath>/index.html</ResponsePagePath><ResponseCode>200</ResponseCode><ErrorCachingMinTTL>10</ErrorCachingMinTTL></CustomErrorResponse></Items></CustomErrorResponses>',
    ),
  )
  const { prompter, asked } = scriptedPrompter([true])
  const isTTY = { stdin: true, stdout: true, stderr: true }
  const run = await stage.run(['apply'], { cwd, prompter, isTTY })
  expect(asked).toEqual([])
  expect(run.exitCode).toBe(3)
  expect(run.stderr).toContain(
    `s3-okta-guard apply --distribution ${distributionId} --accept error-page:/index.html`,
  )
})
