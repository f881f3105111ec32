import type { Writable } from 'node:stream'
import { wrapLine } from './wrap.ts'

// Everything that steers a terminal, but the colors that we paint ourselves.
const CONTROLS = /\x1b\[\d+(?:;\d+)*m|[\x00-\x08\x0b-\x1f\x7f-\x9f]/g

/** One output stream, written line by line. */
export interface Channel {
  line(text: string): void
  /** Writes the beginning of a line that `close` may finish, if nothing came in between. */
  open(text: string): void
  /** Finishes the open line with `rest`, or writes `whole` if there is none. */
  close(rest: string, whole: string): void
  /** As it is: a document, not a line for people. */
  raw(text: string): void
  flush(): Promise<void>
}

export interface Paper {
  /** Of the terminal; undefined: lines stay as long as they are. */
  columns?: number | undefined
  /** What becomes of the commands in a text for people. */
  reworded?: (text: string) => string
}

/** A closed pipe (`| head`) is no error: what is written after it goes nowhere. */
export function createChannel(
  stream: Writable,
  color: boolean,
  { columns = Infinity, reworded = (text) => text }: Paper = {},
): Channel {
  let closed = false
  let opened = false
  stream.on('error', (error: NodeJS.ErrnoException) => {
    closed = true
    if (error.code !== 'EPIPE' && error.code !== 'ERR_STREAM_DESTROYED') throw error
  })
  const write = (text: string) => {
    if (!closed && !stream.destroyed) stream.write(text)
  }
  const clean = (text: string) =>
    text.replace(CONTROLS, (found) => (color && found.length > 1 ? found : ''))
  const lined = (text: string) => wrapLine(reworded(clean(text)), columns).join('\n')
  const endLine = () => {
    if (opened) write('\n')
    opened = false
  }
  return {
    line(text) {
      endLine()
      write(`${lined(text)}\n`)
    },
    open(text) {
      endLine()
      write(clean(text))
      opened = true
    },
    close(rest, whole) {
      write(`${opened ? clean(rest) : lined(whole)}\n`)
      opened = false
    },
    raw(text) {
      endLine()
      write(text)
    },
    async flush() {
      endLine()
      if (closed || stream.destroyed) return
      await new Promise<void>((resolve) => stream.write('', () => resolve()))
    },
  }
}
