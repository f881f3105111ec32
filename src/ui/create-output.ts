import { createChannel } from './channel.ts'
import type { Channel, Paper } from './channel.ts'
import { jsonEnding, textEnding } from './ending.ts'
import { errorLines } from './error-view.ts'
import { eventOutput } from './event-output.ts'
import { asInvoked } from './invocation.ts'
import type { KeptFlags } from './invocation.ts'
import type { Io } from './io.ts'
import type { Output, Progress } from './output.ts'
import { createProgress } from './progress.ts'
import type { Spinner } from './spinner.ts'
import { styleFor } from './style.ts'
import { createView } from './view.ts'

export interface OutputOptions {
  /** For `schema` of the JSON document. */
  command: string
  json: boolean
  /** NDJSON on stderr instead of text. */
  jsonEvents: boolean
  color: boolean
  quiet: boolean
  debug: boolean
  /** A question may follow, so that the plan is shown even with `--quiet`. */
  asks: boolean
  spinner?: Spinner | undefined
  kept?: KeptFlags
}

/** The output of one run, and how to wait until all of it is written. */
export function createOutput(
  io: Io,
  options: OutputOptions,
): { output: Output; flush(): Promise<void> } {
  if (options.jsonEvents) return eventOutput(io, options)
  const style = styleFor(io, 'stderr', options.color)
  const resultStyle = styleFor(io, 'stdout', options.color)
  const stderr = hiding(
    createChannel(io.stderr, style.color, paperOf(io, 'stderr', options.kept)),
    options.spinner,
  )
  const stdout = createChannel(io.stdout, resultStyle.color, paperOf(io, 'stdout', options.kept))
  const view = createView(stderr, style)
  const ending = options.json
    ? jsonEnding(options.command, stdout)
    : textEnding(stdout, resultStyle, (error) => {
        for (const line of errorLines(error, style)) stderr.line(line)
      })
  let ended = false
  const once = (end: () => void) => {
    options.spinner?.hide()
    if (!ended) end()
    ended = true
  }
  const output: Output = {
    info: (line) => options.quiet || stderr.line(line),
    warn: (line) => stderr.line(`${style.paint('attention', 'warning:')} ${line}`),
    notice: (line) => stderr.line(line),
    waiting: (line) => stderr.line(line),
    debug: (line) => options.debug && stderr.line(style.paint('muted', `debug: ${line}`)),
    plan(plan) {
      if (options.quiet && !options.asks) return
      view.plan(plan)
    },
    steps: (total) =>
      options.quiet
        ? SILENT
        : createProgress({ channel: stderr, style, spinner: options.spinner, now: io.now }, total),
    view: (render) => options.quiet || render(view),
    settle: () => options.spinner?.hide(),
    result: (result) => once(() => ending.result(result)),
    failure: (error) => once(() => ending.failure(error)),
  }
  return {
    output,
    async flush() {
      options.spinner?.hide()
      await Promise.all([stderr.flush(), stdout.flush()])
    },
  }
}

/** Lines are broken for a terminal alone: what reads a pipe wants them whole. */
function paperOf(
  { env, columns, isTTY }: Io,
  stream: 'stdout' | 'stderr',
  kept: KeptFlags | undefined,
): Paper {
  return { columns: isTTY[stream] ? columns : undefined, reworded: asInvoked(env, kept) }
}

/** Frames of a spinner would be drawn over a line that is written under it. */
function hiding(channel: Channel, spinner: Spinner | undefined): Channel {
  if (!spinner) return channel
  return {
    ...channel,
    line(text) {
      spinner.hide()
      channel.line(text)
    },
  }
}

const SILENT: Progress = {
  begin: () => ({
    update: () => undefined,
    done: () => undefined,
    later: () => undefined,
    fail: () => undefined,
  }),
}
