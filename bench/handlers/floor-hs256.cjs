'use strict'
// A yardstick, not a product: the least that can check a session cookie signed with a shared secret.
// Like other guards of this kind it sends a stranger straight to the issuer, with a random state.
const { createHmac, randomBytes, timingSafeEqual } = require('node:crypto')
const { secret, authorize } = require('./config.json')

const key = Buffer.from(secret, 'base64url')

exports.handler = async (event) => {
  const { request } = event.Records[0].cf
  const token = cookie(request.headers.cookie, '__Host-guard')
  if (token !== undefined && valid(token)) {
    delete request.headers.cookie
    return request
  }
  const query = request.querystring ? `?${request.querystring}` : ''
  const state = randomBytes(16).toString('base64url')
  const path = encodeURIComponent(request.uri + query)
  return {
    status: '302',
    headers: {
      location: [{ key: 'Location', value: `${authorize}&state=${state}` }],
      'set-cookie': [{ key: 'Set-Cookie', value: `${state}=${path}; Secure; HttpOnly; Path=/` }],
      'cache-control': [{ key: 'Cache-Control', value: 'no-store' }],
    },
  }
}

function valid(token) {
  const [header, payload, signature] = token.split('.')
  if (signature === undefined) return false
  const expected = createHmac('sha256', key).update(`${header}.${payload}`).digest()
  const given = Buffer.from(signature, 'base64url')
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return false
  return JSON.parse(Buffer.from(payload, 'base64url').toString()).exp > Date.now() / 1000
}

function cookie(headers = [], name) {
  for (const { value } of headers) {
    for (const pair of value.split(';')) {
      const at = pair.indexOf('=')
      if (pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim()
    }
  }
}
