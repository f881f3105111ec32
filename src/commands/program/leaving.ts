import { interrupted } from '../../errors/interrupted.ts'
import type { Io } from '../../ui/io.ts'
import type { Output } from '../../ui/output.ts'

/** Milliseconds that a command has to end in after an error that it may never hear of. */
const GRACE_MS = 5_000

const FAILING = 'Something failed that should not. Stopping after this step.'

export interface Leaving {
  /** As the command ends, or earlier with what made it leave. */
  atLatest<T>(running: Promise<T>): Promise<T>
  end(): void
}

/**
 * Why a run ends before its command does. The first signal asks the command to stop, the second does not wait for it.
 * An error that nobody waits for, thrown by a library's socket, stops it like the first and is what it ends with.
 */
export function listen(
  io: Io,
  controller: AbortController,
  output: Output,
  stopping: string,
): Leaving {
  let leave: (error: unknown) => void = () => undefined
  const left = new Promise<never>((_, reject) => {
    leave = reject
  })
  left.catch(() => undefined)
  let unforeseen: { error: unknown; timer: NodeJS.Timeout } | undefined
  const stop = (words: string): void => {
    output.settle()
    output.notice(words)
    controller.abort(interrupted())
  }
  const offSignal = io.onSignal(() => {
    if (controller.signal.aborted) leave(interrupted())
    else stop(stopping)
  })
  const offUnforeseen = io.onUnforeseen((error) => {
    if (unforeseen) return
    unforeseen = { error, timer: setTimeout(() => leave(error), GRACE_MS) }
    if (!controller.signal.aborted) stop(FAILING)
  })
  return {
    async atLatest(running) {
      try {
        return await Promise.race([running, left])
      } catch (error) {
        throw unforeseen ? unforeseen.error : error
      }
    },
    end() {
      offSignal()
      offUnforeseen()
      clearTimeout(unforeseen?.timer)
    },
  }
}
