import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { send } from '../../../src/edge-function/sign-in/http.ts'
import { anySignal } from '../../../src/errors/any-signal.ts'
import { createOkta } from '../../../src/okta/index.ts'
import { createWeb } from '../../../src/web/index.ts'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void
const DEADLINE_MS = 250

let collecting: NodeJS.Timeout
let server: Server
let url: string

/** A server whose answers begin and never end, while every object that nobody holds goes away. */
beforeEach(async () => {
  server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'x-amz-request-id': '1' })
    response.write('{"keys":"')
    const dripping = setInterval(() => response.write('x'), 20)
    response.on('close', () => clearInterval(dripping))
  }).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  collecting = setInterval(collect, 10)
})
afterEach(async () => {
  clearInterval(collecting)
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

const web = (): ReturnType<typeof createWeb> =>
  createWeb({ signal: new AbortController().signal, timeoutMs: DEADLINE_MS })

describe('B07 an answer that begins and never ends, ends at its deadline', () => {
  it.each([
    ['alone', () => AbortSignal.timeout(DEADLINE_MS)],
    ['beside another', () => anySignal([AbortSignal.timeout(DEADLINE_MS)])],
  ])('at the edge, %s', async (_how, signal) => {
    await expect(send(url, { method: 'GET', signal: signal() })).rejects.toThrow(/abort/)
  })

  it('for the metadata of an org', async () => {
    const asked = web().metadata({ orgUrl: url, authorizationServer: 'org' })
    await expect(asked).rejects.toMatchObject({
      code: 'okta-unreachable',
      message: expect.stringContaining('in time') as string,
    })
  })

  it('for a bucket', async () => {
    expect(await web().askBucket(url)).toEqual({
      kind: 'unreachable',
      detail: 'it did not answer in time',
    })
  })

  it('for a sign-in that is begun, which reads no body', async () => {
    const question = { endpoint: `${url}/authorize`, clientId: 'c', redirectUri: url, scope: 'x' }
    expect(await web().beginSignIn(question)).toMatchObject({ kind: 'unclear' })
  })

  it.each(['getApp', 'findGroups', 'findAppsByLabel'] as const)(
    "for Okta's management API: %s",
    async (call) => {
      const admin = await createOkta({
        orgUrl: url,
        credentials: { kind: 'token', token: 'canary', source: 'OKTA_CLIENT_TOKEN' },
        signal: new AbortController().signal,
        deadline: () => AbortSignal.timeout(DEADLINE_MS),
      })
      await expect(admin[call]('none')).rejects.toMatchObject({ code: 'okta-unreachable' })
    },
  )
})
