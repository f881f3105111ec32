import { describe, expect, it } from 'vitest'
import { GuardError } from '../../../src/errors/guard-error.ts'
import { adminConsole, normalizeOrgUrl } from '../../../src/okta/org-url.ts'

function refusal(input: string): GuardError {
  try {
    normalizeOrgUrl(input)
  } catch (error) {
    if (error instanceof GuardError) return error
  }
  throw new Error(`"${input}" was taken`)
}

describe('the Okta org URL', () => {
  it.each([
    ['https://acme.okta.com', 'https://acme.okta.com'],
    ['acme.okta.com', 'https://acme.okta.com'],
    ['  ACME.Okta.com/ ', 'https://acme.okta.com'],
    ['https://acme.okta.com/app/UserHome?x=1#y', 'https://acme.okta.com'],
    ['https://acme.okta.com./', 'https://acme.okta.com'],
    ['login.acme.com', 'https://login.acme.com'],
    ['http://127.0.0.1:4000/x', 'http://127.0.0.1:4000'],
    ['localhost:4000', 'http://localhost:4000'],
    ['http://[::1]:4000', 'http://[::1]:4000'],
  ])('takes %s as %s without a remark', (input, orgUrl) => {
    expect(normalizeOrgUrl(input)).toEqual({ orgUrl, corrected: undefined })
  })

  it.each([
    ['https://acme-admin.okta.com/admin/apps/active', 'acme.okta.com', 'acme-admin.okta.com'],
    ['dev-123-admin.oktapreview.com', 'dev-123.oktapreview.com', 'dev-123-admin.oktapreview.com'],
  ])('corrects the admin console %s and says so', (input, org, console) => {
    expect(normalizeOrgUrl(input)).toEqual({
      orgUrl: `https://${org}`,
      corrected: `${console} is the admin console; the org is ${org}.`,
    })
  })

  it.each([
    ['', 'The Okta org URL is empty.'],
    ['http://acme.okta.com', 'The Okta org URL must be https, and http://acme.okta.com is not.'],
    ['acme', '"acme" is not the host name of an Okta org.'],
    ['https://10.0.0.1', '"10.0.0.1" is not the host name of an Okta org.'],
    ['https://www.okta.com', "www.okta.com is Okta's own site, not an org."],
    ['ftp://acme.okta.com', 'The Okta org URL is not a web address.'],
    ['my org', 'The Okta org URL is not a web address.'],
    [
      'http://127.0.0.1.evil.com',
      'The Okta org URL must be https, and http://127.0.0.1.evil.com is not.',
    ],
  ])('refuses "%s"', (input, message) => {
    expect(refusal(input)).toMatchObject({ code: 'okta-url-invalid', message })
  })

  it('refuses a password without repeating it', () => {
    const error = refusal('https://admin:CANARY-pw@acme.okta.com')
    expect(error.message).toBe('The Okta org URL holds a user name or a password.')
    expect(JSON.stringify({ ...error })).not.toContain('CANARY')
  })

  it('knows the admin console of an Okta domain, and none of a custom one', () => {
    expect(adminConsole('https://acme.okta.com')).toBe('https://acme-admin.okta.com')
    expect(adminConsole('https://login.acme.com')).toBeUndefined()
  })
})
