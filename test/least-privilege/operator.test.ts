import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  AWS_COMMANDS,
  grantsFor,
  operatorPolicy,
  type AwsCommand,
} from '../../src/plan/permissions.ts'
import { listOf, statementsOf } from '../../src/sandbox/aws/policy.ts'
import type { CliRun } from '../helpers/cli.ts'
import { quickKeys } from '../faults/matrix/quick-keys.ts'
import { SCENARIOS, startWorld, type Scenario, type World } from './scenarios.ts'

let world: World
/** What a scenario asked a permission for, with all that its command is given. */
const asked = new Map<Scenario, string[]>()

beforeAll(async () => {
  quickKeys()
  world = await startWorld()
}, 60_000)
afterAll(() => world?.stage.close())

const actionsOf = (policy: unknown): string[] =>
  statementsOf(policy).flatMap(({ Action }) => listOf(Action))

/** Everybody may ask who they are. */
const FREE = ['sts:GetCallerIdentity']

/** `doctor` looks ahead: with its own rights alone it would name those of the coming commands. */
const policyOf = (command: AwsCommand): object =>
  command === 'doctor' ? operatorPolicy() : operatorPolicy([command])

async function runWith(
  scenario: Scenario,
  policy: object,
): Promise<{ run: CliRun; asked: string[] }> {
  const { aws } = world.stage.sandbox
  const keys = aws.addIdentity({ userName: 'ops', policy })
  const env = {
    AWS_ACCESS_KEY_ID: keys.accessKeyId,
    AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
  }
  const run = await world.run(scenario, env)
  return { run, asked: aws.askedOf(keys.accessKeyId) }
}

function lacking(policy: object, action: string): object {
  const { Statement, ...rest } = policy as { Statement: Record<string, unknown>[] }
  const left = Statement.map((one) => ({
    ...one,
    Action: listOf(one['Action']).filter((each) => each !== action),
  }))
  return { ...rest, Statement: left.filter(({ Action }) => Action.length > 0) }
}

/** What `doctor` looks at beyond its own distribution. */
const LOOKS = [
  'cloudfront:ListDistributions',
  'iam:SimulatePrincipalPolicy',
  'ssm:GetServiceSetting',
]

/** Who cannot delete the lock has done the work; a `doctor` that cannot look is told so. */
function exitWithout(command: AwsCommand, action: string): number {
  const done = action === 'ssm:DeleteParameters' && !['rotate-keys', 'teardown'].includes(command)
  const told = command === 'doctor' && LOOKS.includes(action)
  return done || told ? 0 : 5
}

describe.each(AWS_COMMANDS)('%s', (command) => {
  const mine = SCENARIOS.filter((scenario) => scenario.command === command)
  const actions = actionsOf(operatorPolicy([command]))

  test('does its work with its own policy, and needs all of it', async () => {
    for (const scenario of mine) {
      const { run, asked: needed } = await runWith(scenario, policyOf(command))
      expect({ start: scenario.start, exit: run.exitCode }, run.stdout + run.stderr).toEqual({
        start: scenario.start,
        exit: 0,
      })
      asked.set(scenario, needed)
    }
    const all = new Set(mine.flatMap((scenario) => asked.get(scenario) ?? []))
    expect([...all].filter((action) => !FREE.includes(action)).sort()).toEqual([...actions].sort())
  })

  test.each(actions)('without %s it stops and names it', async (action) => {
    const scenario = mine.find((one) => asked.get(one)?.includes(action))
    if (!scenario) throw new Error(`no scenario of ${command} asks for ${action}`)
    const { run } = await runWith(scenario, lacking(policyOf(command), action))
    const said = `${run.stdout}\n${run.stderr}`
    expect(said).toContain(action)
    expect(said).toMatch(/refuses|may not|cannot be told|is not allowed|is not authorized/)
    expect(said).not.toMatch(/\n\s+at .*:\d+:\d+|undefined|\[object/)
    expect(run.exitCode, said).toBe(exitWithout(command, action))
  })
})

test('doctor names each action that is missing for the commands to come', async () => {
  const scenario = SCENARIOS.find(({ command }) => command === 'doctor')!
  const coming = grantsFor(['apply', 'rotate-keys', 'revoke', 'teardown'])
  const actions = coming.flatMap(({ actions, only }) =>
    only === 'logs' ? [] : Object.keys(actions),
  )
  const without = []
  for (const action of actions) {
    const { run } = await runWith(scenario, lacking(operatorPolicy(), action))
    if (run.exitCode !== 5 || !run.stdout.replace(/\s+/g, ' ').includes(action))
      without.push(action)
  }
  expect(actions.length).toBeGreaterThan(30)
  expect(without).toEqual([])
}, 60_000)

test('explain needs no right at all', async () => {
  const { stage } = world
  stage.sandbox.operations.clearLog()
  const config = path.join(world.site.cwd, 's3-okta-guard.json')
  const run = await stage.run(['explain', '/', '--config', config], { env: {} })
  expect(run.exitCode, run.stderr).toBe(0)
  expect(stage.sandbox.operations.log).toEqual([])
})
