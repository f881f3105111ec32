import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { parse } from 'yaml'
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

it('the workflow template runs this version, with commands, flags and variables that exist', async () => {
  const { version } = JSON.parse(await read('package.json')) as { version: string }
  expect(runs.map((line) => line.split(' ')[3])).toEqual(['status', 'rotate-keys', 'rotate-keys'])
  for (const line of runs) {
    const [, given, args = ''] = /^npx --yes s3-okta-guard@(\S+) (.*)$/.exec(line) ?? []
    expect(given, line).toBe(version)
    const [name = '', ...words] = args.split(' ')
    const help = await cli([name, '--help'])
    expect(help.stdout).toContain(`Usage: s3-okta-guard ${name}`)
    for (const word of words) {
      const known = word.startsWith('--') ? `  ${word} ` : `"${word}"`
      expect(help.stdout, line).toContain(known)
    }
  }
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
