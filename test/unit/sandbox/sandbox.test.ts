import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { mkdirSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CloudFrontClient, ListDistributionsCommand } from '@aws-sdk/client-cloudfront'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { RUNNER } from '../../../src/sandbox/cloudfront/runner.ts'
import { type Sandbox, startSandbox } from '../../../src/sandbox/index.ts'
import { createUserAgent } from '../../../src/sandbox/user-agent.ts'

let sandbox: Sandbox | undefined
let folder: string | undefined

/** Other tests start sandboxes meanwhile: what is counted here has a folder of its own. */
const shared = tmpdir()
const own = mkdtempSync(join(shared, 'sandbox-tests-'))
beforeAll(() => {
  process.env['TMPDIR'] = own
})
afterAll(() => {
  process.env['TMPDIR'] = shared
  rmSync(own, { recursive: true, force: true })
})

afterEach(async () => {
  await sandbox?.close()
  if (folder) rmSync(folder, { recursive: true, force: true })
  sandbox = folder = undefined
})

function temporary(): string {
  folder = mkdtempSync(join(tmpdir(), 'sandbox-test-'))
  return folder
}

const leftovers = (): string[] =>
  readdirSync(tmpdir()).filter((name) => name.startsWith('s3-okta-guard-sandbox-'))
const children = (): number =>
  process.getActiveResourcesInfo().filter((kind) => kind === 'ProcessWrap').length

async function listens(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  const answered = await Promise.race([
    once(socket, 'connect').then(() => true),
    once(socket, 'error').then(() => false),
  ]).catch(() => false)
  socket.destroy()
  return answered
}

describe('the sandbox', () => {
  it('serves the sample site to everybody while nothing guards it', async () => {
    sandbox = await startSandbox()
    const site = sandbox.createSite()
    const agent = createUserAgent()
    expect((await agent.open(`${site.url}/`)).text).toContain('Tidewater Ferries')
    const chart = await agent.open(`${site.url}/reports/chart.svg`)
    expect(chart.headers.get('content-type')).toBe('image/svg+xml')
    expect((await agent.open(`${site.url}/missing`)).status).toBe(403)
  })

  it('serves a folder, without its dot files', async () => {
    const at = temporary()
    mkdirSync(join(at, 'sub', '.git'), { recursive: true })
    writeFileSync(join(at, 'index.html'), 'mine')
    writeFileSync(join(at, 'sub', 'data.json'), '{}')
    writeFileSync(join(at, 'sub', '.git', 'config'), 'secret')
    writeFileSync(join(at, '.env'), 'secret')
    sandbox = await startSandbox({ folder: at })
    expect([...sandbox.createSite().bucket.keys()].sort()).toEqual(['index.html', 'sub/data.json'])
  })

  it('keeps two sites apart', async () => {
    sandbox = await startSandbox()
    const one = sandbox.createSite({ files: { 'index.html': 'one' } })
    const two = sandbox.createSite({ files: { 'index.html': 'two' } })
    const agent = createUserAgent()
    expect((await agent.open(`${one.url}/`)).text).toBe('one')
    expect((await agent.open(`${two.url}/`)).text).toBe('two')
  })

  it('gives an environment with which SDK clients find it', async () => {
    sandbox = await startSandbox()
    const { distributionId } = sandbox.createSite()
    const environment = sandbox.environment()
    const client = new CloudFrontClient({
      endpoint: environment['AWS_ENDPOINT_URL'] ?? '',
      region: environment['AWS_REGION'] ?? '',
      credentials: {
        accessKeyId: environment['AWS_ACCESS_KEY_ID'] ?? '',
        secretAccessKey: environment['AWS_SECRET_ACCESS_KEY'] ?? '',
      },
    })
    const listed = await client.send(new ListDistributionsCommand({}))
    expect(listed.DistributionList?.Items?.map(({ Id }) => Id)).toEqual([distributionId])
    const answer = await fetch(`${environment['OKTA_CLIENT_ORGURL']}/api/v1/groups`, {
      headers: { authorization: `SSWS ${environment['OKTA_CLIENT_TOKEN']}` },
    })
    expect(answer.status).toBe(200)
  })

  it.each(['okta', 'aws', 'cloudfront'] as const)(
    'says which port is in use and leaves nothing running (%s)',
    async (part) => {
      const taken = (sandbox = await startSandbox())
      const before = leftovers()
      const port = Number(new URL(taken[part].url).port)
      const attempt = startSandbox({ ports: { [part]: port } })
      await expect(attempt).rejects.toMatchObject({ code: 'EADDRINUSE', port })
      expect(leftovers()).toEqual(before)
    },
  )

  it('leaves no process, no port and no folder behind', async () => {
    const before = [leftovers().length, children()]
    const one = await startSandbox()
    const ports = [one.okta.url, one.aws.url, one.cloudfront.url].map((url) =>
      Number(new URL(url).port),
    )
    expect(await Promise.all(ports.map(listens))).toEqual([true, true, true])
    await one.close()
    expect(await Promise.all(ports.map(listens))).toEqual([false, false, false])
    expect([leftovers().length, children()]).toEqual(before)
  })

  it('ends the process of an edge function when its parent is gone', async () => {
    const at = temporary()
    writeFileSync(join(at, 'runner.cjs'), RUNNER)
    writeFileSync(join(at, 'index.js'), 'exports.handler = async () => null')
    const child = fork(join(at, 'runner.cjs'), [join(at, 'index.js'), 'handler', 'f', '1', 'arn'])
    await once(child, 'message')
    const exited = once(child, 'exit')
    child.disconnect()
    expect(await exited).toEqual([0, null])
  })
})
