import type { Clock, Fault, FaultKind, Operation, Operations, Refusal, Reply } from './types.ts'

interface Armed {
  fault: Fault
  seen: number
  left: number
}

type Call = Parameters<Operations['perform']>[0]

/** The log of every call and the faults that tests arm, shared by all stand-in services. */
export function createOperations(clock: Clock): Operations {
  const log: Operation[] = []
  const hooks = new Set<Parameters<Operations['afterMutation']>[0]>()
  const gates = new Set<Parameters<Operations['beforeEach']>[0]>()
  let armed: Armed[] = []
  /** What a lasting refusal has done to the caller. */
  let refused: { call: Call; refusal: Refusal }[] = []
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
      caller: call.caller ?? '',
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
      refused = []
      crashed = false
    },
    beforeEach(hook) {
      gates.add(hook)
      return () => gates.delete(hook)
    },
    afterMutation(hook) {
      hooks.add(hook)
      return () => hooks.delete(hook)
    },
    clearLog() {
      log.length = 0
    },
    async perform(call, apply, refuse) {
      for (const gate of gates) await gate()
      const entry = enter(call)
      if (crashed) return undefined
      const kind = hit(call) ?? lasting(call)
      const reply = await answered(entry, kind, apply, refuse)
      if (call.mutating) for (const hook of hooks) await hook(entry)
      return reply
    },
  }

  function lasting(call: Call): FaultKind | undefined {
    const found = refused.find((one) =>
      one.refusal === 'denied'
        ? one.call.operation === call.operation
        : isOkta(one.call) === isOkta(call),
    )
    return found && { refuse: found.refusal }
  }

  async function answered(
    entry: Operation,
    kind: FaultKind | undefined,
    apply: () => Reply | Promise<Reply>,
    refuse: ((refusal: Refusal) => Reply) | undefined,
  ): Promise<Reply | undefined> {
    if (kind === 'hang') return { status: 0, delivery: 'hang' }
    if (kind === 'crash-before' || kind === 'reset') {
      crashed = kind === 'crash-before'
      return undefined
    }
    if (typeof kind === 'object' && 'status' in kind) return answer(entry, injected(kind))
    if (typeof kind === 'object' && 'refuse' in kind) {
      if (!refuse) throw new Error(`${entry.operation} has no words for a refusal`)
      if (kind.applied) await apply()
      if (kind.lasting) refused.push({ call: entry, refusal: kind.refuse })
      return answer(entry, refuse(kind.refuse))
    }
    if (typeof kind === 'object' && 'meanwhile' in kind) await kind.meanwhile()
    const reply = await apply()
    if (kind === 'crash-after') crashed = true
    // A caller that died while this call was under way does not hear of it either.
    if (crashed || kind === 'lost-answer') return undefined
    if (kind === 'malformed') return answer(entry, cutShort(reply))
    if (typeof kind === 'object' && 'drip' in kind) {
      return answer(entry, { ...reply, delivery: kind })
    }
    return answer(entry, reply)
  }
}

function isOkta({ service }: Call): boolean {
  return service === 'okta'
}

/** A proxy's page, or as much of the body as came through. */
function cutShort(reply: Reply): Reply {
  const body = Buffer.from(reply.body ?? '')
  if (body.length === 0) {
    return { status: 200, headers: { 'Content-Type': 'text/html' }, body: '<html><body>Hello' }
  }
  return { ...reply, body: body.subarray(0, Math.floor(body.length / 2)) }
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
