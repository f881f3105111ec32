import childProcess from 'node:child_process'
import fs from 'node:fs'
import http from 'node:http'
import { syncBuiltinESMExports } from 'node:module'

/** What went out by one door, as text. */
export interface Door {
  /** `PutParameter /s3-okta-guard/…`, `file /tmp/…`, `argv`. */
  name: string
  text: string
}

export interface Doors {
  /** HTTP requests, sent by this process. */
  requests: Door[]
  /** Files written by this process, wherever and for however short a time, and their names. */
  files: Door[]
  /** Command lines and environments of processes that this one started. */
  processes: Door[]
  /** What went to the streams of the process behind the back of the command. */
  streams: Door[]
  stop(): void
}

type Any = (...given: unknown[]) => unknown
type Owner = Record<string, unknown>

/** Watches every way by which something can leave this process; `org` may have credentials in their header. */
export function watchDoors(org: string): Doors {
  const { host: trusted } = new URL(org)
  const undo: (() => void)[] = []
  const doors: Omit<Doors, 'stop'> = { requests: [], files: [], processes: [], streams: [] }
  const watch = (
    owner: object,
    names: readonly string[],
    seen: (given: unknown[], name: string, self: unknown) => void,
  ): void => {
    for (const name of names) {
      const original = (owner as Owner)[name] as Any
      if (typeof original !== 'function') throw new Error(`there is no ${name} to watch`)
      const watched = function (this: unknown, ...given: unknown[]): unknown {
        seen(given, name, this)
        return original.apply(this, given)
      }
      const own = Object.getOwnPropertyDescriptor(owner, name)
      Object.defineProperty(owner, name, {
        value: Object.assign(watched, original),
        writable: true,
        configurable: true,
      })
      undo.push(() => {
        if (own) Object.defineProperty(owner, name, own)
        else Reflect.deleteProperty(owner, name)
      })
    }
  }
  const file = (given: unknown[]): void => {
    const [first] = given
    const name = typeof first === 'string' || first instanceof URL ? String(first) : 'open'
    doors.files.push({ name: `file ${name}`, text: given.map(textOf).join('\n') })
  }
  watch(fs, ['writeFile', 'writeFileSync', 'appendFile', 'appendFileSync'], file)
  watch(fs, ['createWriteStream', 'writeSync', 'write', 'mkdirSync', 'renameSync'], file)
  watch(fs.WriteStream.prototype, ['write'], file)
  watch(fs.promises, ['writeFile', 'appendFile', 'rename', 'mkdir', 'open', 'symlink'], file)
  watch(fileHandle, ['writeFile', 'appendFile', 'write', 'writev'], file)
  const started = ['spawn', 'spawnSync', 'exec', 'execSync', 'execFile', 'execFileSync', 'fork']
  watch(childProcess, started, (given) => {
    doors.processes.push({ name: 'process', text: given.map(textOf).join('\n') })
  })
  for (const stream of [process.stdout, process.stderr]) {
    watch(stream, ['write'], (given) =>
      doors.streams.push({ name: 'stream', text: textOf(given[0]) }),
    )
  }
  watch(http.ClientRequest.prototype, ['write', 'end'], ([chunk], _name, self) => {
    const request = self as http.ClientRequest
    const target = String(request.getHeader('x-amz-target') ?? '').replace(/^.*\./, '')
    const name = `${request.method} ${request.path} ${target}`
    const headers = headersOf(request, trusted)
    doors.requests.push({ name, text: `${request.path}\n${headers}\n${textOf(chunk)}` })
  })
  watch(globalThis, ['fetch'], ([input, init]) => {
    const { method = 'GET', headers, body } = (init ?? {}) as RequestInit
    const url = input instanceof Request ? input.url : String(input)
    const name = `${method} ${url}`
    const isOrg = new URL(url).host === trusted
    const sent = [...new Headers(headers)].filter(
      ([header]) => header !== 'authorization' || !isOrg,
    )
    doors.requests.push({ name, text: `${name}\n${JSON.stringify(sent)}\n${textOf(body)}` })
  })
  syncBuiltinESMExports()
  return {
    ...doors,
    stop() {
      for (const one of undo.reverse()) one()
      syncBuiltinESMExports()
    },
  }
}

/** Credentials belong into this header, and to the org alone: a signature for AWS does not hold the key. */
function headersOf(request: http.ClientRequest, trusted: string): string {
  const { authorization, ...rest } = request.getHeaders()
  const isOrg = request.getHeader('host') === trusted
  return JSON.stringify(isOrg ? rest : { authorization, ...rest })
}

function textOf(value: unknown): string {
  if (value === undefined || value === null || typeof value === 'function') return ''
  if (typeof value === 'string') return value
  if (value instanceof Uint8Array) return Buffer.from(value).toString('latin1')
  if (value instanceof URLSearchParams || value instanceof URL) return String(value)
  try {
    return JSON.stringify(value) ?? ''
  } catch {
    return ''
  }
}

/** The class of what `open` gives has no name to import it by. */
const handle = await fs.promises.open(process.execPath, 'r')
const fileHandle = Object.getPrototypeOf(handle) as object
await handle.close()
