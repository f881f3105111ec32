import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { RevokeData } from '../../../src/ui/schemas/data.ts'
import type { CliRun } from '../../helpers/cli.ts'
import { eventsOf, type CliEvent } from '../../helpers/events.ts'
import { startStage, type Installed, type Stage } from '../../helpers/install.ts'

const ADA = { login: 'ada@tidewater.example', password: 'ferry-harbor-1', name: 'Ada Byron' }

let stage: Stage
let site: Installed
let adaId: string

beforeAll(async () => {
  stage = await startStage()
  adaId = stage.sandbox.okta.addUser({ ...ADA, groups: ['Reports'] }).id
  site = await stage.installed()
})
afterAll(() => stage.close())
beforeEach(() => {
  // Never in the second of the revocation before.
  stage.sandbox.clock.advance(2000)
})

function revoke(...whom: string[]): Promise<CliRun> {
  return stage.run(['revoke', ...whom, '--yes', '--json', '--json-events'], { cwd: site.cwd })
}

function told(run: CliRun, event: string): CliEvent[] {
  return eventsOf(run.stderr).filter((one) => one.event === event)
}

const idsOf = (events: CliEvent[]): unknown[] => events.map(({ step }) => step)

test.each([
  ['of one person', () => ['--user', ADA.login], () => `okta.tokens.${adaId}`],
  ['of everybody', () => ['--all', '--confirm', site.distributionId], () => 'okta.tokens'],
])('tells what it does at Okta %s as any step, and before the edges', async (_name, whom, id) => {
  const run = await revoke(...whom())
  expect(run.exitCode, run.stdout).toBe(0)
  const { plan, applied } = run.json.data as RevokeData
  const ids = applied.map((one) => one.id)
  expect(ids[0]).toBe(id())
  expect(ids).toEqual(plan.steps.map((one) => one.id))
  expect(idsOf(told(run, 'step-started'))).toEqual(ids)
  expect(idsOf(told(run, 'step-done'))).toEqual(ids)
  expect(told(run, 'step-started')[0]).toMatchObject({ action: 'delete', number: 1, total: 1 })
})

test('tells what Okta refuses as a step that failed and why, and goes on', async () => {
  stage.sandbox.operations.arm({
    at: { operation: 'DELETE /api/v1/users/{id}/clients/{id}/tokens', nth: 1 },
    kind: { status: 403, body: JSON.stringify({ errorCode: 'E0000006', errorSummary: 'no' }) },
    times: 20,
  })
  const run = await revoke('--user', ADA.login)
  stage.sandbox.operations.revive()
  expect(run.exitCode, run.stdout).toBe(0)
  expect(idsOf(told(run, 'step-failed'))).toEqual([`okta.tokens.${adaId}`])
  const { effects } = run.json.data as RevokeData
  const detail = effects.find(({ effect }) => effect === 'okta-refresh-tokens')?.detail
  const message = String(told(run, 'step-failed')[0]?.['message'])
  expect(message).not.toBe('')
  expect(detail).toContain(message.replace(/\.$/, ''))
  expect(told(run, 'finished')).toMatchObject([{ ok: true }])
})
