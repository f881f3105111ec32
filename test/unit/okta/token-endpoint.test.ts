import { generateKeyPairSync } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import { decodeJwt } from 'jose'
import { expect, it } from 'vitest'
import { createOkta } from '../../../src/okta/index.ts'
import type { OktaAdmin } from '../../../src/okta/types.ts'
import { answering, json } from '../../helpers/answering.ts'

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })

/** With a service app, whose every call begins at the token endpoint. */
async function adminOf(
  token: (response: ServerResponse, asked: number, nonce: unknown) => void,
): Promise<{ admin: OktaAdmin; asked: () => number }> {
  let asked = 0
  const org = await answering(({ url = '', headers }, response) => {
    if (url !== '/oauth2/v1/token') return json(response, 200, {})
    asked += 1
    token(response, asked, decodeJwt(String(headers['dpop'])).nonce)
  })
  const admin = await createOkta({
    orgUrl: org.url,
    credentials: {
      kind: 'service-app',
      clientId: '0oaService',
      privateKey: String(privateKey.export({ format: 'pem', type: 'pkcs8' })),
      keyId: 'key-1',
      scopes: ['okta.apps.manage'],
      source: 'the OKTA_CLIENT_… variables',
    },
    deadline: () => AbortSignal.timeout(300),
    sleep: () => Promise.resolve(),
  })
  return { admin, asked: () => asked }
}

it.each([
  ['drips', 'x'],
  ['is larger than a buffer', 'x'.repeat(100_000)],
])('B07 a refusal of a token that %s and has no end, ends at the deadline', async (_how, more) => {
  // A listener that is missing somewhere would end the whole process here.
  const { admin } = await adminOf((response) => {
    response.writeHead(400, { 'content-type': 'application/json' })
    response.write('{"error":"')
    const dripping = setInterval(() => response.write(more), 20)
    response.on('close', () => clearInterval(dripping))
  })
  await expect(admin.getApp('0oaApp')).rejects.toMatchObject({
    code: 'okta-unreachable',
    message: expect.stringContaining('it did not answer in time') as string,
  })
})

it('a refusal of a token that is large is read to its end', async () => {
  const { admin } = await adminOf((response) =>
    json(response, 400, { error: 'invalid_client', error_description: 'no'.repeat(200_000) }),
  )
  await expect(admin.getApp('0oaApp')).rejects.toMatchObject({
    code: 'okta-credentials',
    message: expect.stringContaining('invalid_client') as string,
  })
})

it('a token endpoint that always wants another nonce is given up', async () => {
  const { admin, asked } = await adminOf((response, count) =>
    json(response, 400, { error: 'use_dpop_nonce' }, { 'dpop-nonce': `nonce-${count}` }),
  )
  await expect(admin.getApp('0oaApp')).rejects.toMatchObject({
    code: 'okta-credentials',
    message: expect.stringContaining('use_dpop_nonce') as string,
  })
  expect(asked()).toBeLessThan(30)
})

it('calls that begin together each get their nonce', async () => {
  const { admin, asked } = await adminOf((response, _count, nonce) =>
    nonce === 'nonce-1'
      ? json(response, 200, { token_type: 'DPoP', access_token: 'once', expires_in: 3600 })
      : json(response, 400, { error: 'use_dpop_nonce' }, { 'dpop-nonce': 'nonce-1' }),
  )
  const apps = await Promise.all(Array.from({ length: 10 }, () => admin.getApp('0oaApp')))
  expect(apps).toHaveLength(10)
  expect(asked()).toBeGreaterThan(10)
})
