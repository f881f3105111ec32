import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventsOf, type CliEvent } from '../../helpers/events.ts'
import { installData, startStage, statusData, type Stage } from '../../helpers/install.ts'

let stage: Stage

beforeAll(async () => {
  stage = await startStage()
})
afterAll(() => stage.close())

const named = (events: CliEvent[], event: string): CliEvent[] =>
  events.filter((one) => one.event === event)
const idsOf = (events: CliEvent[]): unknown[] => events.map(({ step }) => step)

test('init tells each step as it begins and ends, by its id in the plan', async () => {
  const { distributionId } = stage.sandbox.createSite()
  const cwd = await stage.folder()
  const argv = ['--distribution', distributionId, '--json', '--json-events']
  const run = await stage.run(['init', ...argv, '--group', 'Reports', '--yes'], { cwd })
  expect(run.exitCode, run.stderr).toBe(0)
  const events = eventsOf(run.stderr)
  const { applied } = installData(run)
  const ids = applied.map(({ id }) => id)
  expect(ids.length).toBeGreaterThan(8)
  expect(idsOf(named(events, 'step-started'))).toEqual(ids)
  expect(idsOf(named(events, 'step-done'))).toEqual(ids)
  const planned = named(events, 'plan').flatMap(({ steps }) => steps as { step: string }[])
  expect(planned.map(({ step }) => step)).toEqual(installData(run).plan.steps.map(({ id }) => id))
  expect(events.at(-1)).toMatchObject({ event: 'finished', ok: true, exitCode: 0 })
  expect(new Set(events.map(({ command }) => command))).toEqual(new Set(['init']))
  expectNoSecret(run.stderr)
})

function expectNoSecret(text: string): void {
  const rings = stage.sandbox.aws.parameters().filter(({ name }) => name.includes('/keys/'))
  const secrets = rings.flatMap(({ value }) => value.match(/[\w-]{40,}/g) ?? [])
  expect(secrets.length).toBeGreaterThan(2)
  const { token } = stage.sandbox.okta
  for (const secret of [...secrets, token, stage.sandbox.aws.credentials.secretAccessKey]) {
    if (isPublic(secret)) continue
    expect(text.includes(secret), `${secret.slice(0, 6)}…`).toBe(false)
  }
}

/** Ids of keys are hashes, which the plan shows. */
function isPublic(text: string): boolean {
  return stage.sandbox.aws.parameters().some(({ value }) => value.includes(`"kid":"${text}"`))
}

test('status tells each finding', async () => {
  const { cwd, distributionId } = await stage.installed()
  stage.app(distributionId).status = 'INACTIVE'
  const run = await stage.run(['status', '--json', '--json-events'], { cwd })
  const events = eventsOf(run.stderr)
  const told = named(events, 'finding').map(({ code, severity, subject }) => ({
    code,
    severity,
    subject,
  }))
  const found = statusData(run).findings.map(({ code, severity, subject }) => ({
    code,
    severity,
    subject,
  }))
  expect(told).toEqual(found)
  expect(told).toContainEqual({ code: 'drift', severity: 'broken', subject: 'okta.app' })
  expect(events.at(-1)).toMatchObject({ event: 'finished', ok: false, exitCode: 3 })
})
