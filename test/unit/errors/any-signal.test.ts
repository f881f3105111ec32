import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { anySignal } from '../../../src/errors/any-signal.ts'
import { createOkta } from '../../../src/okta/index.ts'
import { createWeb } from '../../../src/web/index.ts'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

let collecting: NodeJS.Timeout
let server: Server
let url: string

/** A server that never answers, asked while every object that nobody holds goes away. */
beforeEach(async () => {
  server = createServer(() => undefined).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  collecting = setInterval(collect, 10)
})
afterEach(async () => {
  clearInterval(collecting)
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

const aborted = (signal: AbortSignal): Promise<unknown> =>
  new Promise((resolve) => signal.addEventListener('abort', () => resolve(signal.reason)))

describe('a deadline beside another signal', () => {
  it('comes also when nobody but the pair holds it', async () => {
    const reason = await aborted(
      anySignal([new AbortController().signal, AbortSignal.timeout(200)]),
    )
    expect(reason).toMatchObject({ name: 'TimeoutError' })
  })

  it('comes through a pair of pairs', async () => {
    const reason = await aborted(anySignal([anySignal([AbortSignal.timeout(200)])]))
    expect(reason).toMatchObject({ name: 'TimeoutError' })
  })

  it('ends a request to a server that never answers', async () => {
    const web = createWeb({ signal: new AbortController().signal, timeoutMs: 200 })
    await expect(web.metadata({ orgUrl: url, authorizationServer: 'org' })).rejects.toMatchObject({
      code: 'okta-unreachable',
    })
  })

  it('ends a call to an Okta that never answers', async () => {
    const admin = await createOkta({
      orgUrl: url,
      credentials: { kind: 'token', token: 'canary', source: 'OKTA_CLIENT_TOKEN' },
      signal: new AbortController().signal,
      deadline: () => AbortSignal.timeout(200),
    })
    await expect(admin.getApp('none')).rejects.toMatchObject({
      message: expect.stringContaining('it did not answer in time') as string,
    })
  })
})
