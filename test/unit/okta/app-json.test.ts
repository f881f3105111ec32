import { describe, expect, it } from 'vitest'
import { newApp, readApp, withFields } from '../../../src/okta/app-json.ts'
import type { AppJson } from '../../../src/okta/app-json.ts'
import { FIELDS, KEY } from './fields.ts'

const OTHER = { ...KEY, kid: 'two', n: 'tYdiUh'.repeat(57) }

/** As Okta shows it after an admin has worked on it. */
function found(): AppJson {
  const app = newApp(FIELDS) as Record<string, Record<string, unknown>>
  return {
    ...app,
    id: '0oa1',
    status: 'ACTIVE',
    notes: { admin: 'ask Kim' },
    futureField: [1, { two: 2 }],
    credentials: {
      ...app['credentials'],
      userNameTemplate: { template: '${source.email}', type: 'BUILT_IN' },
      oauthClient: { ...(app['credentials']?.['oauthClient'] as object), client_id: '0oa1', x: 1 },
    },
    settings: {
      ...app['settings'],
      oauthClient: {
        ...(app['settings']?.['oauthClient'] as object),
        logo_uri: 'https://acme.com/logo.png',
        jwks: { keys: [{ ...KEY, id: 'pks1', status: 'ACTIVE', created: 'then', _links: {} }] },
      },
    },
    profile: { ...app['profile'], costCenter: '42' },
    _links: { self: { href: 'https://acme.okta.com/api/v1/apps/0oa1' } },
  }
}

describe('the app as JSON', () => {
  it('is made as an OIDC web app that nobody sees on the dashboard', () => {
    expect(newApp(FIELDS)).toEqual({
      name: 'oidc_client',
      signOnMode: 'OPENID_CONNECT',
      label: 'S3 Okta Guard: reports.example.com',
      visibility: { autoSubmitToolbar: false, hide: { web: true, iOS: true } },
      credentials: {
        oauthClient: {
          autoKeyRotation: true,
          token_endpoint_auth_method: 'private_key_jwt',
          pkce_required: true,
        },
      },
      settings: {
        oauthClient: {
          wildcard_redirect: 'DISABLED',
          application_type: 'web',
          response_types: ['code'],
          grant_types: ['authorization_code', 'refresh_token'],
          redirect_uris: ['https://reports.example.com/_guard/callback'],
          post_logout_redirect_uris: ['https://reports.example.com/_guard/signed-out'],
          initiate_login_uri: 'https://reports.example.com/_guard/login',
          issuer_mode: 'ORG_URL',
          consent_method: 'TRUSTED',
          refresh_token: { rotation_type: 'STATIC' },
          jwks: { keys: [KEY] },
        },
      },
      profile: { managedBy: 's3-okta-guard', distribution: 'E123', awsAccount: '111122223333' },
    })
  })

  it('reads back what was written', () => {
    expect(readApp(found())).toEqual({ ...FIELDS, id: '0oa1', clientId: '0oa1', status: 'ACTIVE' })
  })

  it('changes only our fields: everything else comes back as it was', () => {
    const before = found()
    const { _links, ...expected } = found()
    const settings = expected['settings'] as { oauthClient: Record<string, unknown> }
    settings.oauthClient['redirect_uris'] = ['https://x.example/_guard/callback']
    settings.oauthClient['jwks'] = {
      keys: [{ ...KEY, id: 'pks1', status: 'ACTIVE', created: 'then' }, OTHER],
    }
    const after = withFields(before, {
      ...FIELDS,
      redirectUris: ['https://x.example/_guard/callback'],
      jwks: [KEY, OTHER],
    })
    expect(after).toEqual(expected)
    expect(before).toEqual(found())
  })

  it('keeps a hidden app as the admin wants it shown', () => {
    const visible = { ...found(), visibility: { hide: { web: false, iOS: false } } }
    expect(withFields(visible, FIELDS)['visibility']).toEqual({ hide: { web: false, iOS: false } })
  })

  it('takes the place of a key of ours that somebody changed under its kid', () => {
    const app = found()
    const client = (app['settings'] as { oauthClient: Record<string, unknown> }).oauthClient
    client['jwks'] = { keys: [{ ...KEY, n: OTHER.n, id: 'pks1' }] }
    const after = withFields(app, FIELDS)['settings'] as typeof app & { oauthClient: AppJson }
    expect(after.oauthClient['jwks']).toEqual({ keys: [KEY] })
  })

  it('shows a foreign key, an inactive one and a jwks_uri as differences', () => {
    const withClient = (change: AppJson) => {
      const app = found()
      Object.assign((app['settings'] as { oauthClient: AppJson }).oauthClient, change)
      return app
    }
    const ec = { kty: 'EC', kid: 'foreign', crv: 'P-256', x: 'x', y: 'y' }
    expect(readApp(withClient({ jwks: { keys: [KEY, ec] } })).jwks.map(({ kid }) => kid)).toEqual([
      'one',
      'foreign',
    ])
    const off = withClient({ jwks: { keys: [{ ...KEY, status: 'INACTIVE' }] } })
    expect(readApp(off).jwks).toEqual([])
    expect(readApp(withFields(off, FIELDS)).jwks).toEqual([KEY])
    const elsewhere = withClient({ jwks_uri: 'https://evil.example/jwks' })
    expect(readApp(elsewhere).jwks).toEqual([])
    expect(readApp(withFields(elsewhere, FIELDS)).jwks).toEqual([KEY])
  })

  describe('refresh tokens', () => {
    const ROTATE = { ...FIELDS, refreshToken: { rotation: 'ROTATE', leewaySeconds: 45 } }
    const sent = (app: AppJson) =>
      (app['settings'] as { oauthClient: AppJson }).oauthClient['refresh_token']

    it('rotate with their leeway, and read back as they were written', () => {
      const app = withFields(found(), ROTATE)
      expect(sent(app)).toEqual({ rotation_type: 'ROTATE', leeway: 45 })
      expect(readApp(app).refreshToken).toEqual(ROTATE.refreshToken)
    })

    it('keep a leeway that means nothing while they are static, and show no difference by it', () => {
      const app = withFields(withFields(found(), ROTATE), FIELDS)
      expect(sent(app)).toEqual({ rotation_type: 'STATIC', leeway: 45 })
      expect(readApp(app).refreshToken).toEqual(FIELDS.refreshToken)
    })

    it('are static where the app does not say: the default of web apps', () => {
      const app = found()
      delete (app['settings'] as { oauthClient: AppJson }).oauthClient['refresh_token']
      expect(readApp(app).refreshToken).toEqual({ rotation: 'STATIC' })
    })
  })

  it('reads an app of another kind without failing', () => {
    expect(readApp({ id: '0oa9', label: 'SAML', signOnMode: 'SAML_2_0' })).toMatchObject({
      id: '0oa9',
      label: 'SAML',
      clientId: '',
      redirectUris: [],
      pkceRequired: false,
      profile: { managedBy: '', distribution: '', awsAccount: '' },
    })
  })
})
