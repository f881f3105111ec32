import type { Clock, Fault, Operation, Operations, Reply } from './types.ts'

interface Armed {
  fault: Fault
  seen: number
  left: number
}

/** The log of every call and the faults that tests arm, shared by all stand-in services. */
export function createOperations(clock: Clock): Operations {
  const log: Operation[] = []
  let armed: Armed[] = []
  let crashed = false
  let seq = 0
  let mutations = 0

  function hit(call: { operation: string; mutating: boolean }): Fault | undefined {
    for (const entry of armed) {
      const { at } = entry.fault
      const matches = 'mutation' in at ? call.mutating : call.operation === at.operation
      if (!matches) continue
      entry.seen += 1
      const first = 'mutation' in at ? at.mutation : at.nth
      if (entry.seen >= first && entry.left > 0) {
        entry.left -= 1
        return entry.fault
      }
    }
    return undefined
  }

  return {
    log,
    get crashed() {
      return crashed
    },
    arm(fault) {
      armed.push({ fault, seen: 0, left: fault.times ?? 1 })
    },
    revive() {
      armed = []
      crashed = false
    },
    clearLog() {
      log.length = 0
    },
    async perform(call, apply) {
      seq += 1
      if (call.mutating) mutations += 1
      const record = (status: number): void => {
        log.push({
          ...call,
          seq,
          mutation: call.mutating ? mutations : 0,
          status,
          at: clock.now(),
        })
      }
      if (crashed) {
        record(0)
        return undefined
      }
      const kind = hit(call)?.kind
      if (kind === 'crash-before' || kind === 'reset') {
        crashed = kind === 'crash-before'
        record(0)
        return undefined
      }
      if (typeof kind === 'object') {
        record(kind.status)
        const reply: Reply = { status: kind.status, body: kind.body ?? '' }
        if (kind.headers) reply.headers = kind.headers
        return reply
      }
      const reply = await apply()
      if (kind === 'crash-after' || kind === 'lost-answer') {
        crashed = kind === 'crash-after'
        record(0)
        return undefined
      }
      record(reply.status)
      return reply
    },
  }
}
