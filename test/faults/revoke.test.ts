import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { ROUTES } from '../../src/access/names.ts'
import { subjectHash } from '../../src/access/subject.ts'
import { namesOf } from '../../src/plan/names.ts'
import { decodeDocument } from '../../src/provision/documents.ts'
import type { Sandbox, Site } from '../../src/sandbox/index.ts'
import { createUserAgent, type UserAgent } from '../../src/sandbox/user-agent.ts'
import type { FaultKind } from '../../src/sandbox/types.ts'
import type { StatusData } from '../../src/ui/schemas/data.ts'
import { cli, type CliRun, temporaryFolder } from '../helpers/cli.ts'
import { quickKeys } from './matrix/quick-keys.ts'
import {
  askAsStranger,
  endState,
  GROUP,
  inconsistencies,
  init,
  mutationsOf,
  startWorld,
} from './world.ts'

const ADA = { login: 'ada@tidewater.example', password: 'ferry-harbor-1', name: 'Ada Byron' }
const BEN = { login: 'ben@tidewater.example', password: 'ferry-island-2', name: 'Ben Okri' }

let sandbox: Sandbox
let site: Site
/** Brings back what was there when the guard had just been installed. */
let installed: (() => void) | undefined
/** How many mutating calls an undisturbed run makes, and what it leaves. */
let calls = 0
let wanted: unknown

beforeAll(async () => {
  quickKeys()
  sandbox = await startWorld()
  for (const person of [ADA, BEN]) sandbox.okta.addUser({ ...person, groups: [GROUP] })
  site = sandbox.createSite()
})
afterAll(() => sandbox.close())

beforeEach(async () => {
  if (installed) return installed()
  expect((await init(sandbox, site)).exitCode).toBe(0)
  installed = sandbox.snapshot()
})

async function undisturbed(): Promise<void> {
  if (calls > 0) return
  calls = await mutationsOf(sandbox, () => revoke(site))
  wanted = normalized(site)
  expect(calls).toBeGreaterThanOrEqual(12)
  installed?.()
}

function revoke(site: Site): Promise<CliRun> {
  return command('revoke', site, ['--user', ADA.login, '--yes'])
}

function command(name: string, site: Site, argv: string[] = []): Promise<CliRun> {
  return cli([name, '--distribution', site.distributionId, ...argv, '--json'], {
    env: sandbox.environment(),
  })
}

async function signedIn(site: Site, person: typeof ADA): Promise<UserAgent> {
  const agent = createUserAgent()
  expect((await agent.signIn(site.url, person.login, person.password)).status).toBe(200)
  return agent
}

async function isIn(agent: UserAgent, site: Site): Promise<boolean> {
  const page = await agent.request(site.url, { headers: { accept: 'text/html' } })
  if (page.status !== 200) expect(page.headers.get('location')).toContain(ROUTES.login)
  return page.status === 200
}

function recorded(site: Site): Record<string, number> {
  const { revocations: name } = namesOf(site.distributionId)
  const found = sandbox.aws.parameters().find((one) => one.name === name)
  const document = decodeDocument(name, found?.value ?? '', {}) as { users: Record<string, number> }
  return document.users
}

/** Two runs differ in their times alone. */
function normalized(site: Site): unknown {
  const [time = 0, ...others] = [...new Set(Object.values(recorded(site)))]
  expect(others).toEqual([])
  return JSON.parse(JSON.stringify(endState(sandbox, site)).replaceAll(String(time), '"<time>"'))
}

/** As it would go on after a minute, when the lease of the run that died has ended. */
function revive(): void {
  sandbox.operations.revive()
  sandbox.clock.advance(61_000)
}

/** The lock, Okta, the record, the function, the edges, the end. */
it.each([1, 2, 3, 5, 6, 8, 10, 12])(
  'B02 revoke converges after a crash at its mutating call %i, with nothing left over',
  async (n) => {
    await undisturbed()
    const ada = await signedIn(site, ADA)
    sandbox.operations.arm({ at: { mutation: n }, kind: 'crash-after' })
    await revoke(site)
    expect(sandbox.operations.crashed).toBe(true)
    revive()
    expect(await askAsStranger(site)).toBe('guarded')
    const again = await revoke(site)
    expect(again.exitCode, again.stdout).toBe(0)
    expect(await isIn(ada, site)).toBe(false)
    expect(normalized(site)).toEqual(wanted)
    expect(inconsistencies(sandbox, site)).toEqual([])
  },
)

const KINDS: FaultKind[] = ['crash-before', 'lost-answer', { status: 503 }]
const OPERATIONS = ['PutParameter', 'UpdateFunctionCode', 'PublishVersion', 'UpdateDistribution']

it.each(KINDS)(
  'B01 B03 B04 revoke converges after %j, and nobody else is signed out',
  async (kind) => {
    const ben = await signedIn(site, BEN)
    for (const operation of OPERATIONS) {
      // A session of the very second of a revocation is revoked too: V07.
      sandbox.clock.advance(2_000)
      const ada = await signedIn(site, ADA)
      sandbox.operations.arm({ at: { operation, nth: 1 }, kind })
      await revoke(site)
      revive()
      expect(await isIn(ben, site), operation).toBe(true)
      const again = await revoke(site)
      expect(again.exitCode, again.stdout).toBe(0)
      expect(await isIn(ada, site), operation).toBe(false)
      expect(await isIn(ben, site), operation).toBe(true)
      expect(Object.keys(recorded(site))).toContain(subjectHash(ADA.login))
    }
    const status = await command('status', site)
    expect(status.exitCode, status.stdout).toBe(0)
  },
  60_000,
)

it('what a killed revoke has written down is in status, and comes in with the next apply', async () => {
  const cwd = await temporaryFolder()
  const argv = ['init', '--distribution', site.distributionId, '--group', GROUP, '--yes']
  const env = sandbox.environment()
  expect((await cli(argv, { env, cwd })).exitCode).toBe(0)
  const ada = await signedIn(site, ADA)
  sandbox.operations.arm({ at: { operation: 'UpdateFunctionCode', nth: 1 }, kind: 'crash-before' })
  await revoke(site)
  revive()
  expect(await isIn(ada, site)).toBe(true)
  const status = await command('status', site)
  expect(status.exitCode).toBe(3)
  const { findings } = status.json.data as StatusData
  expect(findings.map(({ code }) => code)).toContain('revocation-pending')
  const applied = await cli(['apply', '--json'], { env, cwd })
  expect(applied.exitCode, applied.stdout).toBe(0)
  expect(await isIn(ada, site)).toBe(false)
  expect((await command('status', site)).exitCode).toBe(0)
})
