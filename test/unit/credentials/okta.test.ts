import { describe, expect, it } from 'vitest'
import { findOkta } from '../../../src/credentials/okta.ts'
import type { OktaSources } from '../../../src/credentials/okta.ts'
import { GuardError } from '../../../src/errors/guard-error.ts'

interface World {
  env?: Record<string, string>
  files?: Record<string, string>
  stdin?: string
  mode?: number
}

const HOME_YAML = '/home/kim/.okta/okta.yaml'
const TOKEN_YAML = 'okta:\n  client:\n    orgUrl: https://home.okta.com\n    token: 00home\n'
const NOTHING = { orgUrl: undefined, credentials: undefined, source: undefined, warnings: [] }

function world({ env = {}, files = {}, stdin, mode }: World): OktaSources & { read: string[] } {
  const read: string[] = []
  return {
    env,
    homedir: '/home/kim',
    read,
    readFile: (path) => {
      read.push(path)
      return Promise.resolve(files[path])
    },
    readStdin: () =>
      stdin === undefined ? Promise.reject(new Error('stdin was read')) : Promise.resolve(stdin),
    fileMode: () => Promise.resolve(mode),
  }
}

async function refusal(request: { tokenFile?: string }, from: World): Promise<string> {
  const error: unknown = await findOkta(request, world(from)).catch((thrown: unknown) => thrown)
  if (!(error instanceof GuardError)) throw new Error('nothing was refused')
  expect(error.code).toBe('okta-credentials')
  expect(`${error.stack}${JSON.stringify(error)}`).not.toContain('CANARY')
  return error.message
}

describe('where Okta credentials come from', () => {
  const everything = {
    env: { OKTA_CLIENT_ORGURL: 'https://env.okta.com', OKTA_CLIENT_TOKEN: '00env' },
    files: { '/run/token': '00file\n', [HOME_YAML]: TOKEN_YAML },
  }

  it('takes the token file first, with the org of the environment', async () => {
    expect(await findOkta({ tokenFile: '/run/token' }, world(everything))).toEqual({
      orgUrl: 'https://env.okta.com',
      credentials: { kind: 'token', token: '00file', source: '/run/token' },
      source: '/run/token',
      warnings: [],
    })
  })

  it('reads the token from stdin, with or without the name of its scheme', async () => {
    const found = await findOkta({ tokenFile: '-' }, world({ stdin: ' SSWS 00in\r\n' }))
    expect(found.credentials).toEqual({ kind: 'token', token: '00in', source: 'stdin' })
  })

  it('then the environment', async () => {
    expect(await findOkta({}, world(everything))).toMatchObject({
      orgUrl: 'https://env.okta.com',
      credentials: { kind: 'token', token: '00env', source: 'OKTA_CLIENT_TOKEN' },
    })
  })

  it('then ~/.okta/okta.yaml, and never a file in the current folder', async () => {
    const from = world({ files: { [HOME_YAML]: TOKEN_YAML, 'okta.yaml': TOKEN_YAML } })
    expect(await findOkta({}, from)).toEqual({
      orgUrl: 'https://home.okta.com',
      credentials: { kind: 'token', token: '00home', source: '~/.okta/okta.yaml' },
      source: '~/.okta/okta.yaml',
      warnings: [],
    })
    expect(from.read).toEqual([HOME_YAML])
  })

  it('finds nothing where there is nothing, and still tells the org', async () => {
    expect(await findOkta({}, world({}))).toEqual(NOTHING)
    const env = { OKTA_CLIENT_ORGURL: 'https://env.okta.com', OKTA_CLIENT_TOKEN: ' ' }
    expect(await findOkta({}, world({ env }))).toEqual({
      ...NOTHING,
      orgUrl: env.OKTA_CLIENT_ORGURL,
    })
    expect(await findOkta({}, world({ files: { [HOME_YAML]: '' } }))).toEqual(NOTHING)
  })

  it('never takes the token of one org to another', async () => {
    const files = { [HOME_YAML]: TOKEN_YAML }
    const other = await findOkta({ orgUrl: 'https://acme.okta.com' }, world({ files }))
    expect(other.credentials).toBeUndefined()
    const same = await findOkta({ orgUrl: 'https://home.okta.com' }, world({ files }))
    expect(same.credentials).toBeDefined()
    const admin = TOKEN_YAML.replace('home.okta', 'home-admin.okta')
    const pasted = world({ files: { [HOME_YAML]: admin } })
    expect((await findOkta({ orgUrl: 'https://home.okta.com' }, pasted)).credentials).toBeDefined()
  })

  it.each([
    'https://home.okta-admin.com',
    'https://home-admin.okta.com.evil.example',
    'https://home.okta.com.evil.example',
    'https://home.okta.com:8443',
    'https://evil.example/home.okta.com',
    'https://home.okta.com@evil.example',
  ])('nor to an address that only looks like the org: %s', async (orgUrl) => {
    const files = { [HOME_YAML]: TOKEN_YAML }
    expect((await findOkta({ orgUrl }, world({ files }))).credentials).toBeUndefined()
  })

  it('warns of a token that every user of the machine can read', async () => {
    const files = { '/run/token': '00file', [HOME_YAML]: TOKEN_YAML }
    const open = await findOkta({ tokenFile: '/run/token' }, world({ files, mode: 0o100644 }))
    expect(open.warnings).toEqual(['Every user of this machine can read /run/token: chmod 600 it.'])
    const closed = await findOkta({ tokenFile: '/run/token' }, world({ files, mode: 0o100640 }))
    expect(closed.warnings).toEqual([])
    expect((await findOkta({}, world({ files, mode: 0o644 }))).warnings).toHaveLength(1)
  })
})

describe('a service app', () => {
  const env = {
    OKTA_CLIENT_ORGURL: 'https://env.okta.com',
    OKTA_CLIENT_AUTHORIZATIONMODE: 'PrivateKey',
    OKTA_CLIENT_CLIENTID: '0oa1',
    OKTA_CLIENT_PRIVATEKEY: 'CANARY-key',
  }

  it('comes from the variables that Okta documents', async () => {
    const full = {
      ...env,
      OKTA_CLIENT_SCOPES: 'okta.apps.manage okta.groups.read x',
      OKTA_CLIENT_KEYID: 'k1',
    }
    expect((await findOkta({}, world({ env: full }))).credentials).toEqual({
      kind: 'service-app',
      clientId: '0oa1',
      privateKey: 'CANARY-key',
      keyId: 'k1',
      scopes: ['okta.apps.manage', 'okta.groups.read', 'x'],
      source: 'the OKTA_CLIENT_… variables',
    })
    expect((await findOkta({}, world({ env }))).credentials).toMatchObject({
      keyId: undefined,
      scopes: ['okta.apps.manage', 'okta.groups.read'],
    })
  })

  it('is meant when the mode says so, even beside a token', async () => {
    const both = await findOkta({}, world({ env: { ...env, OKTA_CLIENT_TOKEN: '00x' } }))
    expect(both.credentials?.kind).toBe('service-app')
  })

  it('comes from okta.yaml, with scopes as a list and the key as a mapping', async () => {
    const yaml =
      'okta:\n  client:\n    orgUrl: https://home.okta.com\n    authorizationMode: PrivateKey\n' +
      '    clientId: 0oa2\n    scopes:\n      - a\n      - b\n    privateKey:\n      kty: RSA\n      n: x\n'
    expect((await findOkta({}, world({ files: { [HOME_YAML]: yaml } }))).credentials).toEqual({
      kind: 'service-app',
      clientId: '0oa2',
      privateKey: '{"kty":"RSA","n":"x"}',
      keyId: undefined,
      scopes: ['a', 'b'],
      source: '~/.okta/okta.yaml',
    })
  })

  it('is refused when half of it is missing', async () => {
    const { OKTA_CLIENT_PRIVATEKEY, ...keyless } = env
    expect(OKTA_CLIENT_PRIVATEKEY).toBeDefined()
    expect(await refusal({}, { env: keyless })).toBe(
      'The Okta service app in the OKTA_CLIENT_… variables is incomplete: OKTA_CLIENT_PRIVATEKEY missing.',
    )
    const { OKTA_CLIENT_AUTHORIZATIONMODE, ...modeless } = env
    expect(OKTA_CLIENT_AUTHORIZATIONMODE).toBeDefined()
    expect(await refusal({}, { env: modeless })).toBe(
      'OKTA_CLIENT_CLIENTID is set, but neither OKTA_CLIENT_TOKEN nor OKTA_CLIENT_AUTHORIZATIONMODE=PrivateKey.',
    )
    const yaml = 'okta: {client: {authorizationMode: PrivateKey, privateKey: CANARY}}'
    expect(await refusal({}, { files: { [HOME_YAML]: yaml } })).toBe(
      'The Okta service app in ~/.okta/okta.yaml is incomplete: okta.client.clientId missing.',
    )
  })
})

describe('credentials that cannot be right', () => {
  it.each([
    [undefined, 'The Okta token file /t does not exist or cannot be read.'],
    [' \n', 'There is no Okta API token in /t: it is empty.'],
    ['token: CANARY', '/t holds more than one word: it must hold the Okta API token alone.'],
  ])('a token file that holds %j', async (content, message) => {
    const files = content === undefined ? {} : { '/t': content }
    expect(await refusal({ tokenFile: '/t' }, { files })).toBe(message)
  })

  it('an unknown mode, a mode without a token, a broken okta.yaml', async () => {
    expect(await refusal({}, { env: { OKTA_CLIENT_AUTHORIZATIONMODE: 'Bearer' } })).toBe(
      'OKTA_CLIENT_AUTHORIZATIONMODE is "Bearer"; it can be SSWS or PrivateKey.',
    )
    expect(await refusal({}, { env: { OKTA_CLIENT_AUTHORIZATIONMODE: 'SSWS' } })).toBe(
      'OKTA_CLIENT_AUTHORIZATIONMODE is SSWS, but OKTA_CLIENT_TOKEN is not set.',
    )
    const files = { [HOME_YAML]: 'okta: [CANARY: "' }
    expect(await refusal({}, { files })).toBe('~/.okta/okta.yaml is not valid YAML.')
  })
})
