import { isDeepStrictEqual } from 'node:util'
import type { CliRun } from '../../helpers/cli.ts'
import type { Fault } from '../../../src/sandbox/types.ts'
import { endState, inconsistencies, parametersOf } from '../world.ts'
import type { FaultyCommand } from './commands.ts'
import { FOREIGN, type Kind } from './kinds.ts'
import { withFreshKeys } from './quick-keys.ts'
import { startWorld, type Stranger, type World } from './world.ts'

/** A world in which a command can be started as often as wanted, and what it ends in undisturbed. */
export interface Stage {
  world: World
  command: FaultyCommand
  /** Mutating calls of the undisturbed run. */
  calls: number
  wanted: unknown
  /** What so many undisturbed runs leave, one after the other. */
  after(runs: number): Promise<unknown>
}

export async function setStage(command: FaultyCommand): Promise<Stage> {
  const world = await startWorld()
  try {
    await withFreshKeys(() => command.prepare(world))
    world.keep()
    await world.begin()
    const smooth = await command.run(world)
    const answer = await world.ask()
    if (smooth.exitCode !== 0 || answer !== command.stranger.at(-1)) {
      throw new Error(`${command.name} undisturbed: stranger ${answer}, ${smooth.stdout}`)
    }
    const calls = world.sandbox.operations.log.filter(({ mutating }) => mutating).length
    const wanted = stateOf(world)
    const known = new Map([[1, wanted]])
    const after = async (runs: number): Promise<unknown> => {
      if (!known.has(runs)) known.set(runs, await undisturbed(world, command, runs))
      return known.get(runs)
    }
    return { world, command, calls, wanted, after }
  } catch (error) {
    await world.close()
    throw error
  }
}

async function undisturbed(world: World, command: FaultyCommand, runs: number): Promise<unknown> {
  await world.begin()
  for (let run = 0; run < runs; run++) await command.run(world)
  return stateOf(world)
}

/** Everything that is in the cloud, whose ever it seems to be. */
export function stateOf({ sandbox, site }: World): unknown {
  const app = [...sandbox.okta.store.apps.values()]
  return {
    site: withoutTimes(endState(sandbox, site)),
    inconsistencies: inconsistencies(sandbox, site),
    all: {
      roles: sandbox.aws.roles().length,
      functions: sandbox.aws.functions().length,
      parameters: parametersOf(sandbox).filter((one) => !isLock(one)).length,
      apps: app.length,
      groups: [...sandbox.okta.store.appGroups.values()].map((groups) => groups.size),
    },
  }
}

/** Since when sessions count is told to the second, and runs take their time. */
function withoutTimes(state: unknown): unknown {
  const text = JSON.stringify(state, (key, value: unknown) => {
    if (key !== 'notBefore') return value
    return JSON.parse(JSON.stringify(value).replace(/:[1-9]\d*/g, ':"a time"')) as unknown
  })
  return JSON.parse(text) as unknown
}

/** A kind of fault at the so manieth mutating call of a run. */
export interface Hit {
  kind: Kind
  call: number
}

/** Runs the command under each round of faults and then without; what is wrong comes back as text. */
export async function disturbed(stage: Stage, ...rounds: Hit[][]): Promise<string[]> {
  const { world, command } = stage
  const wanted: unknown[] = [undefined, stage.wanted]
  for (const round of rounds) {
    wanted.push(command.repeats ? await stage.after(rounds.indexOf(round) + 2) : stage.wanted)
  }
  await world.begin()
  const { operations } = world.sandbox
  const problems: string[] = await world.askReaders()
  const answers: Stranger[] = []
  let faults: Fault[] = []
  let calls = 0
  let edited = false
  const late: NodeJS.Timeout[] = []
  const runOut = (after: number): NodeJS.Timeout => setTimeout(() => world.runOutOfTime(), after)
  const stop = operations.afterMutation(async () => {
    calls += 1
    edited ||= isEdited(world)
    if (faults.some((fault) => isLate(fault, calls))) late.push(...RUN_OUT.map(runOut))
    answers.push(await world.ask())
    problems.push(...(await world.askReaders()))
  })
  // How often all that was asked for has been done.
  let times = 0
  try {
    let isDone = false
    for (const round of rounds) {
      if (command.repeats && isDone) break
      calls = 0
      faults = round.map(({ kind, call }) => kind.fault(world, call))
      for (const fault of faults) operations.arm(fault)
      const run = await command.run(world)
      for (const timer of late.splice(0)) clearTimeout(timer)
      problems.push(...judge(run, world, round))
      operations.revive()
      isDone = run.exitCode === 0
      if (isDone) {
        times += 1
        problems.push(
          ...compare(stateOf(world), wanted[times], 'said that it was done, and is not'),
        )
      } else if (command.repeats && isSame(stateOf(world), wanted[times + 1])) {
        // Its last call was made and only the answer is missing: whoever asks again asks for one more.
        times += 1
      }
    }
    faults = []
    if (!(command.repeats && isDone)) {
      const again = await command.run(world)
      problems.push(...judge(again, world, []))
      times += 1
    }
    problems.push(...compare(stateOf(world), wanted[times], 'ends otherwise than undisturbed'))
    answers.push(await world.ask())
    problems.push(...(await world.askReaders()))
    problems.push(...order(answers, command.stranger))
    if (edited && !isEdited(world)) problems.push('the change of somebody else is lost')
  } finally {
    stop()
    operations.revive()
  }
  return problems
}

function isEdited({ sandbox, site }: World): boolean {
  return sandbox.aws.distributionXml(site.distributionId).includes(FOREIGN)
}

/** Milliseconds; once more for a call that had not begun to wait. */
const RUN_OUT = [10, 1000, 3000]

/** A call that is not answered, or not at once, has no end of its own. */
function isLate({ at, kind }: Fault, call: number): boolean {
  const slow = kind === 'hang' || (typeof kind === 'object' && 'drip' in kind)
  return slow && 'mutation' in at && at.mutation === call
}

function compare(state: unknown, wanted: unknown, words: string): string[] {
  if (isSame(state, wanted)) return []
  return [`${words}: ${difference(plain(state), plain(wanted))}`]
}

function isSame(state: unknown, wanted: unknown): boolean {
  return isDeepStrictEqual(plain(state), plain(wanted))
}

/** The lock of a run that died stays for a minute; nothing else may. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value), (_key, part: unknown) =>
    Array.isArray(part) ? part.filter((one) => !isLock(one)) : part,
  )
}

function isLock(value: unknown): boolean {
  const { name } = (value ?? {}) as { name?: unknown }
  return typeof name === 'string' && name.includes('/lock/')
}

function difference(found: unknown, wanted: unknown, at = ''): string {
  if (isDeepStrictEqual(found, wanted)) return ''
  const isTree = (value: unknown): value is Record<string, unknown> =>
    typeof value === 'object' && value !== null
  if (!isTree(found) || !isTree(wanted)) {
    return `${at} is ${JSON.stringify(found)}, not ${JSON.stringify(wanted)}; `
  }
  const keys = new Set([...Object.keys(found), ...Object.keys(wanted)])
  return [...keys].map((key) => difference(found[key], wanted[key], `${at}/${key}`)).join('')
}

/** What an operator must never see, and what one must always be told. */
function judge(run: CliRun, world: World, hits: Hit[]): string[] {
  const problems: string[] = []
  const exits = hits.length === 0 ? [0] : hits.flatMap(({ kind }) => kind.exits)
  if (!exits.includes(run.exitCode)) problems.push(`exit ${run.exitCode}: ${run.stdout}`)
  const said = run.stdout + run.stderr
  if (/\n\s+at .+:\d+:\d+/.test(said)) problems.push(`a stack trace: ${said}`)
  for (const secret of secretsOf(world)) {
    if (said.includes(secret)) problems.push('a secret is told')
  }
  const { error } = run.json
  if (error?.code === 'internal') problems.push(`a bug: ${run.stdout}`)
  if (error && !error.next.some((line) => line.startsWith('s3-okta-guard '))) {
    problems.push(`no command to go on with: ${run.stdout}`)
  }
  return problems
}

function secretsOf({ sandbox }: World): string[] {
  const keys = sandbox.aws.parameters().flatMap(({ type, value }) => {
    if (type !== 'SecureString') return []
    const ring = JSON.parse(value) as { keys: { key: string | { d: string } }[] }
    return ring.keys.map(({ key }) => (typeof key === 'string' ? key : key.d))
  })
  return [sandbox.okta.token, sandbox.aws.credentials.secretAccessKey, ...keys]
}

/** Time goes one way: what a stranger gets never goes back, and is never an error. */
function order(answers: Stranger[], wanted: Stranger[]): string[] {
  let at = 0
  for (const answer of answers) {
    const next = wanted.indexOf(answer, at)
    if (next === -1) return [`a stranger gets ${answers.join(', ')}`]
    at = next
  }
  return at === wanted.length - 1 ? [] : [`a stranger gets ${answers.join(', ')} in the end`]
}
