import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { gatePage } from '../../../src/edge-function/pages/gate.ts'
import { pageResponse } from '../../../src/edge-function/pages/layout.ts'
import { failed, notRefreshed, oktaError } from '../../../src/edge-function/pages/failures.ts'
import * as pages from '../../../src/edge-function/pages/sign-in.ts'
import { denied, updating } from '../../../src/edge-function/pages/access.ts'
import type { Visit } from '../../../src/edge-function/types.ts'
import { edgeConfig, headerOf, ORIGIN } from '../../helpers/edge.ts'

const okta = 'acme.okta.example'
const config = edgeConfig()
const visit = (email?: string) =>
  ({ origin: ORIGIN, session: { sub: '00u1', name: 'Ada', ...(email && { email }) } }) as Visit
const show = (page: Parameters<typeof pageResponse>[0]) => pageResponse(page, ORIGIN, 'id==')
const all = {
  'bad-request': gatePage('bad-request', ORIGIN, 'id==', '/'),
  'not-found': gatePage('not-found', ORIGIN, 'id==', '/'),
  framed: gatePage('framed', ORIGIN, 'id==', '/'),
  unavailable: gatePage('unavailable', ORIGIN, 'id==', '/'),
  unusable: show(pages.unusable(ORIGIN)),
  attemptGone: show(pages.attemptGone(ORIGIN, '/a')),
  blockedCookies: show(pages.blockedCookies(ORIGIN, '/a')),
  accessDenied: show(pages.accessDenied(ORIGIN, '/a', okta)),
  oktaError: show(oktaError('invalid_scope', ORIGIN, '/a', config)),
  busy: show(oktaError('temporarily_unavailable', ORIGIN, '/a', config)),
  failed: show(failed('id-token', ORIGIN, '/a', config)),
  confirm: show(pages.confirmSignOut(`${ORIGIN}/_guard/logout?token=x`, ORIGIN)),
  notRefreshed: show(notRefreshed('okta-unavailable', ORIGIN, '/a', config)),
  denied: show(denied(visit('ada@example.com'), '/a', true)),
  updating: show(updating(ORIGIN, '/a')),
  signedOut: show(pages.signedOut(ORIGIN)),
}

describe.each(Object.entries(all))('the page %s', (name, response) => {
  const body = response.body!

  it('is a small whole document with one heading, a landmark, a way forward and the request id', () => {
    expect(Buffer.byteLength(body)).toBeLessThanOrEqual(8192)
    expect(body).toMatch(/^<!doctype html><html lang="en">.*<title>[^<]+<\/title>/i)
    expect(body.match(/<h1>/g)).toHaveLength(1)
    expect(body).toContain('<main>')
    expect(body).toMatch(/<a href="/)
    expect(body).toContain('id==')
  })

  it('L02 O17 loads nothing, runs nothing and is stored nowhere', () => {
    const style = createHash('sha256').update(/<style>(.*)<\/style>/s.exec(body)![1]!)
    expect(headerOf(response, 'content-security-policy')).toBe(
      `default-src 'none'; style-src 'sha256-${style.digest('base64')}'; form-action 'none'; base-uri 'none'; frame-ancestors ${name === 'framed' ? "'self'" : "'none'"}`,
    )
    expect(body).not.toMatch(/<script|<img|<link|url\(|@import| style=| on\w+=/i)
    expect(headerOf(response, 'x-content-type-options')).toBe('nosniff')
    expect(headerOf(response, 'referrer-policy')).toBe('no-referrer')
    expect(headerOf(response, 'cache-control')).toBe('no-store')
    expect(headerOf(response, 'strict-transport-security')).toBeDefined()
  })
})

describe('a page', () => {
  const evil = `"><script>'&`

  it('L01 R22 escapes every value', () => {
    const { body } = pageResponse(
      {
        status: 400,
        marker: 'page',
        title: evil,
        text: [evil],
        links: [{ href: evil, label: evil }],
      },
      `https://${evil}`,
      evil,
    )
    expect(body).not.toContain('<script')
    expect(body!.match(/&#34;&#62;&#60;script&#62;&#39;&#38;/g)).toHaveLength(7)
  })

  it('repeats an error code of Okta only if it is one', () => {
    expect(all.oktaError.body).toContain('“invalid_scope”')
    expect(show(oktaError(evil, ORIGIN, '/', config)).body).not.toContain('script')
  })

  it('says who is signed in on the page of a rule, escaped, and how to be somebody else', () => {
    expect(all.denied.body).toContain('ada@example.com')
    expect(all.denied.body).toContain('certain groups')
    expect(all.denied.body).toContain('/_guard/login?return_to=%2Fa&#38;switch=1')
    expect(show(denied(visit(), '/a', false)).body).toContain('signed in as Ada')
    expect(show(denied(visit(), '/a', false)).body).not.toContain('certain groups')
    expect(show(denied(visit(evil), '/a', false)).body).not.toContain('<script')
    expect(all.denied.status).toBe('403')
    expect(all.updating.status).toBe('503')
  })

  it('offers the start page of the site, unless it is the page that was refused', () => {
    expect(all.denied.body).toContain(`href="${ORIGIN}/"`)
    expect(show(denied(visit(), '/', false)).body).not.toContain(`href="${ORIGIN}/"`)
  })

  it('does not tell somebody whose session was not renewed that they were not signed in', () => {
    const page = notRefreshed('id-token', ORIGIN, '/a', config)
    expect(page.text.join(' ')).not.toMatch(/not signed in/)
  })

  it('tells somebody whose session was not renewed of both ways forward', () => {
    expect(all.notRefreshed.body).toContain('not signed out')
    expect(all.notRefreshed.body).toContain(`href="${ORIGIN}/a"`)
    expect(all.notRefreshed.body).toContain(`${ORIGIN}/_guard/login?return_to=%2Fa`)
  })

  it('asks for HTTPS only where it was served so', () => {
    const page = pageResponse(pages.signedOut('http://localhost:1'), 'http://localhost:1', 'x')
    expect(page.headers).not.toHaveProperty('strict-transport-security')
  })
})
