import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { GuardError } from '../errors/guard-error.ts'
import {
  generationOf,
  judgeLock,
  LEASE_SECONDS,
  leaseUntil,
  type LockRecord,
} from '../plan/lock.ts'
import { namesOf } from '../plan/names.ts'
import { OWNER_TAG } from '../plan/observed.ts'
import { cloudTime, type Cloud } from './cloud.ts'

/** Held while something may change; nothing is ever changed without it. */
export interface Lock {
  /** Throws `lock-lost` once the lease ran out or another run took over. */
  assertHeld(): void
  release(): Promise<void>
}

export interface LockOptions {
  distribution: string
  command: string
  who: string
  /** Seconds to wait for another run. */
  timeout: number
  onWait: (holder: LockRecord) => void
}

/**
 * `PutParameter` without Overwrite is the only atomic step, so a lock is a parameter that nobody else could create.
 * Taking over is creating the next generation: of two that try, one gets it.
 */
export async function acquireLock(cloud: Cloud, options: LockOptions): Promise<Lock> {
  const path = namesOf(options.distribution).lock
  const me = { who: options.who, host: hostname() }
  const deadline = Date.now() + options.timeout * 1000
  let told = false
  for (;;) {
    const held = await newest(cloud, path)
    const verdict = judgeLock(held?.record, me, cloudTime(cloud.aws), isRunning)
    if (verdict !== 'wait') {
      const taken = await take(cloud, options, me, (held?.generation ?? 0) + 1)
      if (taken) return taken
      continue
    }
    if (Date.now() >= deadline) throw lockedBy(held?.record)
    if (held?.record && !told) options.onWait(held.record)
    told = true
    await cloud.sleep(Math.min(2_000, Math.max(50, deadline - Date.now())))
  }
}

type Me = Pick<LockRecord, 'who' | 'host'>

/** undefined: another one was faster, or at the same time; then it is looked at once more. */
async function take(
  cloud: Cloud,
  options: LockOptions,
  me: Me,
  generation: number,
): Promise<Lock | undefined> {
  const { ssm } = cloud.aws
  const path = namesOf(options.distribution).lock
  const record = newRecord(options, me, cloudTime(cloud.aws))
  // Others count from then as well, however long the answer takes.
  const asked = Date.now()
  running.add(record.run)
  let taken: Lock | undefined
  try {
    const mine = parameter(path, generation, record)
    const tags = { [OWNER_TAG]: options.distribution }
    const created = await ssm.create({ ...mine, tags })
    if (!created && !(await isMine(cloud, path, generation, record.run))) return undefined
    const left = await leftOver(cloud, path, mine.name, me)
    if (left) {
      if (left.length > 0) await ssm.remove(left)
      taken = hold(cloud, path, generation, record, asked)
    } else {
      await ssm.remove([mine.name])
      await cloud.sleep(50 + Math.random() * 200)
    }
    return taken
  } finally {
    if (!taken) running.delete(record.run)
  }
}

/**
 * Names of the other locks, all of runs that are over; undefined where one of them is alive. A lock that is
 * released while several look is gone for one and never there for another: each finds a generation free. Who
 * looks after having made its own sees who did so before.
 */
async function leftOver(
  cloud: Cloud,
  path: string,
  mine: string,
  me: Me,
): Promise<string[] | undefined> {
  const names = (await cloud.aws.ssm.names(path)).filter((name) => name !== mine)
  if (names.length === 0) return []
  const found = await cloud.aws.ssm.get(names)
  const isAlive = names.some((name) => {
    const value = found[name]?.value
    const record = value === undefined ? undefined : readRecord(name, value)
    return judgeLock(record, me, cloudTime(cloud.aws), isRunning) === 'wait'
  })
  return isAlive ? undefined : names
}

function newRecord(options: LockOptions, me: Me, now: Date): LockRecord {
  return {
    version: 1,
    run: randomUUID(),
    command: options.command,
    ...me,
    pid: process.pid,
    since: now.toISOString(),
    until: leaseUntil(now),
  }
}

function parameter(path: string, generation: number, record: LockRecord) {
  return {
    name: `${path}${generation}`,
    value: JSON.stringify(record),
    secure: false,
    description: `s3-okta-guard ${record.command} is running`,
  }
}

async function newest(cloud: Cloud, path: string) {
  const names = await cloud.aws.ssm.names(path)
  const generation = Math.max(0, ...names.map(generationOf))
  if (generation === 0) return undefined
  const name = `${path}${generation}`
  const value = (await cloud.aws.ssm.get([name]))[name]?.value
  // Gone since it was listed: whoever took over from it has the generation after it.
  return { generation, record: value === undefined ? undefined : readRecord(name, value) }
}

function readRecord(name: string, value: string): LockRecord {
  try {
    const record = JSON.parse(value) as LockRecord
    if (typeof record.until === 'string' && typeof record.who === 'string') return record
  } catch {
    // Falls through to the same words: what stands there is not a lock of ours.
  }
  throw new GuardError({
    code: 'locked',
    message: `SSM parameter ${name} holds something that is not a lock.`,
    hint: 'If no other run is going on, delete it.',
    next: [`aws ssm delete-parameter --region us-east-1 --name ${name}`],
  })
}

/** After a lost answer the parameter may be there and be ours. */
async function isMine(cloud: Cloud, path: string, generation: number, run: string) {
  const name = `${path}${generation}`
  const value = (await cloud.aws.ssm.get([name]))[name]?.value
  return value !== undefined && readRecord(name, value).run === run
}

/** Runs of this very process; a lock with our pid and another run was left by a process that is gone. */
const running = new Set<string>()

function isRunning({ pid, run }: LockRecord): boolean {
  if (pid === process.pid) return running.has(run)
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

function lockedBy(record: LockRecord | undefined): GuardError {
  const holder = record
    ? `${record.command}, run by ${record.who} on ${record.host} (pid ${record.pid}) since ${record.since}`
    : 'another run'
  return new GuardError({
    code: 'locked',
    message: `The guard is being changed by ${holder}.`,
    hint: record
      ? `Wait for it, or run this again after ${record.until}: a run that died is taken over then.`
      : 'Run this again in a minute.',
  })
}

function hold(
  cloud: Cloud,
  path: string,
  generation: number,
  first: LockRecord,
  asked: number,
): Lock {
  const { ssm } = cloud.aws
  let renewedAt = asked
  let lost = false
  let released = false
  let renewal = Promise.resolve()
  const inLease = (): boolean => !lost && Date.now() - renewedAt < LEASE_SECONDS * 1000
  const renew = async (): Promise<void> => {
    const held = await newest(cloud, path)
    if (released) return
    if (!inLease() || held?.record?.run !== first.run) {
      lost = true
      return
    }
    const record = { ...first, until: leaseUntil(cloudTime(cloud.aws)) }
    const at = Date.now()
    await ssm.update(parameter(path, generation, record))
    renewedAt = at
  }
  const timer = setInterval(
    () => {
      // A failed renewal is tried again; the lease running out is what counts.
      renewal = renewal.then(renew).catch(() => undefined)
    },
    (LEASE_SECONDS / 3) * 1000,
  )
  timer.unref()
  return {
    assertHeld() {
      if (inLease()) return
      throw new GuardError({
        code: 'lock-lost',
        message: 'Another run has taken over the lock; nothing more was changed.',
        hint: 'Wait for the other run, then look at the state of things.',
        next: ['s3-okta-guard status'],
      })
    },
    async release() {
      clearInterval(timer)
      released = true
      // With Overwrite it would make the parameter again.
      await renewal
      running.delete(first.run)
      if (inLease() || (await isMine(cloud, path, generation, first.run))) {
        await ssm.remove([`${path}${generation}`])
      }
    },
  }
}
