import type { Clock, Fault, FaultKind, Operation, Operations, Reply } from './types.ts'

interface Armed {
  fault: Fault
  seen: number
  left: number
}

type Call = Pick<Operation, 'service' | 'operation' | 'mutating' | 'resource'>

/** The log of every call and the faults that tests arm, shared by all stand-in services. */
export function createOperations(clock: Clock): Operations {
  const log: Operation[] = []
  let armed: Armed[] = []
  let crashed = false
  let seq = 0
  let mutations = 0

  /** Every armed fault counts every call that it matches, also one that another fault hits. */
  function hit(call: Call): FaultKind | undefined {
    let kind: FaultKind | undefined
    for (const entry of armed) {
      const { at } = entry.fault
      if (!concerns(at, call)) continue
      entry.seen += 1
      const first = 'mutation' in at ? at.mutation : at.nth
      if (kind !== undefined || entry.seen < first || entry.left === 0) continue
      entry.left -= 1
      kind = entry.fault.kind
    }
    return kind
  }

  /** Numbered and logged on arrival: calls overlap, and the log is in the order in which they came. */
  function enter(call: Call): Operation {
    seq += 1
    if (call.mutating) mutations += 1
    const entry: Operation = {
      service: call.service,
      operation: call.operation,
      mutating: call.mutating,
      resource: call.resource,
      seq,
      mutation: call.mutating ? mutations : 0,
      status: 0,
      at: clock.now(),
    }
    log.push(entry)
    return entry
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
      const entry = enter(call)
      if (crashed) return undefined
      const kind = hit(call)
      if (kind === 'hang') return { status: 0, delivery: 'hang' }
      if (kind === 'crash-before' || kind === 'reset') {
        crashed = kind === 'crash-before'
        return undefined
      }
      if (typeof kind === 'object' && 'status' in kind) return answer(entry, injected(kind))
      const reply = await apply()
      if (kind === 'crash-after') crashed = true
      // A caller that died while this call was under way does not hear of it either.
      if (crashed || kind === 'lost-answer') return undefined
      if (typeof kind === 'object') return answer(entry, { ...reply, delivery: kind })
      return answer(entry, reply)
    },
  }
}

function concerns(at: Fault['at'], call: Call): boolean {
  if ('mutation' in at) return call.mutating
  const { operation, resource = call.resource } = at
  return call.operation === operation && call.resource === resource
}

function injected(kind: Extract<FaultKind, { status: number }>): Reply {
  const reply: Reply = { status: kind.status, body: kind.body ?? '' }
  if (kind.headers) reply.headers = kind.headers
  return reply
}

function answer(entry: Operation, reply: Reply): Reply {
  entry.status = reply.status
  return reply
}
