import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Clock, EdgeVersion } from '../types.ts'

export type Outcome = { result: unknown } | { error: 'failed' | 'timeout' | 'exited' }

export interface Instance {
  invoke(id: string, event: unknown): Promise<Outcome>
  readonly alive: boolean
  close(): Promise<void>
}

/** MB: what Lambda@Edge gives at viewer events. */
const MEMORY = 128

interface Message {
  id?: string
  result?: unknown
  failed?: boolean
}

function environment({ credentials, functionName, version }: EdgeVersion): NodeJS.ProcessEnv {
  return {
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_SESSION_TOKEN: credentials.sessionToken,
    AWS_REGION: 'us-east-1',
    AWS_DEFAULT_REGION: 'us-east-1',
    AWS_LAMBDA_FUNCTION_NAME: `us-east-1.${functionName}`,
    AWS_LAMBDA_FUNCTION_VERSION: version,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(MEMORY),
    TZ: ':UTC',
  }
}

function start(runner: string, folder: string, version: EdgeVersion): ChildProcess {
  const [file = 'index', name = 'handler'] = version.handler.split('.')
  return spawn(
    process.execPath,
    [
      `--max-old-space-size=${MEMORY}`,
      runner,
      `${folder}/${file}.js`,
      name,
      version.functionName,
      version.version,
      version.arn,
    ],
    { cwd: folder, env: environment(version), stdio: ['ignore', 'pipe', 'pipe', 'ipc'] },
  )
}

/** One instance: one process, one request at a time, killed when it is too slow, as Lambda does it. */
export function startInstance(
  runner: string,
  folder: string,
  version: EdgeVersion,
  clock: Clock,
  log: (line: string) => void,
): Instance {
  const child = start(runner, folder, version)
  let alive = true
  let settle: ((outcome: Outcome) => void) | undefined
  const finish = (outcome: Outcome): void => {
    settle?.(outcome)
    settle = undefined
  }
  for (const stream of [child.stdout, child.stderr])
    if (stream) createInterface({ input: stream }).on('line', log)
  const exited = once(child, 'exit').catch(() => undefined)
  child.on('message', (message: Message) => {
    if (message.id === undefined) return
    finish(message.failed ? { error: 'failed' } : { result: message.result })
  })
  child.on('error', () => finish({ error: 'exited' }))
  child.on('exit', () => {
    alive = false
    finish({ error: 'exited' })
  })

  return {
    get alive() {
      return alive
    },
    invoke(id, event) {
      return new Promise((resolve) => {
        const milliseconds = version.timeout * 1000
        const timer = setTimeout(() => {
          log(`${id} Task timed out after ${version.timeout.toFixed(2)} seconds`)
          alive = false
          child.kill('SIGKILL')
          finish({ error: 'timeout' })
        }, milliseconds)
        settle = (outcome) => {
          clearTimeout(timer)
          resolve(outcome)
        }
        const deadline = Date.now() + milliseconds
        child.send({ id, event, deadline, now: clock.now() }, (error) => {
          if (error) finish({ error: 'exited' })
        })
      })
    },
    async close() {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL')
      await exited
    },
  }
}
