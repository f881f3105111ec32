import { afterAll, beforeAll, expect, test } from 'vitest'
import { VERSION } from '../../../src/commands/program/version.ts'
import { namesOf } from '../../../src/plan/names.ts'
import { read, rewrite } from '../../helpers/documents.ts'
import {
  expectRefusal,
  startStage,
  statusData,
  type Installed,
  type Stage,
} from '../../helpers/install.ts'

let stage: Stage
let site: Installed

/** What a tool of tomorrow has written: in the same format, with something in it that nobody knows here. */
const NEWER = VERSION.replace(/\d+$/, (patch) => String(Number(patch) + 1))

beforeAll(async () => {
  stage = await startStage()
  site = await stage.installed()
  await rewrite(stage, namesOf(site.distributionId).manifest, (manifest) => ({
    ...manifest,
    tool: NEWER,
    tomorrow: true,
  }))
})
afterAll(() => stage.close())

const MUTATING: [string, string[]][] = [
  ['init', ['--yes']],
  ['apply', ['--yes']],
  ['apply', ['--dry-run']],
  ['rotate-keys', ['--yes']],
  ['rotate-keys', ['--only', 'session', '--compromised', '--yes']],
  ['revoke', ['--user', 'ann@example.com', '--yes']],
  ['revoke', ['--all', '--confirm', 'THIS']],
  ['teardown', ['--confirm', 'THIS']],
]

test.each(MUTATING)('B64 %s %j does not touch what a newer tool installed', async (name, argv) => {
  const words = argv.map((word) => (word === 'THIS' ? site.distributionId : word))
  await expectRefusal(
    stage,
    [name, ...words],
    {
      exit: 1,
      code: 'manifest-newer',
      message: new RegExp(`^s3-okta-guard ${NEWER} wrote what is installed; this is ${VERSION}`),
      says: [/that version or a later one/, new RegExp(`npx s3-okta-guard@${NEWER} status`)],
    },
    { cwd: site.cwd },
  )
  const { manifest } = namesOf(site.distributionId)
  expect(read(stage, manifest)).toMatchObject({ tool: NEWER, tomorrow: true })
})

test('B64 status goes on, says so, and does not call it broken', async () => {
  const run = await stage.run(['status', '--json'], { cwd: site.cwd })
  expect(run.exitCode, run.stdout).toBe(0)
  const { findings, parts } = statusData(run)
  expect(findings).toMatchObject([{ code: 'manifest-newer', severity: 'due' }])
  expect(findings[0]?.message).toContain(NEWER)
  expect(parts.map(({ state }) => state)).toContain('not-checked')
  expect(parts.map(({ state }) => state)).not.toContain('drift')
})

test('B64 doctor says what would stop the next command', async () => {
  const run = await stage.run(['doctor', '--json'], { cwd: site.cwd })
  expect(run.exitCode, run.stdout).toBe(3)
  const { findings } = run.json.data as { findings: { code: string; message: string }[] }
  const newer = findings.filter(({ code }) => code === 'manifest-newer')
  expect(newer).toHaveLength(1)
  expect(newer[0]?.message).toContain(NEWER)
})
