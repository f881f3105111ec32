import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { createAws } from '../../src/aws/create.ts'
import { patchAssociations } from '../../src/aws/distribution-xml.ts'
import type { AwsCommand } from '../../src/plan/permissions.ts'
import { scriptedPrompter, type CliRun } from '../helpers/cli.ts'
import { startStage, type Installed, type Stage } from '../helpers/install.ts'

const FILE = 's3-okta-guard.json'
const DAY = 86_400_000
const ADA = { login: 'ada@tidewater.example', password: 'ferry-harbor-1', name: 'Ada Byron' }

/** What a command finds; one site each, with a KMS key of the operator. */
export type Start = 'open' | 'installed' | 'retiring' | 'drifted' | 'damaged'

export interface Scenario {
  command: AwsCommand
  start: Start
  argv: string[]
  /** Answers in a terminal, instead of `--yes`. */
  answers?: (world: World) => unknown[]
  /** Merged into the file of the operator. */
  file?: object
}

export interface World {
  stage: Stage
  site: Installed
  key: string
  /** Comes back to that start, as often as it is called. */
  begin(start: Start): void
  run(scenario: Scenario, env: Record<string, string>): Promise<CliRun>
}

/** Other code and another configuration of the function. */
const OTHER = { session: { tokenMinutes: 10 }, function: { runtime: 'nodejs24.x' } }

/** The commands, from every start that makes them need something else. */
export const SCENARIOS: Scenario[] = [
  {
    command: 'init',
    start: 'open',
    argv: ['--group', 'Reports', '--kms-key', 'KEY'],
    answers: ({ site }) => [site.distributionId, true],
  },
  { command: 'init', start: 'damaged', argv: ['--yes'] },
  { command: 'init', start: 'drifted', argv: ['--yes'], file: OTHER },
  { command: 'apply', start: 'damaged', argv: ['--yes'] },
  { command: 'apply', start: 'drifted', argv: ['--yes'], file: OTHER },
  { command: 'status', start: 'installed', argv: [] },
  { command: 'doctor', start: 'installed', argv: [] },
  { command: 'rotate-keys', start: 'retiring', argv: ['--yes'] },
  { command: 'revoke', start: 'retiring', argv: ['--user', ADA.login, '--yes'] },
  { command: 'teardown', start: 'installed', argv: ['--logs', '--confirm', 'ID'] },
]

export async function startWorld(): Promise<World> {
  const stage = await startStage()
  const { sandbox } = stage
  sandbox.okta.addUser({ ...ADA, groups: ['Reports'] })
  const key = sandbox.aws.createKmsKey()
  const made = sandbox.createSite()
  const cwd = await stage.folder()
  const starts = new Map<Start, () => void>([['open', sandbox.snapshot()]])
  const sleep = async (ms: number): Promise<void> => sandbox.clock.advance(ms)

  const must = async (argv: string[]): Promise<void> => {
    const run = await stage.run(argv, { cwd, sleep })
    if (run.exitCode !== 0) throw new Error(`${argv.join(' ')}: ${run.stderr}`)
  }
  const { distributionId: id } = made
  await must(['init', '--distribution', id, '--group', 'Reports', '--kms-key', key, '--yes'])
  const file = JSON.parse(await readFile(path.join(cwd, FILE), 'utf8')) as object
  sandbox.aws.createLogGroup(`/aws/lambda/us-east-1.s3-okta-guard-${id}`, 'eu-west-1')
  starts.set('installed', sandbox.snapshot())
  await damage(stage, id)
  starts.set('damaged', sandbox.snapshot())
  starts.get('installed')?.()
  await must(['rotate-keys', '--yes'])
  sandbox.clock.advance(3 * DAY)
  starts.set('retiring', sandbox.snapshot())
  await openTrust(stage, id)
  starts.set('drifted', sandbox.snapshot())

  const world: World = {
    stage,
    key,
    site: { ...made, cwd },
    begin: (start) => starts.get(start)?.(),
    async run({ command, start, argv, answers, file: more }, env) {
      world.begin(start)
      const folder = await stage.folder()
      if (start !== 'open') {
        await writeFile(path.join(folder, FILE), JSON.stringify({ ...file, ...more }))
      }
      const words = argv.map((word) => ({ KEY: key, ID: id })[word] ?? word)
      const prompter = answers && { prompter: scriptedPrompter(answers(world)).prompter }
      return stage.run([command, ...words], {
        ...{ cwd: folder, env: { ...stage.env, ...env }, sleep, now: sandbox.clock.now },
        ...prompter,
      })
    },
  }
  return world
}

/** Other hands let another service assume the role. */
async function openTrust({ env }: Stage, id: string): Promise<void> {
  const Service = ['ec2.amazonaws.com', 'edgelambda.amazonaws.com', 'lambda.amazonaws.com']
  const Statement = [{ Effect: 'Allow', Principal: { Service }, Action: 'sts:AssumeRole' }]
  const { iam } = await createAws({ env })
  await iam.updateTrust(`s3-okta-guard-${id}`, { Version: '2012-10-17', Statement })
}

/** Other hands deleted the role, the function, and what CloudFront had made for it. */
async function damage({ env, sandbox }: Stage, id: string): Promise<void> {
  const aws = await createAws({ env })
  const name = `s3-okta-guard-${id}`
  const config = await aws.cloudfront.getConfig(id)
  if (!config) throw new Error('no distribution')
  const xml = patchAssociations(config.xml, [{ pattern: 'default', lambda: [] }])
  await aws.cloudfront.updateConfig(id, xml, config.etag)
  await aws.lambda.deleteFunction(name)
  await aws.iam.deleteRolePolicy(name, 's3-okta-guard')
  await aws.iam.deleteRole(name)
  sandbox.aws.deleteServiceRoles()
}
