import { randomUUID } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { namesOf } from '../../src/plan/names.ts'
import type { Sandbox, Site } from '../../src/sandbox/index.ts'
import type { Operation } from '../../src/sandbox/types.ts'
import { cli, type CliRun, temporaryFolder } from '../helpers/cli.ts'
import { quickKeys } from './matrix/quick-keys.ts'
import { FULL, SEED } from './matrix/scope.ts'
import { askAsStranger, endState, GROUP, inconsistencies, startWorld } from './world.ts'

const RUNS = FULL ? 40 : 6
const COMMANDS = ['init', 'apply', 'rotate-keys', 'revoke', 'teardown'] as const
type Name = (typeof COMMANDS)[number]

/** How a run may end that was at work together with another. */
const ALLOWED = [
  'changed-meanwhile',
  'install-incomplete',
  'not-installed',
  'tearing-down',
  'locked',
]
/** A rotation that only time keeps from its end. */
const UNFINISHED = 6

interface Run {
  name: Name
  /** Every run has keys of its own, so that the log tells whose call it was. */
  callers: string[]
  result: CliRun
}

let sandbox: Sandbox
let wanted: unknown

beforeAll(async () => {
  quickKeys()
  sandbox = await startWorld()
})
afterAll(() => sandbox.close())

async function run(site: Site, name: Name, callers: string[] = []): Promise<CliRun> {
  const id = site.distributionId
  const keys = sandbox.aws.addIdentity({ userName: `operator-${randomUUID()}` })
  const token = `00${randomUUID()}`
  sandbox.okta.store.tokens.set(token, { power: 'all', expired: false })
  callers.push(keys.accessKeyId, token.slice(-6))
  const cwd = await temporaryFolder()
  const file = path.join(cwd, 'wanted.json')
  await writeFile(file, JSON.stringify(settings(site)))
  const argv = {
    init: ['init', '--distribution', id, '--group', GROUP, '--yes'],
    apply: ['apply', '--config', file],
    // Only as far as it goes without waiting: nobody's time is pushed forward here.
    'rotate-keys': ['rotate-keys', '--distribution', id, '--yes', '--no-wait'],
    revoke: ['revoke', '--distribution', id, '--user', 'ada@tidewater.example', '--yes'],
    teardown: ['teardown', '--distribution', id, '--confirm', id],
  }
  return cli([...argv[name], '--json'], {
    cwd,
    env: {
      ...sandbox.environment(),
      AWS_ACCESS_KEY_ID: keys.accessKeyId,
      AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
      OKTA_CLIENT_TOKEN: token,
    },
    // Whoever waits for the lock looks often; the time of the sandbox is real here.
    sleep: () => new Promise((resolve) => setTimeout(resolve, 5)),
  })
}

function settings(site: Site): object {
  return {
    version: 1,
    distribution: site.distributionId,
    hosts: [new URL(site.url).host],
    behaviors: 'all',
    okta: { orgUrl: sandbox.okta.url },
    allow: { groups: [GROUP] },
    access: { public: ['/open/*'] },
  }
}

/** Calls that come within a millisecond or so of each other are let through in the order of the dice. */
function shuffle(dice: () => number): () => void {
  let waiting: (() => void)[] = []
  let isDue = false
  const release = (): void => {
    isDue = false
    const [next] = waiting.splice(Math.floor(dice() * waiting.length), 1)
    next?.()
    if (waiting.length > 0) schedule()
  }
  const schedule = (): void => {
    if (isDue) return
    isDue = true
    setTimeout(release, 1)
  }
  const stop = sandbox.operations.beforeEach(
    () =>
      new Promise<void>((resolve) => {
        waiting.push(resolve)
        schedule()
      }),
  )
  return () => {
    stop()
    for (const resolve of waiting.splice(0)) resolve()
    waiting = []
  }
}

/** Mulberry32: small, and the same everywhere. */
function diceOf(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

function isLockCall({ operation, resource, mutation }: Operation, site: Site): boolean {
  const { lock } = namesOf(site.distributionId)
  return mutation > 0 && /Parameter/.test(operation) && resource.includes(lock)
}

/** Between the first and the last change of a run that had the lock, nobody else changes anything. */
function overlaps(log: readonly Operation[], runs: Run[], site: Site): string[] {
  const changes = log.filter((one) => one.mutating && !isLockCall(one, site))
  const order = changes.map(({ caller }) => runs.findIndex((each) => each.callers.includes(caller)))
  const blocks = order.filter((owner, index) => owner !== order[index - 1])
  return blocks.length === new Set(blocks).size ? [] : [`runs take turns: ${blocks.join(' ')}`]
}

/** The model: a teardown leaves it open, any other change guarded, what changes nothing as it was. */
function modelled(
  log: readonly Operation[],
  runs: Run[],
  site: Site,
  before: 'open' | 'guarded',
): 'open' | 'guarded' {
  const owners = log
    .filter((one) => one.mutating && !isLockCall(one, site))
    .map(({ caller }) => runs.find((each) => each.callers.includes(caller))?.name)
  const last = owners.at(-1)
  if (last === undefined) return before
  return last === 'teardown' ? 'open' : 'guarded'
}

const commands = fc.array(fc.constantFrom<Name>(...COMMANDS), { minLength: 1, maxLength: 3 })

/** Whether a guard is there before, what each of them does, and how their calls are mixed. */
type Meeting = [isInstalled: boolean, one: Name[], other: Name[], seed: number]

/** Both have much to change from the first moment: without a lock they would be in each other's way. */
const MEETINGS: Meeting[] = [
  [false, ['init'], ['init'], 1],
  [true, ['rotate-keys'], ['apply'], 2],
  [true, ['rotate-keys'], ['teardown'], 3],
]

it(`B28 B30 two operators at the same time never work at once, and all ends well (FAULTS_SEED=${SEED})`, async () => {
  const meeting = fc.tuple(fc.boolean(), commands, commands, fc.integer())
  const property = fc.asyncProperty(meeting, async ([isInstalled, one, other, seed]) => {
    const site = sandbox.createSite()
    const untouched = endState(sandbox, site)
    if (isInstalled) expect((await run(site, 'init')).exitCode).toBe(0)
    sandbox.operations.clearLog()
    const runs: Run[] = []
    const operator = async (list: Name[]): Promise<void> => {
      for (const name of list) {
        const callers: string[] = []
        const entry = { name, callers } as Run
        runs.push(entry)
        entry.result = await run(site, name, callers)
      }
    }
    const stop = shuffle(diceOf(seed))
    try {
      await Promise.all([operator(one), operator(other)])
    } finally {
      stop()
    }
    for (const { name, result } of runs) {
      if (result.exitCode === 0) continue
      if (name === 'rotate-keys' && result.exitCode === UNFINISHED) continue
      expect(ALLOWED, `${name}: ${result.stdout}`).toContain(result.json.error?.code)
    }
    const { log } = sandbox.operations
    expect(overlaps(log, runs, site)).toEqual([])
    if (runs.every(({ result }) => result.exitCode !== 1)) {
      const before = isInstalled ? 'guarded' : 'open'
      expect(await askAsStranger(site)).toBe(modelled(log, runs, site, before))
    }

    expect((await run(site, 'init')).exitCode).toBe(0)
    const applied = await run(site, 'apply')
    expect(applied.exitCode, applied.stdout).toBe(0)
    expect(inconsistencies(sandbox, site)).toEqual([])
    wanted ??= await undisturbed()
    expect(numbered(endState(sandbox, site), runs)).toEqual(numbered(wanted, runs))
    expect((await run(site, 'teardown')).exitCode).toBe(0)
    expect(endState(sandbox, site)).toEqual(untouched)
  })
  const examples = MEETINGS.map((each): [Meeting] => [each])
  await fc.assert(property, { seed: SEED, numRuns: RUNS, examples, endOnFailure: !FULL })
}, 600_000)

async function undisturbed(): Promise<unknown> {
  const site = sandbox.createSite()
  await run(site, 'init')
  await run(site, 'apply')
  return endState(sandbox, site)
}

/** How many versions and revisions there have been is history, and so is what a rotation or a revocation adds. */
function numbered(state: unknown, runs: Run[]): unknown {
  const text = JSON.stringify(state)
    .replace(/(:function:[^":]+):\d+"/g, '$1:N"')
    .replace(/"revision":\d+/g, '"revision":0')
    .replace(/"versions":\d+/g, '"versions":0')
  const did = (name: Name): boolean => runs.some((each) => each.name === name)
  return JSON.parse(text, (key, value: unknown) => {
    if (did('rotate-keys') && ['keys', 'sessionKeys', 'rings'].includes(key)) return undefined
    if (did('revoke') && key === 'notBefore') return undefined
    if (did('revoke') && key === 'parameters') {
      return (value as { name: string }[]).filter(({ name }) => !name.endsWith('/revocations'))
    }
    return value
  }) as unknown
}
