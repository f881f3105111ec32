import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { credentialsError, environmentKeys } from '../../../src/aws/credentials.ts'
import { createAws } from '../../../src/aws/create.ts'
import { isLoopback } from '../../../src/aws/endpoints.ts'
import { awsFailureOf, kindOf, toFailure, toGuardError } from '../../../src/aws/failure.ts'
import { tryAws } from '../../../src/credentials/aws.ts'
import { GuardError } from '../../../src/errors/guard-error.ts'

function failed(name: string, message = 'said AWS', status = 400) {
  const error = Object.assign(new Error(message), {
    name,
    $metadata: { httpStatusCode: status },
    $response: { body: 'everything' },
  })
  return toFailure('lambda', 'CreateFunction', error)
}

describe('what AWS answers', () => {
  test.each([
    ['CredentialsProviderError', 'credentials'],
    ['ExpiredToken', 'credentials'],
    ['ExpiredTokenException', 'credentials'],
    ['InvalidClientTokenId', 'credentials'],
    ['UnrecognizedClientException', 'credentials'],
    ['SignatureDoesNotMatch', 'credentials'],
    ['AccessDenied', 'denied'],
    ['AccessDeniedException', 'denied'],
    ['ThrottlingException', 'throttled'],
    ['TooManyRequestsException', 'throttled'],
    ['TimeoutError', 'unreachable'],
    ['InvalidParameterValueException', 'failed'],
    ['NoSuchEntityException', 'failed'],
    ['ServiceException', 'failed'],
  ])('%s is %s', (name, kind) => {
    expect(kindOf(failed(name))).toBe(kind)
  })

  test.each(['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'EAI_AGAIN', 'CERT_HAS_EXPIRED'])(
    'the network error %s is unreachable',
    (code) => {
      const error = Object.assign(new Error('connect'), { code })
      expect(kindOf(toFailure('iam', 'GetRole', error))).toBe('unreachable')
    },
  )

  test('tells apart what InvalidParameterValueException means, by its message', () => {
    const role = 'The role defined for the function cannot be assumed by Lambda.'
    const name = 'InvalidParameterValueException'
    expect(failed(name, role).reason).toBe('role-not-assumable')
    expect(failed(name, 'Unzipped size must be smaller').reason).toBe('other')
  })

  test('tells apart what ResourceConflictException means, by its message', () => {
    const name = 'ResourceConflictException'
    expect(failed(name, 'Function already exist: x', 409).reason).toBe('already-exists')
    expect(failed(name, 'An update is in progress for resource: x', 409).reason).toBe('in-progress')
    expect(failed(name, 'The function is currently in the following state: Pending').reason).toBe(
      'in-progress',
    )
  })

  test('leaves nothing of the request or the answer in the cause', () => {
    const failure = failed('ServiceException')
    expect(Object.keys(failure).sort()).toEqual(
      ['message', 'name', 'operation', 'reason', 'service', 'status'].sort(),
    )
    expect(awsFailureOf(toGuardError(failure))).toBe(failure)
    expect(awsFailureOf(new Error('no'))).toBeUndefined()
  })
})

describe('a refusal', () => {
  test('names the action and the identity that AWS names', () => {
    const message =
      'User: arn:aws:sts::123456789012:assumed-role/dev/me is not authorized to perform: iam:PassRole on resource: arn:aws:iam::123456789012:role/r'
    const error = toGuardError(failed('AccessDeniedException', message, 403))
    expect(error.code).toBe('aws-denied')
    expect(error.message).toContain(
      'AWS refuses iam:PassRole to arn:aws:sts::123456789012:assumed-role/dev/me',
    )
    expect(error.details).toEqual(['iam:PassRole'])
  })

  test('names the call and the known identity when AWS names nobody', () => {
    const error = toGuardError(failed('AccessDenied', 'Access denied', 403), { identity: 'arn:me' })
    expect(error.message).toContain('AWS refuses lambda:CreateFunction to arn:me')
  })
})

describe('credentials', () => {
  let folder = ''
  let env: NodeJS.ProcessEnv = {}
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'guard-aws-'))
    env = {
      AWS_CONFIG_FILE: join(folder, 'config'),
      AWS_SHARED_CREDENTIALS_FILE: join(folder, 'credentials'),
    }
    await writeFile(
      join(folder, 'config'),
      '[profile work]\nsso_session = corp\nsso_account_id = 1\n[sso-session corp]\nsso_start_url = https://x\n[profile chained]\nrole_arn = arn:x\nsource_profile = work\n',
    )
    await writeFile(
      join(folder, 'credentials'),
      '[old]\naws_access_key_id = AKIDOLD\naws_secret_access_key = very-secret\n',
    )
  })
  afterAll(() => rm(folder, { recursive: true }))

  const none = failed('CredentialsProviderError', 'Could not load credentials from any providers')
  const expired = failed('ExpiredToken', 'The security token included in the request is expired')

  test.each(['work', 'chained'])(
    'of the SSO profile %s: names it and the command',
    async (profile) => {
      const error = await credentialsError(expired, { profile, env })
      expect(error.code).toBe('aws-credentials')
      expect(error.message).toContain(`profile "${profile}" have expired`)
      expect(error.next).toEqual([`aws sso login --profile ${profile}`])
    },
  )

  test('takes the profile from AWS_PROFILE', async () => {
    const source = { profile: undefined, env: { ...env, AWS_PROFILE: 'work' } }
    expect((await credentialsError(expired, source)).message).toContain('profile "work"')
  })

  test('of an unknown profile: names the files and the profiles there are', async () => {
    const error = await credentialsError(none, { profile: 'wrok', env })
    expect(error.message).toContain('no AWS profile "wrok"')
    expect(error.message).toContain(join(folder, 'config'))
    expect(error.message).toContain(join(folder, 'credentials'))
    expect(error.hint).toContain('old, work, chained')
  })

  test('of an unknown profile: are not looked for anywhere else', async () => {
    const aws = await createAws({
      profile: 'wrok',
      env: { ...env, AWS_ENDPOINT_URL: 'http://127.0.0.1:9', AWS_ACCESS_KEY_ID: 'AKIDX' },
      retryDelayMs: 0,
    })
    await expect(aws.sts.identity()).rejects.toMatchObject({
      code: 'aws-credentials',
      message: expect.stringContaining('no AWS profile "wrok"') as string,
    })
  })

  test('that are nowhere: names what was looked at', async () => {
    const error = await credentialsError(none, { profile: undefined, env })
    expect(error.message).toContain('No AWS credentials were found')
    expect(error.next[0]).toMatch(/^aws sso login --profile /)
  })

  test('of a role of this machine: are not said to be missing', async () => {
    const error = await credentialsError(expired, { profile: undefined, env })
    expect(error.message).toContain('credentials of this machine')
  })

  test('that need a second factor: says how to get a session', async () => {
    const message = 'Profile work requires multi-factor authentication'
    const asked = failed('CredentialsProviderError', message)
    const error = await credentialsError(asked, { profile: 'work', env })
    expect(error.next).toEqual(['aws configure export-credentials --profile work --format env'])
  })

  test('of a profile with keys: names the files, never a key', async () => {
    const error = await credentialsError(failed('InvalidClientTokenId', 'invalid', 403), {
      profile: 'old',
      env,
    })
    expect(error.hint).toContain(join(folder, 'credentials'))
    expect(JSON.stringify({ ...error, message: error.message })).not.toMatch(/very-secret|AKIDOLD/)
  })

  test('of the environment: says so', async () => {
    const keys = { ...env, AWS_ACCESS_KEY_ID: 'AKIDX', AWS_SECRET_ACCESS_KEY: 'secret' }
    const error = await credentialsError(expired, { profile: undefined, env: keys })
    expect(error.message).toContain('AWS_ACCESS_KEY_ID')
    expect(error.hint).toContain('expired')
    expect(environmentKeys({ profile: 'work', env: keys })).toBeUndefined()
    expect(environmentKeys({ profile: undefined, env: keys })).toEqual({
      accessKeyId: 'AKIDX',
      secretAccessKey: 'secret',
    })
  })

  test('are tried: a failure comes back instead of being thrown', async () => {
    const bad = new GuardError({ code: 'aws-credentials', message: 'no' })
    expect(await tryAws({ identity: () => Promise.reject(bad) })).toEqual({ error: bad })
    const identity = { account: '1', arn: 'arn:aws-cn:iam::1:user/x', partition: 'aws-cn' }
    expect(await tryAws({ identity: () => Promise.resolve(identity) })).toMatchObject({
      error: { code: 'partition-unsupported' },
    })
    const ours = { ...identity, partition: 'aws' }
    expect(await tryAws({ identity: () => Promise.resolve(ours) })).toEqual({ identity: ours })
  })
})

test('a certificate that nobody knows: names the variable that helps', () => {
  const error = Object.assign(new Error('unable to verify'), { code: 'SELF_SIGNED_CERT_IN_CHAIN' })
  const explained = toGuardError(toFailure('sts', 'GetCallerIdentity', error))
  expect(explained.code).toBe('aws-unreachable')
  expect(explained.hint).toContain('NODE_EXTRA_CA_CERTS')
})

test.each([
  ['localhost', true],
  ['127.8.9.1', true],
  ['[::1]', true],
  ['0.0.0.0', false],
  ['127.0.0.1.example.com', false],
  ['localhost.example.com', false],
])('%s is loopback: %s', (host, expected) => {
  expect(isLoopback(host)).toBe(expected)
})
