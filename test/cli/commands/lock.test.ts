import { DeleteRolePolicyCommand } from '@aws-sdk/client-iam'
import { DeleteParameterCommand, PutParameterCommand } from '@aws-sdk/client-ssm'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { hostname } from 'node:os'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { editFile, expectRefusal, startStage, type Stage } from '../../helpers/install.ts'

let stage: Stage
let distributionId: string
let cwd: string

beforeAll(async () => {
  stage = await startStage()
  ;({ distributionId, cwd } = await stage.installed())
})
afterEach(async () => {
  if (locksOf(distributionId).length > 0) await release(distributionId)
})
afterAll(() => stage.close())

const ME = 'arn:aws:iam::111122223333:user/operator'
const BEN = 'arn:aws:iam::111122223333:user/ben'

interface Holder {
  who: string
  host: string
  pid: number
  /** Seconds from now. */
  lease: number
}

const lockName = (id: string): string => `/s3-okta-guard/${id}/lock/1`

async function hold(id: string, { lease, ...holder }: Holder): Promise<void> {
  const since = new Date(Date.now() - 30_000).toISOString()
  const until = new Date(Date.now() + lease * 1000).toISOString()
  await stage.clients.ssm.send(
    new PutParameterCommand({
      Name: lockName(id),
      Type: 'String',
      Value: JSON.stringify({ version: 1, run: 'other', command: 'init', since, until, ...holder }),
      Tags: [{ Key: 's3-okta-guard:distribution', Value: id }],
    }),
  )
}

const release = (id: string): Promise<unknown> =>
  stage.clients.ssm.send(new DeleteParameterCommand({ Name: lockName(id) }))

function locksOf(id: string): string[] {
  return stage.sandbox.aws
    .parameters()
    .map(({ name }) => name)
    .filter((name) => name.startsWith(`/s3-okta-guard/${id}/lock/`))
}

/** So that there is something to do. */
async function wantOtherGroup(): Promise<void> {
  await editFile(cwd, (file) => {
    const crew = 'groups' in file.allow && file.allow.groups.includes('Crew')
    return { ...file, allow: { groups: [crew ? 'Reports' : 'Crew'] } }
  })
}

/** The number of a process that has ended. */
async function deadPid(): Promise<number> {
  const child = spawn(process.execPath, ['-e', '0'])
  await once(child, 'exit')
  return child.pid ?? 0
}

test('B28 of two runs at once one waits for the other, and everything is made once', async () => {
  const { distributionId: fresh } = stage.sandbox.createSite()
  const argv = ['init', '--distribution', fresh, '--group', 'Reports', '--yes']
  stage.sandbox.operations.clearLog()
  const runs = await Promise.all([stage.run(argv), stage.run(argv)])
  expect(runs.map(({ exitCode }) => exitCode)).toEqual([0, 0])
  expect(runs.map(({ stderr }) => stderr).join('')).toContain(`Waiting for init, run by ${ME}`)
  const made = stage.mutating().map((call) => call.split(' ')[0])
  for (const once_ of ['CreateRole', 'CreateFunction', 'PublishVersion', 'UpdateDistribution'])
    expect(made.filter((operation) => operation === once_)).toHaveLength(1)
  expect(stage.app(fresh).label).toContain('S3 Okta Guard')
  expect(locksOf(fresh)).toEqual([])
})

test('B28 a run of somebody else is waited for until --lock-timeout, then named: exit 7', async () => {
  await wantOtherGroup()
  await hold(distributionId, { who: BEN, host: 'bens-laptop', pid: 1, lease: 60 })
  await expectRefusal(
    stage,
    ['init', '--yes', '--lock-timeout', '0'],
    {
      exit: 7,
      code: 'locked',
      message: /init, run by .*user\/ben on bens-laptop \(pid 1\) since/,
      says: [/is taken over then/],
    },
    { cwd },
  )
  expect(locksOf(distributionId)).toEqual([lockName(distributionId)])
})

test('when the other run is done meanwhile, this one goes on', async () => {
  await wantOtherGroup()
  await hold(distributionId, { who: BEN, host: 'bens-laptop', pid: 1, lease: 60 })
  let looks = 0
  const run = await stage.run(['init', '--yes', '--json'], {
    cwd,
    sleep: async () => {
      looks += 1
      if (looks === 2) await release(distributionId)
      await delay(2)
    },
  })
  expect(run.exitCode, run.stdout).toBe(0)
  expect(run.stderr).toContain(`Waiting for init, run by ${BEN} on bens-laptop`)
  expect(locksOf(distributionId)).toEqual([])
})

test('a run of the same person and machine that has died is taken over at once', async () => {
  await wantOtherGroup()
  await hold(distributionId, { who: ME, host: hostname(), pid: await deadPid(), lease: 60 })
  const run = await stage.run(['init', '--yes', '--json', '--lock-timeout', '0'], { cwd })
  expect(run.exitCode, run.stdout).toBe(0)
  expect(locksOf(distributionId)).toEqual([])
})

test('B29 a lease that ran out is taken over, whoever held it', async () => {
  await wantOtherGroup()
  await hold(distributionId, { who: BEN, host: 'bens-laptop', pid: 1, lease: -1 })
  const run = await stage.run(['init', '--yes', '--json', '--lock-timeout', '0'], { cwd })
  expect(run.exitCode, run.stdout).toBe(0)
  expect(locksOf(distributionId)).toEqual([])
})

test('what changed while waiting is not applied unseen', async () => {
  await wantOtherGroup()
  await hold(distributionId, { who: BEN, host: 'bens-laptop', pid: 1, lease: 60 })
  const RoleName = `s3-okta-guard-${distributionId}`
  let looks = 0
  const run = await stage.run(['init', '--yes', '--json'], {
    cwd,
    sleep: async () => {
      looks += 1
      if (looks > 1) return
      await stage.clients.iam.send(
        new DeleteRolePolicyCommand({ RoleName, PolicyName: 's3-okta-guard' }),
      )
      await release(distributionId)
      stage.sandbox.operations.clearLog()
    },
  })
  expect(run.exitCode).toBe(1)
  expect(run.json.error).toMatchObject({ code: 'changed-meanwhile' })
  expect(run.json.error?.details.join()).toMatch(/create IAM policy/)
  expect(stage.mutating().filter((call) => !call.includes('/lock/'))).toEqual([])
  expect((await stage.run(['init', '--yes'], { cwd })).exitCode).toBe(0)
})

test('a status beside a run waits for nothing', async () => {
  await hold(distributionId, { who: BEN, host: 'bens-laptop', pid: 1, lease: 60 })
  const run = await stage.run(['status', '--json'], { cwd })
  expect(run.exitCode).toBe(0)
})

test('a lock that cannot be read is not taken for none', async () => {
  await wantOtherGroup()
  await stage.clients.ssm.send(
    new PutParameterCommand({
      Name: lockName(distributionId),
      Type: 'String',
      Value: 'by hand',
      Tags: [{ Key: 's3-okta-guard:distribution', Value: distributionId }],
    }),
  )
  await expectRefusal(
    stage,
    ['init', '--yes'],
    {
      exit: 7,
      code: 'locked',
      message: /is not a lock/,
      says: [`aws ssm delete-parameter --region us-east-1 --name ${lockName(distributionId)}`],
    },
    { cwd },
  )
})
