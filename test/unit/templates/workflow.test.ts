import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { parse } from 'yaml'
import { COMMANDS } from '../../../src/commands/table.ts'
import { cli } from '../../helpers/cli.ts'

const root = new URL('../../../', import.meta.url)
const read = (file: string): Promise<string> => readFile(new URL(file, root), 'utf8')

interface Step {
  uses?: string
  run?: string
  env?: Record<string, string>
  with?: Record<string, unknown>
}

interface Job {
  if: string
  environment?: string
  env?: Record<string, string>
  permissions: Record<string, string>
  steps: Step[]
}

interface Workflow {
  on: { schedule: { cron: string }[] }
  permissions: object
  jobs: Record<string, Job>
}

const text = await read('templates/github-workflow.yml')
const workflow = parse(text) as Workflow
const jobs = Object.values(workflow.jobs)
const steps = jobs.flatMap((job) => job.steps)
const runs = steps.flatMap(({ run }) => run ?? [])

it('the workflow template runs this version, with command lines that the parser takes', async () => {
  const { version } = JSON.parse(await read('package.json')) as { version: string }
  const parsed: object[] = []
  const commands = COMMANDS.map((command) => ({
    ...command,
    run(_io: unknown, options: object) {
      parsed.push({ command: command.name, ...options })
      return Promise.resolve(0)
    },
  }))
  for (const line of runs) {
    const [, given, args = ''] = /^npx --yes s3-okta-guard@(\S+) (.*)$/.exec(line) ?? []
    expect(given, line).toBe(version)
    const run = await cli(args.split(' '), { commands })
    expect(run.exitCode, run.stderr).toBe(0)
  }
  expect(parsed).toMatchObject([
    { command: 'status', jsonEvents: true },
    { command: 'rotate-keys', only: ['session', 'seal'], yes: true, jsonEvents: true },
    { command: 'rotate-keys', only: ['client'], yes: true, jsonEvents: true },
  ])
  const wrong = await cli(['rotate-keys', '--only', 'sessions'], { commands })
  expect(wrong.exitCode).toBe(2)
  const { stdout } = await cli(['help', 'environment'])
  const variables = [...steps, ...jobs].flatMap(({ env }) => Object.keys(env ?? {}))
  expect(variables.length).toBeGreaterThan(0)
  for (const variable of variables) expect(stdout).toContain(variable)
})

it('it looks every night and rotates every month', () => {
  const crons = workflow.on.schedule.map(({ cron }) => cron)
  expect(crons).toHaveLength(2)
  const [nightly = '', monthly = ''] = crons
  expect(nightly).toMatch(/^\d+ \d+ \* \* \*$/)
  expect(monthly).toMatch(/^\d+ \d+ \d+ \* \*$/)
  expect(jobs.map((job) => job.if)).toEqual([
    `github.event.schedule != '${monthly}'`,
    `github.event.schedule == '${monthly}'`,
    `github.event.schedule == '${monthly}'`,
  ])
})

it('the one secret in it is of the job that puts a new client key into the Okta app', () => {
  const secrets = text.match(/secrets\.\w+/g) ?? []
  expect(secrets).toEqual(['secrets.OKTA_API_TOKEN'])
  const holders = steps.filter((step) => JSON.stringify(step).includes('secrets.'))
  expect(holders.map(({ run }) => run)).toEqual([expect.stringContaining('--only client')])
  const [job, ...others] = jobs.filter(({ environment }) => environment !== undefined)
  expect(others).toEqual([])
  expect(job?.steps).toContain(holders[0])
})

it('AWS knows every job by its OIDC role, and actions are named by their full version', () => {
  expect(workflow.permissions).toEqual({})
  for (const job of jobs) {
    expect(job.permissions).toEqual({ contents: 'read', 'id-token': 'write' })
    const uses = job.steps.flatMap((step) => (step.uses === undefined ? [] : [step]))
    for (const step of uses) expect(step.uses).toMatch(/@v\d+\.\d+\.\d+$/)
    const aws = uses.filter((step) => step.uses?.startsWith('aws-actions/'))
    expect(aws).toHaveLength(1)
    expect(Object.keys(aws[0]?.with ?? {})).toContain('role-to-assume')
    expect(JSON.stringify(job)).not.toMatch(/access-key|AWS_SECRET/i)
  }
})

/** Of the versions in the template: https://github.com/OWNER/ACTION/blob/VERSION/action.yml */
const INPUTS: Record<string, string[]> = {
  'actions/checkout': ['persist-credentials'],
  'actions/setup-node': ['node-version', 'package-manager-cache'],
  'aws-actions/configure-aws-credentials': [
    'aws-region',
    'role-duration-seconds',
    'role-to-assume',
  ],
}

it('gives actions no input that they do not have, and the pages name the same versions', async () => {
  const used = steps.flatMap((step) => (step.uses === undefined ? [] : [step]))
  for (const { uses = '', with: given = {} } of used) {
    const known = INPUTS[uses.split('@')[0] ?? ''] ?? []
    expect(known, uses).toEqual(expect.arrayContaining(Object.keys(given)))
  }
  const page = await read('docs/commands/apply.md')
  const named = [...page.matchAll(/uses: (\S+@\S+)/g)].map(([, action]) => action)
  expect(named.length).toBeGreaterThan(0)
  expect(used.map(({ uses }) => uses)).toEqual(expect.arrayContaining(named))
})

it('says which subjects the roles must trust: a job with an environment has another one', () => {
  const header = text.slice(0, text.indexOf('\non:')).replace(/\n# /g, ' ')
  expect(header).toContain('repo:OWNER/NAME:ref:refs/heads/main')
  for (const { environment } of jobs) {
    if (environment) expect(header).toContain(`repo:OWNER/NAME:environment:${environment}`)
  }
})
