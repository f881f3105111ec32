import { readFile } from 'node:fs/promises'
import { createServer, request as forward } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { unzipSync } from 'fflate'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import type { CliRun } from '../../helpers/cli.ts'
import { startStage, type Stage } from '../../helpers/install.ts'

let stage: Stage

beforeAll(async () => {
  stage = await startStage()
})
afterAll(() => stage.close())

/** The operator's own. */
function credentials(): string[] {
  return [stage.sandbox.okta.token, stage.sandbox.aws.credentials.secretAccessKey]
}

/** The private members of every key that stands in SSM. */
function privateParts(id: string): string[] {
  const rings = stage.sandbox.aws.parameters().filter(({ name }) => name.includes(`${id}/keys/`))
  expect(rings.map(({ type }) => type)).toEqual(['SecureString', 'SecureString', 'SecureString'])
  return rings.flatMap(({ value }) => {
    const { keys } = JSON.parse(value) as { keys: { key: string | Record<string, string> }[] }
    return keys.flatMap(({ key }) =>
      typeof key === 'string'
        ? [key]
        : ['d', 'p', 'q', 'dp', 'dq', 'qi'].map((member) => key[member] ?? ''),
    )
  })
}

function expectNone(secrets: string[], where: Record<string, string>): void {
  expect(secrets.length).toBeGreaterThan(1)
  for (const secret of secrets) {
    expect(secret.length).toBeGreaterThan(19)
    for (const [name, text] of Object.entries(where)) {
      expect(text.includes(secret), `${secret.slice(0, 6)}… in ${name}`).toBe(false)
      const encoded = Buffer.from(secret).toString('base64').replace(/=+$/, '').slice(0, -2)
      expect(text.includes(encoded), `${secret.slice(0, 6)}… encoded in ${name}`).toBe(false)
    }
  }
}

const output = (run: CliRun): string => run.stdout + run.stderr

test('B62 no secret leaves by any door: output, zip, tags, descriptions, Okta app, file, records', async () => {
  const { distributionId } = stage.sandbox.createSite()
  const cwd = await stage.folder()
  const argv = ['--distribution', distributionId, '--debug']
  const dry = await stage.run(['init', ...argv, '--group', 'Reports', '--dry-run'], { cwd })
  const init = await stage.run(['init', ...argv, '--group', 'Reports', '--yes', '--json'], { cwd })
  expect(init.exitCode, init.stderr).toBe(0)
  const status = await stage.run(['status', ...argv], { cwd })
  const keys = privateParts(distributionId)
  const { aws } = stage.sandbox
  const lambda = aws.functions().find(({ name }) => name.includes(distributionId))
  const files = Object.values(unzipSync(lambda?.zip ?? new Uint8Array()))
  expect(files).toHaveLength(3)
  const file = await readFile(path.join(cwd, 's3-okta-guard.json'), 'utf8')
  const plain = aws.parameters().filter(({ type }) => type === 'String')
  expect(plain.length).toBeGreaterThan(3)
  const { gunzipSync } = await import('node:zlib')
  const records = plain.map(({ value }) => {
    const packed = value.split(' ')[3]
    return packed === undefined ? value : gunzipSync(Buffer.from(packed, 'base64')).toString()
  })
  const described = JSON.stringify([
    aws.parameters().map(({ value: _, ...rest }) => rest),
    aws.functions().map(({ zip: _, ...rest }) => rest),
    aws.roles(),
  ])
  const where = {
    'the zip': files.map((bytes) => Buffer.from(bytes).toString()).join('\n'),
    'tags and descriptions': described,
    'the Okta app': JSON.stringify(stage.app(distributionId)),
    'the file': file,
    'the records in SSM': records.join('\n'),
    'the distribution': aws.distributionXml(distributionId),
    'the command lines': process.argv.join(' '),
  }
  const teardown = await stage.run(['teardown', ...argv, '--confirm', distributionId, '--json'], {
    cwd,
  })
  expect(teardown.exitCode).toBe(0)
  expectNone([...credentials(), ...keys], {
    ...where,
    'the output of init': output(dry) + output(init),
    'the output of status': output(status),
    'the output of teardown': output(teardown),
  })
})

test('B62 a failure with --debug quotes no secret, also where the service does', async () => {
  const { distributionId } = stage.sandbox.createSite()
  const argv = ['init', '--distribution', distributionId, '--group', 'Reports', '--yes', '--debug']
  const outputs: string[] = []
  for (const operation of ['PutParameter', 'POST /api/v1/apps', 'CreateFunction']) {
    const body = operation.startsWith('POST')
      ? { errorCode: 'E0000009', errorSummary: `bad ${stage.sandbox.okta.token}` }
      : { __type: 'InternalServerError', message: 'bad luck' }
    stage.sandbox.operations.arm({
      at: { operation, nth: 1 },
      kind: { status: 500, body: JSON.stringify(body) },
      times: 20,
    })
    const run = await stage.run(argv)
    stage.sandbox.operations.revive()
    expect(run.exitCode).toBe(1)
    outputs.push(output(run))
  }
  const finished = await stage.run(argv)
  expect(finished.exitCode, finished.stderr).toBe(0)
  expectNone([...credentials(), ...privateParts(distributionId)], {
    'the output': outputs.join('\n') + output(finished),
  })
})

test('a wrong Okta token is not repeated in the error', async () => {
  const { distributionId } = stage.sandbox.createSite()
  const token = `00${'canary'.repeat(6)}`
  const run = await stage.run(
    ['init', '--distribution', distributionId, '--group', 'Reports', '--yes', '--debug', '--json'],
    { env: { ...stage.env, OKTA_CLIENT_TOKEN: token } },
  )
  expect(run.exitCode).toBe(5)
  expectNone([token, stage.sandbox.aws.credentials.secretAccessKey], { output: output(run) })
})

test('what AWS quotes of a private key in its refusal is withheld', async () => {
  const { distributionId } = stage.sandbox.createSite()
  const quoted: string[] = []
  const proxy = createServer((request, response) => {
    void (async () => {
      const chunks: Buffer[] = []
      for await (const chunk of request) chunks.push(chunk as Buffer)
      const body = Buffer.concat(chunks)
      const { Name = '', Value = '' } = JSON.parse(body.toString()) as Record<string, string>
      if (request.headers['x-amz-target'] === 'AmazonSSM.PutParameter' && Name.includes('/keys/')) {
        quoted.push(...Value.split('"').filter((part) => part.length > 60))
        response.writeHead(400, { 'content-type': 'application/x-amz-json-1.1' })
        const message = `1 validation error detected: Value '${Value}' at 'value' failed to satisfy constraint`
        response.end(JSON.stringify({ __type: 'ValidationException', message }))
        return
      }
      const onward = forward(stage.sandbox.aws.url, { method: 'POST', headers: request.headers })
      onward.on('response', (answer) => {
        response.writeHead(answer.statusCode ?? 0, answer.headers)
        answer.pipe(response)
      })
      onward.end(body)
    })()
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void proxy.close())
  const { port } = proxy.address() as AddressInfo
  const run = await stage.run(
    ['init', '--distribution', distributionId, '--group', 'Reports', '--yes', '--debug', '--json'],
    { env: { ...stage.env, AWS_ENDPOINT_URL_SSM: `http://127.0.0.1:${port}` } },
  )
  expect(run.exitCode).toBe(1)
  expect(run.json.error?.message).toMatch(/ssm:PutParameter failed.*withheld/)
  expectNone(quoted, { output: output(run) })
})
