import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { RotateData } from '../../src/ui/schemas/data.ts'
import { createUserAgent } from '../../src/sandbox/user-agent.ts'
import type { CliRun } from '../helpers/cli.ts'
import { type Installed, type Stage, startStage } from '../helpers/install.ts'
import { Traffic } from '../helpers/traffic.ts'
import { quickKeys, withFreshKeys } from '../faults/matrix/quick-keys.ts'

const ADA = { login: 'ada@tidewater.example', password: 'ferry-harbor-1', name: 'Ada Byron' }
/** In milliseconds of the sandbox's clock: until Deployed, and until the last edge really has it. */
const DEPLOY = 60_000
const LAG = 105_000
const PIECE = 10_000

let stage: Stage
let site: Installed
let traffic: Traffic
/** An edge of one test alone, as both are: what one that is warm has in its memory does not go back. */
let late: string
let tests = 0
/** Brings back what was there when the guard had just been installed. */
let back: (() => void) | undefined

beforeAll(async () => {
  quickKeys()
  stage = await startStage({ delays: { deploy: DEPLOY } })
  stage.sandbox.okta.addUser({ ...ADA, groups: ['Reports'] })
})
beforeEach(async () => {
  if (back) back()
  else {
    site = await withFreshKeys(installed)
    back = stage.sandbox.snapshot()
  }
  tests += 1
  late = `late-${tests}`
  traffic = new Traffic(stage.sandbox, site, ADA, [`prompt-${tests}`, late])
}, 60_000)
afterEach(async () => {
  await traffic.end(0)
  stage.sandbox.cloudfront.release(late)
  stage.sandbox.operations.revive()
})
afterAll(() => stage.close())

async function installed(): Promise<Installed> {
  const made = stage.sandbox.createSite()
  const cwd = await stage.folder()
  const argv = ['init', '--distribution', made.distributionId, '--group', 'Reports', '--yes']
  const run = await stage.run(argv, { cwd, sleep: async (ms) => stage.sandbox.clock.advance(ms) })
  expect(run.exitCode, run.stderr).toBe(0)
  return { ...made, cwd }
}

/** Time goes on, and so does everybody's work; the late edge hears of a version as late as one may. */
async function pass(ms: number): Promise<void> {
  const { clock, cloudfront, operations } = stage.sandbox
  // On loopback CloudFront is asked every 50 ms, which would be a thousand sign-ins.
  for (let left = Math.max(ms, PIECE); left > 0; left -= PIECE) {
    clock.advance(Math.min(left, PIECE))
    const update = operations.log.findLast(({ operation }) => operation === 'UpdateDistribution')
    if (update && clock.now() >= update.at + DEPLOY + LAG) cloudfront.release(late)
  }
  await traffic.refresh()
  if ((beats += 1) % 2 === 0) await traffic.signIn()
}

let beats = 0

/** Until every edge has read the rings again and signs with the new keys. */
async function goOn(): Promise<void> {
  for (let count = 0; count < 14; count++) await pass(60_000)
}

/** What a run that comes later knows. */
function recordOf({ distributionId }: Installed): string {
  const name = `/s3-okta-guard/${distributionId}/manifest`
  const record = stage.sandbox.aws.parameters().find((one) => one.name === name)
  return (record?.value ?? '') + stage.sandbox.aws.distributionXml(distributionId)
}

function rotate(argv: string[] = []): Promise<CliRun> {
  return stage.run(['rotate-keys', '--yes', '--json', ...argv], { cwd: site.cwd, sleep: pass })
}

function dataOf(run: CliRun): RotateData {
  expect(run.json.error, run.stderr).toBeUndefined()
  return run.json.data as RotateData
}

async function atWork(): Promise<void> {
  stage.sandbox.operations.clearLog()
  stage.sandbox.cloudfront.hold(late)
  await traffic.begin()
}

function seen(name: string): void {
  const { requests, redirects, signIns, refreshes, failures } = traffic
  console.info(
    `${name}: ${requests} requests, ${redirects} redirects, ${signIns} sign-ins, ${refreshes} refreshes, ${failures.length} failures`,
  )
}

describe('people at work at two edges, one of them late', () => {
  it.each([['session'], ['client'], ['seal'], ['every']])(
    'B45 B46 B47 notice nothing of a rotation of %s ring',
    async (ring) => {
      await atWork()
      const run = await rotate(ring === 'every' ? [] : ['--only', ring])
      expect(run.exitCode, run.stdout + run.stderr).toBe(0)
      const { rings } = dataOf(run)
      expect(rings.map(({ state }) => state)).toEqual(rings.map(() => 'in-use'))
      await goOn()
      await traffic.end(25)
      seen(ring)
      expect(traffic.failures).toEqual([])
      expect(traffic.requests).toBeGreaterThan(20)
      expect(traffic.signIns).toBeGreaterThan(5)
      expect(traffic.refreshes).toBeGreaterThan(4)
    },
    120_000,
  )

  it('B44 B45 B46 notice nothing where the run is killed after each of its calls', async () => {
    await atWork()
    const { operations } = stage.sandbox
    let exitCode = -1
    let runs = 0
    let allowed = 1
    for (; exitCode !== 0 && runs < 120; runs++) {
      const before = recordOf(site)
      let calls = 0
      const stop = operations.afterMutation(({ resource, status }) => {
        if (resource.includes('/lock/') || status < 200 || status >= 300) return
        calls += 1
        if (calls >= allowed) operations.arm({ at: { mutation: 1 }, kind: 'crash-before' })
      })
      const run = await rotate()
      exitCode = run.exitCode
      stop()
      // Where nothing was written down, the next run must begin the same step again: it is let go further.
      allowed = recordOf(site) === before ? allowed + 1 : 1
      operations.revive()
      if (exitCode !== 0) await pass(61_000)
    }
    expect(exitCode).toBe(0)
    await goOn()
    await traffic.end(25)
    seen(`killed ${runs - 1} times`)
    expect(traffic.failures).toEqual([])
    expect(runs).toBeGreaterThan(15)
    const status = await stage.run(['status', '--json'], { cwd: site.cwd })
    expect(status.exitCode, status.stdout).toBe(0)
  }, 300_000)
})

describe('B49 --compromised', () => {
  it('session: everybody signs in again, and can', async () => {
    const before = await traffic.signIn()
    const run = await rotate(['--compromised', '--only', 'session'])
    expect(run.exitCode, run.stdout + run.stderr).toBe(0)
    expect(dataOf(run).notice.join(' ')).toMatch(/everybody/)
    const page = await before.request(`${site.url}/`)
    expect(page.status).toBe(302)
    expect(traffic.failures).toEqual([])
    await traffic.signIn()
    expect(traffic.failures).toEqual([])
  }, 120_000)

  it('client: the old key is of no use to anybody, and edges that had read it go on', async () => {
    await traffic.begin()
    for (let count = 0; count < 4; count++) await traffic.signIn()
    stage.sandbox.clock.advance(90_000)
    const run = await rotate(['--compromised', '--only', 'client'])
    expect(run.exitCode, run.stdout + run.stderr).toBe(0)
    stage.sandbox.clock.advance(90_000)
    for (let count = 0; count < 4; count++) await traffic.signIn()
    await traffic.refresh()
    await traffic.end(25)
    seen('client key leaked')
    const [jwk, ...more] = stage.app(site.distributionId).settings.oauthClient.jwks?.keys ?? []
    expect(more).toEqual([])
    expect(dataOf(run).rings[0]?.kid).toBe(jwk?.kid)
    expect(traffic.failures).toEqual([])
  }, 120_000)

  it('seal: a refresh cookie of before is worth nothing', async () => {
    const before = await traffic.signIn()
    const run = await rotate(['--compromised', '--only', 'seal'])
    expect(run.exitCode, run.stdout + run.stderr).toBe(0)
    stage.sandbox.clock.advance(7 * 60_000)
    const headers = { accept: 'application/json', 'sec-fetch-mode': 'cors' }
    const page = await before.request(`${site.url}/_guard/refresh`, { headers })
    expect(page.status).toBe(401)
    const after = createUserAgent()
    expect((await after.signIn(`${site.url}/`, ADA.login, ADA.password)).status).toBe(200)
  }, 120_000)
})
