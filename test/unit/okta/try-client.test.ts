import { createPublicKey } from 'node:crypto'
import { compactVerify, decodeJwt } from 'jose'
import { beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import type { GuardError } from '../../../src/errors/guard-error.ts'
import { tryClient, type ClientTrial } from '../../../src/okta/try-client.ts'
import { answering, json, type Answering } from '../../helpers/answering.ts'
import { readBasic } from '../../helpers/basic-authentication.ts'
import { NOW, signingKey, type SigningKey } from '../../helpers/edge.ts'

const SECRET = 'CANARY:se%cret+1'
const REDIRECT_URI = 'https://reports.example.com/_guard/callback'

let client: SigningKey
beforeAll(() => {
  client = signingKey('client-1')
})

/** What the token endpoint answers, by grant type. */
type Answers = Record<string, [status: number, error: unknown]>

const KNOWN: Answers = {
  refresh_token: [400, 'invalid_grant'],
  authorization_code: [400, 'invalid_grant'],
}

async function okta(answers: Answers = KNOWN): Promise<Answering> {
  return answering((_, response, body) => {
    const [status, error] = answers[new URLSearchParams(body).get('grant_type') ?? ''] ?? [404, '']
    json(response, status, { error, error_description: 'CANARY' })
  })
}

function trialAt({ url }: Pick<Answering, 'url'>, changes: Partial<ClientTrial> = {}): ClientTrial {
  return {
    tokenEndpoint: `${url}/oauth2/v1/token`,
    issuer: url,
    clientId: '0oaclient',
    kid: 'client-1',
    key: SECRET,
    now: new Date(NOW),
    signal: new AbortController().signal,
    ...changes,
  }
}

function forms({ seen }: Answering): Record<string, string>[] {
  return seen.map(({ body }) => Object.fromEntries(new URLSearchParams(body)))
}

describe('a client tried at the token endpoint', () => {
  it('shows its secret in the header alone, and grants that never were any', async () => {
    const server = await okta()
    const answer = await tryClient(trialAt(server, { redirectUri: REDIRECT_URI }))
    expect(answer).toEqual({
      authenticated: true,
      grants: { refresh_token: true, authorization_code: true },
    })
    expect(server.seen.map(({ headers }) => readBasic(headers.authorization))).toEqual([
      ['0oaclient', SECRET],
      ['0oaclient', SECRET],
    ])
    expect(forms(server)).toEqual([
      { grant_type: 'refresh_token', refresh_token: 'never-issued' },
      {
        grant_type: 'authorization_code',
        code: 'never-issued',
        redirect_uri: REDIRECT_URI,
        code_verifier: expect.stringMatching(/^[\w-]{43}$/) as string,
      },
    ])
  })

  it('signs for the endpoint with its key, by the clock it is told, each time anew', async () => {
    const server = await okta()
    const key = client.privateJwk
    const trial = trialAt(server, { key, redirectUri: REDIRECT_URI })
    expect(await tryClient(trial)).toMatchObject({ authenticated: true })
    const assertions = forms(server).map((form) => form['client_assertion'] ?? '')
    for (const assertion of assertions) {
      const { protectedHeader } = await compactVerify(assertion, createPublicKey(client.privateKey))
      expect(protectedHeader).toMatchObject({ alg: 'RS256', kid: 'client-1' })
      const { aud, iat, sub } = decodeJwt(assertion)
      expect([aud, sub]).toEqual([trial.tokenEndpoint, '0oaclient'])
      expect(Math.abs(iat! - NOW / 1000)).toBeLessThan(10)
    }
    expect(new Set(assertions.map((assertion) => decodeJwt(assertion).jti)).size).toBe(2)
    for (const { headers } of server.seen) expect(headers).not.toHaveProperty('authorization')
  })

  it.each([undefined, ''])('is asked for no code without a redirect URI (%j)', async (uri) => {
    const server = await okta()
    const answer = await tryClient(trialAt(server, uri === undefined ? {} : { redirectUri: uri }))
    expect(answer).toEqual({ authenticated: true, grants: { refresh_token: true } })
    expect(server.seen).toHaveLength(1)
  })

  it.each<[string, Answers, { refresh_token: boolean; authorization_code: boolean }]>([
    [
      'refresh_token',
      { ...KNOWN, refresh_token: [400, 'unauthorized_client'] },
      { refresh_token: false, authorization_code: true },
    ],
    [
      'authorization_code',
      { ...KNOWN, authorization_code: [400, 'unauthorized_client'] },
      { refresh_token: true, authorization_code: false },
    ],
  ])('is known, and lacks the grant type %s', async (_, answers, grants) => {
    const server = await okta(answers)
    const answer = await tryClient(trialAt(server, { redirectUri: REDIRECT_URI }))
    expect(answer).toEqual({ authenticated: true, grants })
  })

  it.each<[string, number, unknown, string]>([
    ['invalid_client', 401, 'invalid_client', 'invalid_client'],
    ['invalid_client with 400', 400, 'invalid_client', 'invalid_client'],
    ['another error', 400, 'invalid_request', 'invalid_request'],
    ['words for an error', 400, 'CANARY <b>', 'HTTP 400'],
    ['no code', 403, undefined, 'HTTP 403'],
    ['tokens', 200, undefined, 'HTTP 200'],
  ])('is not known where the answer is %s, and nothing more is tried', async (...row) => {
    const [, status, error, said] = row
    const server = await okta({ ...KNOWN, refresh_token: [status, error] })
    const answer = await tryClient(trialAt(server, { redirectUri: REDIRECT_URI }))
    expect(answer).toEqual({
      authenticated: false,
      grants: { refresh_token: false },
      error: said,
    })
    expect(server.seen).toHaveLength(1)
  })

  it.each([
    ['invalid_client', 401, false],
    ['invalid_request', 400, true],
  ])('has no word on codes where the second answer is %s', async (error, status, authenticated) => {
    const server = await okta({ ...KNOWN, authorization_code: [status, error] })
    const answer = await tryClient(trialAt(server, { redirectUri: REDIRECT_URI }))
    expect(answer).toEqual({ authenticated, grants: { refresh_token: true }, error })
  })

  it.each([
    ['a 401 with a challenge and no body', 401, ''],
    ['a page', 400, '<html>CANARY</html>'],
    ['null', 400, 'null'],
  ])('is not known where the answer is %s', async (_, status, body) => {
    const server = await answering((_request, response) => {
      response.writeHead(status, { 'www-authenticate': 'Basic realm="Okta"' }).end(body)
    })
    const answer = await tryClient(trialAt(server))
    expect(answer).toMatchObject({ authenticated: false, error: `HTTP ${status}` })
  })

  it.each([429, 500, 503])('is not judged by a server that answers %i', async (status) => {
    const server = await okta({ refresh_token: [status, 'invalid_client'] })
    const error = await tryClient(trialAt(server)).catch((cause: unknown) => cause)
    expect(error).toMatchObject({ code: 'okta-unreachable' })
    expect((error as GuardError).message).toContain(`HTTP ${status}`)
  })

  it('is told apart in Okta’s own form, where the client id is not known', async () => {
    const server = await answering((_, response) => {
      json(response, 401, { errorCode: 'invalid_client', errorSummary: 'Invalid value' })
    })
    expect(await tryClient(trialAt(server))).toEqual({
      authenticated: false,
      grants: { refresh_token: false },
      error: 'invalid_client',
    })
  })

  it('is not judged where nobody answers, and no error holds the secret', async () => {
    const error = await tryClient(trialAt({ url: 'http://127.0.0.1:1' })).catch(
      (cause: unknown) => cause,
    )
    expect(error).toMatchObject({ code: 'okta-unreachable' })
    const encoded = Buffer.from(`0oaclient:${encodeURIComponent(SECRET)}`).toString('base64')
    for (let cause = error; cause instanceof Error; cause = cause.cause) {
      expect(`${cause.message} ${cause.stack}`).not.toContain('CANARY')
      expect(`${cause.message} ${cause.stack}`).not.toContain(encoded)
    }
  })

  it('ends at once when the run is interrupted', async () => {
    const controller = new AbortController()
    const server = await answering(() => controller.abort())
    const trying = tryClient(trialAt(server, { signal: controller.signal }))
    await expect(trying).rejects.toMatchObject({ code: 'interrupted' })
  })
})

describe('an answer that begins and never ends', () => {
  const dripping = (): Promise<Answering> =>
    answering((_, response) => {
      response.writeHead(400, { 'content-type': 'application/json' })
      response.write('{"error":"inv')
      const drops = setInterval(() => response.write('x'), 10)
      response.on('close', () => clearInterval(drops))
    })

  it('is an endpoint that cannot be reached, and no word on the client', async () => {
    const server = await dripping()
    const timeout = vi.spyOn(AbortSignal, 'timeout').mockReturnValue(AbortSignal.timeout(150))
    onTestFinished(() => timeout.mockRestore())
    await expect(tryClient(trialAt(server))).rejects.toMatchObject({
      code: 'okta-unreachable',
      message: expect.stringContaining('it did not answer in time') as string,
    })
  })

  it('ends with Ctrl-C', async () => {
    const stop = new AbortController()
    setTimeout(() => stop.abort(), 100)
    const trial = tryClient(trialAt(await dripping(), { signal: stop.signal }))
    await expect(trial).rejects.toMatchObject({ code: 'interrupted' })
  })
})
