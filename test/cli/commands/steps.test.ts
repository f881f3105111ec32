import { afterAll, beforeAll, expect, test } from 'vitest'
import type { CliRun } from '../../helpers/cli.ts'
import { STEPS } from '../../helpers/command-facts.ts'
import { editFile, installData, startStage, type Stage } from '../../helpers/install.ts'

let stage: Stage

beforeAll(async () => {
  stage = await startStage()
})
afterAll(() => stage.close())

/** What the plan has, the page of the command must have: docs/commands is made of the same table. */
function expectOnPage(command: string, run: CliRun): void {
  const kinds = installData(run).plan.steps.map(({ kind }) => kind)
  expect(kinds.length, run.stdout).toBeGreaterThan(0)
  // `wait`: time that passes between two steps of a rotation; nothing is carried out.
  const missing = kinds
    .filter((kind) => kind !== 'wait')
    .filter((kind) => STEPS[kind]?.of.includes(command) !== true)
  expect([...new Set(missing)], command).toEqual([])
}

test('the page of each command has every step that its plans have', async () => {
  const { distributionId } = stage.sandbox.createSite()
  const cwd = await stage.folder()
  const run = (command: string, ...argv: string[]): Promise<CliRun> =>
    stage.run([command, '--distribution', distributionId, ...argv, '--json'], { cwd })

  expectOnPage('init', await run('init', '--group', 'Reports', '--yes'))
  expectOnPage('rotate-keys', await run('rotate-keys', '--dry-run'))
  const leaked = await run('rotate-keys', '--compromised', '--dry-run')
  expectOnPage('rotate-keys', leaked)
  expectOnPage('revoke', await run('revoke', '--user', 'ann@example.com', '--dry-run'))
  expectOnPage('revoke', await run('revoke', '--all', '--dry-run'))

  await editFile(cwd, (file) => ({
    ...file,
    allow: { groups: ['Crew'] },
    function: { runtime: 'nodejs24.x' },
  }))
  stage.app(distributionId).status = 'INACTIVE'
  expectOnPage('apply', await run('apply'))
  expectOnPage('teardown', await run('teardown', '--dry-run'))
  stage.sandbox.okta.store.apps.clear()
  expectOnPage('init', await run('init', '--dry-run', '--yes'))
})
