import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { AwsCall } from '../../../src/aws/create.ts'
import { awsFailureOf } from '../../../src/aws/failure.ts'
import { GuardError } from '../../../src/errors/guard-error.ts'
import { EVERY_FIELD_CONFIG } from './distribution-fixture.ts'
import { json, standIn, xml, xmlError } from './server.ts'

const value = { Parameter: { Name: '/x', Type: 'String', Value: 'v', Version: 3 } }

async function failureOf(call: Promise<unknown>): Promise<GuardError> {
  const error: unknown = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof GuardError)) throw new Error(`no GuardError: ${String(error)}`)
  return error
}

describe('the configuration of a distribution', () => {
  test('is handed over byte for byte', async () => {
    const odd = `${EVERY_FIELD_CONFIG}\r\n<!-- é -->`
    await using stand = await standIn((_, response) => xml(response, 200, odd, { etag: 'E1' }))
    expect(await stand.aws.cloudfront.getConfig('E2')).toEqual({ xml: odd, etag: 'E1' })
  })

  test('is sent byte for byte, signed, with If-Match', async () => {
    await using stand = await standIn((_, response) =>
      xml(response, 200, '<Distribution><Id>E2</Id></Distribution>', { etag: 'E3' }),
    )
    const odd = `${EVERY_FIELD_CONFIG}\r\n<!-- é -->`
    expect(await stand.aws.cloudfront.updateConfig('E2', odd, 'E1')).toBe('done')
    const [sent] = stand.seen
    expect(sent?.method).toBe('PUT')
    expect(sent?.url).toBe('/2020-05-31/distribution/E2/config')
    expect(sent?.body).toBe(odd)
    expect(sent?.headers['if-match']).toBe('E1')
    expect(sent?.headers['content-length']).toBe(String(Buffer.byteLength(odd)))
    expect(sent?.headers['x-amz-content-sha256']).toBe(
      createHash('sha256').update(odd).digest('hex'),
    )
    expect(sent?.headers.authorization).toContain('/us-east-1/cloudfront/aws4_request')
  })

  test.each([
    [412, 'PreconditionFailed'],
    [400, 'InvalidIfMatchVersion'],
  ])('is stale on %i %s', async (status, code) => {
    await using stand = await standIn((_, response) =>
      xml(response, status, xmlError(code, 'The If-Match version is stale.')),
    )
    expect(await stand.aws.cloudfront.updateConfig('E2', EVERY_FIELD_CONFIG, 'E1')).toBe('stale')
  })

  test('is undefined for a distribution that is not there', async () => {
    await using stand = await standIn((_, response) =>
      xml(
        response,
        404,
        xmlError('NoSuchDistribution', 'The specified distribution does not exist.'),
      ),
    )
    expect(await stand.aws.cloudfront.getConfig('E2')).toBeUndefined()
    expect(await stand.aws.cloudfront.getDistribution('E2')).toBeUndefined()
  })
})

describe('every call', () => {
  test('goes to us-east-1, whatever AWS_REGION says', async () => {
    await using stand = await standIn((_, response) => json(response, 200, value), {
      env: { AWS_REGION: 'eu-central-1', AWS_DEFAULT_REGION: 'eu-central-1' },
    })
    await stand.aws.ssm.getSecret('/x')
    expect(stand.seen[0]?.headers.authorization).toContain('/us-east-1/ssm/')
  })

  test('is tried again when AWS throttles or breaks', async () => {
    const calls: AwsCall[] = []
    await using stand = await standIn(
      (_, response, count) => {
        if (count === 1)
          json(response, 400, { __type: 'ThrottlingException', message: 'Rate exceeded' })
        else if (count === 2) json(response, 503, {})
        else json(response, 200, value)
      },
      { onCall: (call) => calls.push(call) },
    )
    expect(await stand.aws.ssm.getSecret('/x')).toEqual({ value: 'v', version: 3 })
    expect(calls.map(({ service, operation, status }) => ({ service, operation, status }))).toEqual(
      [400, 503, 200].map((status) => ({ service: 'ssm', operation: 'GetParameter', status })),
    )
  })

  test('gives up after a bounded number of attempts', async () => {
    await using stand = await standIn((_, response) =>
      json(response, 400, { __type: 'ThrottlingException', message: 'Rate exceeded' }),
    )
    const error = await failureOf(stand.aws.ssm.getSecret('/x'))
    expect(error.code).toBe('aws-throttled')
    expect(stand.seen).toHaveLength(5)
  })

  test('ends at its deadline when an answer only drips', async () => {
    await using stand = await standIn(
      (_, response) => {
        response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' })
        const drip = setInterval(() => response.write(' '), 10)
        response.on('close', () => clearInterval(drip))
      },
      { deadlineMs: 150 },
    )
    const error = await failureOf(stand.aws.ssm.getSecret('/x'))
    expect(error.code).toBe('aws-unreachable')
    expect(error.message).toContain('no complete answer')
  })

  test('stops when it is told to', async () => {
    const stop = new AbortController()
    await using stand = await standIn(() => stop.abort(), { signal: stop.signal })
    expect((await failureOf(stand.aws.ssm.getSecret('/x'))).code).toBe('interrupted')
    expect((await failureOf(stand.aws.sts.identity())).code).toBe('interrupted')
    expect(stand.seen).toHaveLength(1)
  })

  test('leaves the time of AWS behind', async () => {
    const date = 'Mon, 02 Mar 2026 10:11:12 GMT'
    await using stand = await standIn((_, response) => json(response, 200, value, date))
    expect(stand.aws.serverTime()).toBeUndefined()
    await stand.aws.ssm.getSecret('/x')
    expect(stand.aws.serverTime()?.toISOString()).toBe('2026-03-02T10:11:12.000Z')
  })

  test('says so when nobody listens', async () => {
    const env = { AWS_ENDPOINT_URL: 'http://127.0.0.1:9' }
    await using stand = await standIn(() => undefined, { env })
    const error = await failureOf(stand.aws.sts.identity())
    expect(error.code).toBe('aws-unreachable')
    expect(error.message).toContain('http://127.0.0.1:9')
  })

  test('says so when something else than AWS answers', async () => {
    await using stand = await standIn((_, response) => {
      response.writeHead(200, { 'content-type': 'text/html' })
      response.end('<html><body><p>Sign in to the guest network</body></html>')
    })
    expect((await failureOf(stand.aws.sts.identity())).code).toBe('aws-failed')
  })
})

describe('a create whose answer was lost', () => {
  test('of a parameter is told as one that exists', async () => {
    await using stand = await standIn((_, response, count) => {
      if (count === 1) response.destroy()
      else json(response, 400, { __type: 'ParameterAlreadyExists', message: 'It exists.' })
    })
    const input = { name: '/x', value: 'v', secure: false, description: '' }
    expect(await stand.aws.ssm.create({ ...input, tags: {} })).toBe(false)
    expect(stand.seen).toHaveLength(2)
  })

  test('of a role is a failure with the reason already-exists', async () => {
    await using stand = await standIn((_, response, count) => {
      if (count === 1) response.destroy()
      else xml(response, 409, xmlError('EntityAlreadyExists', 'Role with name r already exists.'))
    })
    const error = await failureOf(
      stand.aws.iam.createRole({ name: 'r', description: '', trust: {}, tags: {} }),
    )
    expect(awsFailureOf(error)).toMatchObject({ reason: 'already-exists', status: 409 })
  })
})

describe('a parameter', () => {
  const input = { name: '/x', value: 'v', secure: false, description: '' }
  const bodies = (seen: { body: string }[]): unknown[] => seen.map(({ body }) => JSON.parse(body))

  test('is created with its tags where there is none, and overwritten only when that is meant', async () => {
    await using stand = await standIn((_, response) => json(response, 200, { Version: 1 }))
    await stand.aws.ssm.create({ ...input, tags: { owner: 'E1' } })
    await stand.aws.ssm.update(input)
    const [created, updated] = bodies(stand.seen)
    expect(created).toMatchObject({ Name: '/x', Tags: [{ Key: 'owner', Value: 'E1' }] })
    expect(created).not.toHaveProperty('Overwrite')
    expect(updated).toMatchObject({ Name: '/x', Overwrite: true })
    expect(updated).not.toHaveProperty('Tags')
  })

  test('is read and deleted like all the others where they are more than AWS takes at once', async () => {
    const names = Array.from({ length: 25 }, (_, index) => `/x/${index}`)
    await using stand = await standIn(({ body }, response) => {
      const { Names } = JSON.parse(body) as { Names: string[] }
      expect(Names.length).toBeLessThanOrEqual(10)
      const Parameters = Names.map((Name) => ({ Name, Value: `of ${Name}`, Version: 1 }))
      json(response, 200, { Parameters, DeletedParameters: Names })
    })
    const found = await stand.aws.ssm.get(names)
    expect(Object.keys(found).sort()).toEqual([...names].sort())
    expect(found['/x/24']?.value).toBe('of /x/24')
    await stand.aws.ssm.remove(names)
    const deleted = bodies(stand.seen.slice(3)) as { Names: string[] }[]
    expect(deleted.flatMap(({ Names }) => Names).sort()).toEqual([...names].sort())
  })
})

describe('a function', () => {
  test('whose tags may not be listed is not taken for another’s', async () => {
    const TagsError = { ErrorCode: 'AccessDeniedException', Message: 'lambda:ListTags' }
    await using stand = await standIn(({ url }, response) =>
      json(response, 200, url.includes('/versions') ? { Versions: [] } : { ...FOUND, TagsError }),
    )
    expect((await failureOf(stand.aws.lambda.getFunction('f'))).code).toBe('aws-denied')
  })

  test('that CloudFront still holds is not gone, and one that is gone is', async () => {
    const message = 'Lambda was unable to delete f because it is a replicated function.'
    await using held = await standIn((_, response) => {
      response.setHeader('x-amzn-errortype', 'InvalidParameterValueException')
      json(response, 400, { message })
    })
    expect(await held.aws.lambda.deleteFunction('f')).toBe(false)
    await using gone = await standIn((_, response) => {
      response.setHeader('x-amzn-errortype', 'ResourceNotFoundException')
      json(response, 404, { message: 'not found' })
    })
    expect(await gone.aws.lambda.deleteFunction('f')).toBe(true)
  })

  test('is published with the code that was named, or not at all', async () => {
    await using stand = await standIn((_, response) => json(response, 201, FOUND.Configuration))
    await stand.aws.lambda.publishVersion('f', 'sha', 'words')
    expect(JSON.parse(stand.seen[0]?.body ?? '')).toMatchObject({ CodeSha256: 'sha' })
  })
})

const FOUND = {
  Configuration: {
    FunctionArn: 'arn:aws:lambda:us-east-1:123456789012:function:f:1',
    Version: '1',
    CodeSha256: 'sha',
  },
}

describe('a secret value', () => {
  const secret = '{"version":1,"keys":[{"kty":"RSA","d":"very-private-member"}]}'

  test.each([
    ['it', secret],
    ['it with escapes', JSON.stringify(secret)],
    ['a part of it', 'very-private-member'],
    ['its end', secret.slice(-20)],
    ['its middle, cut off', `…${secret.slice(38, 54)}…`],
  ])('does not come back in the error that quotes %s', async (_what, quoted) => {
    await using stand = await standIn((_, response) =>
      json(response, 400, {
        __type: 'ValidationException',
        message: `Value '${quoted}' at 'value' failed to satisfy constraint`,
      }),
    )
    const input = { name: '/x', value: secret, secure: true, description: '' }
    const error = await failureOf(stand.aws.ssm.update(input))
    expect(error.code).toBe('aws-failed')
    expect(error.message).toContain('withheld')
    expect(JSON.stringify([error.message, error.hint, error.cause, error.stack])).not.toMatch(
      /very|private|member/,
    )
  })

  test('hides no error that says nothing of it', async () => {
    const message = "Value at 'value' failed to satisfy constraint"
    await using stand = await standIn((_, response) =>
      json(response, 400, { __type: 'ValidationException', message }),
    )
    const input = { name: '/x', value: secret, secure: true, description: '' }
    expect((await failureOf(stand.aws.ssm.update(input))).message).toContain(message)
  })
})

describe('the endpoint', () => {
  test('of SSM is handed on for the edge function', async () => {
    await using stand = await standIn(() => undefined)
    expect(stand.aws.endpoint).toBe(stand.url)
  })

  test('of one service goes before the general one', async () => {
    await using ssm = await standIn((_, response) => json(response, 200, value))
    await using other = await standIn(() => undefined, { env: { AWS_ENDPOINT_URL_SSM: ssm.url } })
    await other.aws.ssm.getSecret('/x')
    expect([ssm.seen.length, other.seen.length]).toEqual([1, 0])
    expect(other.aws.endpoint).toBe(ssm.url)
  })

  test.each([
    'http://10.0.0.1:4566',
    'https://example.com',
    'http://ssm.us-east-1.amazonaws.com',
    'http://127.0.0.1.example.com',
    'https://user@127.0.0.1.example.com',
    // Of AWS, and anybody's.
    'https://a1b2c3d4e5.execute-api.us-east-1.amazonaws.com',
    'https://bucket.s3.us-east-1.amazonaws.com',
    'https://ssm.us-east-1.amazonaws.com.s3.amazonaws.com',
    'https://lb-123.us-east-1.elb.amazonaws.com',
    'https://ec2-203-0-113-1.compute-1.amazonaws.com',
    'https://vpce-0a1b.vpce-svc-0c2d.us-east-1.vpce.amazonaws.com',
    'https://ssm.evil.execute-api.us-east-1.amazonaws.com',
    'nonsense',
  ])('%s is refused before anything is called', async (url) => {
    for (const name of ['IAM', 'CLOUDWATCH_LOGS', 'SSO', 'SSO_OIDC']) {
      const standing = standIn(() => undefined, { env: { [`AWS_ENDPOINT_URL_${name}`]: url } })
      expect((await failureOf(standing)).code).toBe('endpoint-not-loopback')
    }
  })

  test.each([
    'https://ssm.us-east-1.amazonaws.com',
    'https://ssm-fips.us-east-1.amazonaws.com/',
    'https://ssm.us-east-1.api.aws',
    'https://iam.amazonaws.com',
    'https://iam.global.api.aws',
    'https://sts.eu-central-1.amazonaws.com',
    'https://vpce-0a1b2c3d-4e5f-us-east-1a.ssm.us-east-1.vpce.amazonaws.com',
  ])('%s is AWS itself', async (url) => {
    await using stand = await standIn(() => undefined, { env: { AWS_ENDPOINT_URL_IAM: url } })
    expect(stand.aws.iam).toBeDefined()
  })
})
