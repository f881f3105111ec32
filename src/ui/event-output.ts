import type { GuardError } from '../errors/guard-error.ts'
import { exitCodeOf } from '../errors/codes.ts'
import type { Finding, Plan, Step } from '../plan/types.ts'
import { createChannel } from './channel.ts'
import { jsonEnding, textEnding } from './ending.ts'
import { sortedKeys } from './envelope.ts'
import type { Io } from './io.ts'
import type { CommandResult, Output, Progress } from './output.ts'
import type { EventBody } from './schemas/events.ts'
import { styleFor } from './style.ts'
import { createView } from './view.ts'

export interface EventOptions {
  command: string
  json: boolean
  color: boolean
  quiet: boolean
  debug: boolean
}

type Emit = (body: EventBody) => void
type Level = Extract<EventBody, { event: 'message' }>['level']

/** `--json-events`: stderr is one JSON object a line and nothing else; stdout stays what it is. */
export function eventOutput(
  io: Io,
  options: EventOptions,
): { output: Output; flush(): Promise<void> } {
  const stderr = createChannel(io.stderr, false)
  const style = styleFor(io, 'stdout', options.color)
  const stdout = createChannel(io.stdout, style.color)
  const emit: Emit = (body) => {
    const time = new Date(io.now()).toISOString()
    const event = { schema: 's3-okta-guard/event@1', time, command: options.command, ...body }
    stderr.raw(`${JSON.stringify(sortedKeys(event))}\n`)
  }
  const ending = options.json
    ? jsonEnding(options.command, stdout)
    : textEnding(stdout, style, () => undefined)
  let ended = false
  const once = (end: () => void) => {
    if (!ended) end()
    ended = true
  }
  const say = (level: Level) => (message: string) => emit({ event: 'message', level, message })
  const output: Output = {
    info: (line) => options.quiet || say('info')(line),
    warn: say('warning'),
    notice: say('notice'),
    waiting: (message) => emit({ event: 'waiting', message }),
    debug: (line) => options.debug && say('debug')(line),
    plan: (plan) => options.quiet || emit(planEvent(plan)),
    steps: (total) => eventProgress(options.quiet ? () => undefined : emit, io.now, total),
    view(render) {
      const lines: string[] = []
      render(createView({ line: (text) => lines.push(text) }, PLAIN))
      if (!options.quiet) say('info')(lines.join('\n'))
    },
    settle: () => undefined,
    result: (result) =>
      once(() => {
        ending.result(result)
        for (const finding of findingsOf(result)) emit({ event: 'finding', ...finding })
        const { exitCode } = result
        emit({ event: 'finished', ok: exitCode === 0, exitCode })
      }),
    failure: (error) =>
      once(() => {
        ending.failure(error)
        emit(failedEvent(error))
      }),
  }
  return {
    output,
    flush: async () => void (await Promise.all([stderr.flush(), stdout.flush()])),
  }
}

const PLAIN = { color: false, paint: (_tone: unknown, text: string) => text }

function planEvent({ steps }: Plan): EventBody {
  return {
    event: 'plan',
    steps: steps.map(({ id, action, resource, reason, warnings }) => ({
      step: id,
      action,
      resource,
      reason,
      warnings,
    })),
  }
}

/** The commands that look carry them at the top, those that change in their plan. */
function findingsOf({ data }: CommandResult<unknown>): Finding[] {
  const { findings, plan } = (data ?? {}) as {
    findings?: Finding[]
    plan?: { findings?: Finding[] }
  }
  return findings ?? plan?.findings ?? []
}

function failedEvent({ code, message, hint = '', next, details }: GuardError): EventBody {
  const error = { code, message, hint, next, details }
  return { event: 'failed', ok: false, exitCode: exitCodeOf(code), error }
}

function eventProgress(emit: Emit, now: () => number, total: number): Progress {
  let number = 0
  return {
    begin(resource, given) {
      number += 1
      const { id: step, action }: Pick<Step, 'id' | 'action'> = given ?? NAMELESS
      const about = { step, action, resource }
      const began = now()
      let last = ''
      const end =
        (event: 'step-done' | 'step-unfinished' | 'step-failed') =>
        (message?: string): void => {
          const seconds = Math.round((now() - began) / 100) / 10
          emit({ event, ...about, seconds, ...(message !== undefined && { message }) })
        }
      emit({ event: 'step-started', ...about, number, total })
      return {
        update(message) {
          // Every look at CloudFront says the same for minutes.
          if (message !== last) emit({ event: 'waiting', ...about, message })
          last = message
        },
        done: end('step-done'),
        later: end('step-unfinished'),
        fail: end('step-failed'),
      }
    },
  }
}

const NAMELESS = { id: '', action: 'check' } as const
