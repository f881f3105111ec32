import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { parse } from 'yaml'
import { cli } from '../../helpers/cli.ts'

const root = new URL('../../../', import.meta.url)
const read = (file: string): Promise<string> => readFile(new URL(file, root), 'utf8')

interface Workflow {
  jobs: { guard: { env: Record<string, string>; steps: { run?: string }[] } }
}

it('the workflow template runs this version, with commands and variables that exist', async () => {
  const { guard } = (parse(await read('templates/github-workflow.yml')) as Workflow).jobs
  const { version } = JSON.parse(await read('package.json')) as { version: string }
  const lines = guard.steps.flatMap(({ run }) => run ?? [])
  expect(lines.length).toBeGreaterThan(1)
  for (const line of lines) {
    const [, given, args = ''] = /^npx --yes s3-okta-guard@(\S+) (.*)$/.exec(line) ?? []
    expect(given, line).toBe(version)
    const help = await cli([...args.split(' '), '--help'])
    expect(help.exitCode, line).toBe(0)
    expect(help.stdout).toContain(`Usage: s3-okta-guard ${args.split(' ')[0]}`)
  }
  const { stdout } = await cli(['help', 'environment'])
  for (const variable of Object.keys(guard.env)) expect(stdout).toContain(variable)
})
