import { chmod, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { CTRL_C, scriptedPrompter } from '../../helpers/cli.ts'
import { beach, CANARY } from '../../helpers/admins-app.ts'
import { installData, startStage, statusData, type Stage } from '../../helpers/install.ts'

let stage: Stage

beforeAll(async () => {
  stage = await startStage()
})
afterAll(() => stage.close())

const TERMINAL = { isTTY: { stdin: true, stdout: true, stderr: false } }

function atPlan() {
  return scriptedPrompter(['groups', ['Reports', 'Crew'], CTRL_C]).prompter
}

test('stopped at the plan, the line that goes on asks nothing that was answered', async () => {
  const { distributionId: id } = stage.sandbox.createSite()
  const cwd = await stage.folder()
  const argv = ['init', '--distribution', id]
  const stopped = await stage.run(argv, { ...TERMINAL, cwd, prompter: atPlan() })
  expect(stopped.exitCode).toBe(130)
  expect(stopped.stderr).toContain(
    `next: s3-okta-guard init --distribution ${id} --group Reports --group Crew\n`,
  )
})

test('the line after a dry run installs the plan that was shown', async () => {
  const { distributionId: id } = stage.sandbox.createSite()
  const argv = ['init', '--distribution', id, '--group', 'Reports', '--dry-run', '--json']
  const data = installData(await stage.run(argv))
  expect(data.next).toEqual([`s3-okta-guard init --distribution ${id} --group Reports`])
})

test('what is printed to be pasted is a command and nothing beside it', async () => {
  const { distributionId: id } = stage.sandbox.createSite()
  const cwd = await stage.folder()
  const ran = await stage.run(['init', '--distribution', id, '--everyone', '--yes'], { cwd })
  expect(ran.stdout).toContain(
    `\nTo take it all back:\n  s3-okta-guard teardown --distribution ${id}\n`,
  )
})

test('without a file nothing is said to be applied', async () => {
  const { distributionId: id } = stage.sandbox.createSite()
  const setUp = await stage.folder()
  await stage.run(['init', '--distribution', id, '--everyone', '--yes'], { cwd: setUp })
  await stage.run(['rotate-keys', '--only', 'session', '--yes', '--no-wait'], { cwd: setUp })
  const elsewhere = await stage.folder()
  const argv = ['status', '--distribution', id, '--json']
  const away = statusData(await stage.run(argv, { cwd: elsewhere }))
  expect(away.next.length).toBeGreaterThan(0)
  for (const line of away.next) expect(line).toContain(`--distribution ${id}`)
  expect(JSON.stringify([away.findings, away.later])).not.toContain('s3-okta-guard apply')
  const here = statusData(await stage.run(argv, { cwd: setUp }))
  const words = here.parts.find(({ part }) => part === 'Session key')?.detail
  expect(words).toMatch(/^\S+ in use, .*; \S+ is next, not in use yet$/)
  expect(here.next).toContain('s3-okta-guard rotate-keys --only session')
})

test('half an install with an app of the Okta admin is gone on with by that app', async () => {
  const one = await beach(stage)
  const begun = await one.run(one.init)
  expect(begun.exitCode).toBe(6)
  const elsewhere = await stage.folder()
  const { next } = statusData(
    await one.run(['status', '--distribution', one.distributionId, '--json'], { cwd: elsewhere }),
  )
  expect(next).toEqual([
    `s3-okta-guard init --distribution ${one.distributionId} --okta-org-url ${stage.sandbox.okta.url} --client-id ${one.app.clientId}`,
  ])
})

test('what a rotation waits for is said once', async () => {
  const site = await stage.installed()
  const ran = await stage.run(['rotate-keys', '--yes'], {
    cwd: site.cwd,
    sleep: async (ms) => stage.sandbox.clock.advance(Math.max(ms, 10_000)),
  })
  expect(ran.exitCode, ran.stderr).toBe(0)
  const lines = ran.stderr.split('\n').filter((line) => line.startsWith('Waiting: '))
  expect(lines.length).toBeGreaterThan(0)
  for (const line of lines) {
    const parts = line.slice('Waiting: '.length, -' …'.length).split('; ')
    expect(new Set(parts).size, line).toBe(parts.length)
  }
})

test('a client secret that every user of the machine can read is said', async () => {
  const one = await beach(stage, 'client_secret')
  const file = path.join(one.cwd, 'secret')
  await writeFile(file, CANARY)
  const argv = [...one.init.filter((word) => word !== '-'), file, '--dry-run']
  for (const [mode, isSaid] of [
    [0o644, true],
    [0o600, false],
  ] as const) {
    await chmod(file, mode)
    const { stderr } = await one.run(argv)
    expect(stderr.includes(`can read ${file}: chmod 600`), stderr).toBe(isSaid)
  }
})

test('what is printed goes on with the file that was named', async () => {
  const { distributionId: id } = stage.sandbox.createSite()
  const cwd = await stage.folder()
  const argv = ['init', '--distribution', id, '--everyone', '--yes', '--config', "it's prod.json"]
  const ran = await stage.run(argv, { cwd })
  const named = String.raw`--config 'it'\''s prod.json'`
  expect(ran.stdout).toContain(`\n  s3-okta-guard status ${named} --distribution ${id}\n`)
  expect(ran.stdout).toContain(`\n  s3-okta-guard teardown ${named} --distribution ${id}\n`)
})
