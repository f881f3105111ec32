import { afterAll, beforeAll, expect, test } from 'vitest'
import { operatorPolicy } from '../../../src/plan/permissions.ts'
import { listOf } from '../../../src/sandbox/aws/policy.ts'
import { startStage, stepsOf, teardownData, type Stage } from '../../helpers/install.ts'

let stage: Stage

beforeAll(async () => {
  stage = await startStage()
})
afterAll(() => stage.close())

const groupOf = (id: string): string => `/aws/lambda/us-east-1.s3-okta-guard-${id}`

/** A guarded site that people of two continents have read, and groups of others beside. */
async function logged() {
  const site = await stage.installed()
  const id = site.distributionId
  const { aws } = stage.sandbox
  aws.createLogGroup(groupOf(id), 'us-east-1')
  aws.createLogGroup(groupOf(id), 'eu-central-1', 30)
  aws.createLogGroup(`${groupOf(id)}9`, 'eu-central-1')
  aws.createLogGroup('/aws/lambda/payments', 'eu-west-1')
  return { ...site, id, own: (): string[] => aws.logGroups().filter((one) => one.includes(id)) }
}

function asLimited(edit: (actions: string[]) => string[], region?: string) {
  const policy = structuredClone(operatorPolicy()) as { Statement: Record<string, unknown>[] }
  for (const statement of policy.Statement) statement['Action'] = edit(listOf(statement['Action']))
  if (region !== undefined) {
    const Resource = `arn:aws:logs:${region}:*:*`
    policy.Statement.push({ Effect: 'Deny', Action: 'logs:*', Resource })
  }
  const keys = stage.sandbox.aws.addIdentity({ userName: 'ops', policy })
  return {
    ...stage.env,
    AWS_ACCESS_KEY_ID: keys.accessKeyId,
    AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
  }
}

test('B60: without --logs no Region is asked, and what stays is named with the command', async () => {
  const { id, cwd, own } = await logged()
  stage.sandbox.operations.clearLog()
  const run = await stage.run(['teardown', '--confirm', id, '--json'], { cwd })
  expect(run.exitCode, run.stdout).toBe(0)
  expect(stage.sandbox.operations.log.some(({ service }) => service === 'logs')).toBe(false)
  expect(own()).toHaveLength(3)
  const [left] = teardownData(run).plan.findings.filter(({ code }) => code === 'logs-left')
  expect(left).toMatchObject({ severity: 'info', subject: groupOf(id) })
  expect(left?.message).toContain('without end unless a retention is set')

  const words = (left?.next ?? '').split(' ').slice(1)
  const then = await stage.run(words, { cwd })
  expect(then.exitCode, then.stderr).toBe(0)
  expect(then.stdout).toContain('What the edges had logged is gone.')
  expect(own()).toEqual([`eu-central-1 ${groupOf(id)}9`])
})

test('B60: --logs removes the groups of every Region, after the function, and no other', async () => {
  const { id, cwd, own } = await logged()
  const env = asLimited((actions) => actions)
  const argv = ['teardown', '--logs', '--confirm', id, '--json']
  const dry = teardownData(await stage.run([...argv, '--dry-run'], { cwd, env }))
  expect(own()).toHaveLength(3)
  const run = await stage.run(argv, { cwd, env })
  expect(run.exitCode, run.stdout).toBe(0)
  const data = teardownData(run)
  expect(stepsOf(dry)).toEqual(stepsOf(data))
  const steps = stepsOf(data)
  expect(steps.indexOf('delete logs')).toBeGreaterThan(steps.indexOf('delete lambda.function'))
  expect(steps.indexOf('delete logs')).toBeLessThan(steps.indexOf('delete manifest.last'))
  expect(data.plan.steps.find((one) => one.id === 'logs')?.resource).toBe(
    `CloudWatch log group ${groupOf(id)} in us-east-1, eu-central-1 (4 KB)`,
  )
  expect(data.plan.findings).toEqual([])
  expect(own()).toEqual([`eu-central-1 ${groupOf(id)}9`])
  expect(stage.sandbox.aws.logGroups()).toContain('eu-west-1 /aws/lambda/payments')

  const again = await stage.run(argv, { cwd, env })
  expect(again.exitCode).toBe(0)
  expect(teardownData(again)).toMatchObject({ changed: false, plan: { steps: [] } })
})

test('a Region that may not be asked is told and keeps nothing else', async () => {
  const { id, cwd, own } = await logged()
  const env = asLimited((actions) => actions, 'ap-south-1')
  const run = await stage.run(['teardown', '--logs', '--confirm', id, '--json'], { cwd, env })
  expect(run.exitCode, run.stdout).toBe(0)
  expect(own()).toEqual([`eu-central-1 ${groupOf(id)}9`])
  expect(teardownData(run).plan.findings).toMatchObject([
    { code: 'logs-not-checked', severity: 'info', subject: 'ap-south-1' },
  ])
})

test('without the right to look for them nothing is begun, and the action is named', async () => {
  const { id, cwd, own } = await logged()
  const env = asLimited((actions) => actions.filter((one) => !one.startsWith('logs:')))
  stage.sandbox.operations.clearLog()
  const run = await stage.run(['teardown', '--logs', '--confirm', id, '--json'], { cwd, env })
  expect(run.exitCode).toBe(5)
  expect(run.json.error?.message).toContain('logs:DescribeLogGroups')
  expect(stage.mutating()).toEqual([])
  expect(own()).toHaveLength(3)
  const without = await stage.run(['teardown', '--confirm', id], { cwd, env })
  expect(without.exitCode, without.stderr).toBe(0)
})
