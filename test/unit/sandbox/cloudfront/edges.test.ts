import { DeleteFunctionCommand, UpdateFunctionCodeCommand } from '@aws-sdk/client-lambda'
import { GetDistributionCommand } from '@aws-sdk/client-cloudfront'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Sandbox, type Site, startSandbox } from '../../../../src/sandbox/index.ts'
import { createUserAgent, type Page } from '../../../../src/sandbox/user-agent.ts'
import { type SdkClients, sdkClients } from '../../../helpers/sandbox-aws.ts'
import { withLambda } from '../aws/distribution.fixture.ts'
import { FUNCTION, publishedVersion, zipOf } from '../aws/fixtures.ts'

/** Says what it is: which version, in which process, for the how manieth time, and when. */
const speaker = (name: string): string => `let count = 0
exports.handler = async (event) => ({ status: '200', body: JSON.stringify({ name: '${name}',
  pid: process.pid, count: ++count, now: Date.now(), date: +new Date(), text: Date(),
  made: new Date(2026, 0, 1).getUTCFullYear(), isDate: new Date() instanceof Date,
  seen: Object.keys(event.Records[0].cf.request.headers) }) })`

interface Spoken {
  name: string
  pid: number
  count: number
  now: number
  date: number
  text: string
  made: number
  isDate: boolean
  seen: string[]
}

let sandbox: Sandbox
let site: Site
let clients: SdkClients

function detach(): void {
  sandbox.aws.editDistribution(site.distributionId, (xml) =>
    xml.replace(
      /<LambdaFunctionAssociations>.*?<\/LambdaFunctionAssociations>/s,
      '<LambdaFunctionAssociations><Quantity>0</Quantity></LambdaFunctionAssociations>',
    ),
  )
}

function attach(arn: string): void {
  detach()
  sandbox.aws.editDistribution(site.distributionId, (xml) => withLambda(xml, arn))
}

async function publish(source: string): Promise<string> {
  const code = { FunctionName: FUNCTION, ZipFile: zipOf(source), Publish: true }
  const { FunctionArn = '' } = await clients.lambda.send(new UpdateFunctionCodeCommand(code))
  return FunctionArn
}

function ask(edge?: string, path = '/'): Promise<Page> {
  const headers: Record<string, string> = edge ? { 'x-sandbox-edge': edge } : {}
  return createUserAgent().request(`${site.url}${path}`, { headers })
}

async function hear(edge?: string): Promise<Spoken> {
  return JSON.parse((await ask(edge)).text) as Spoken
}

beforeEach(async () => {
  sandbox = await startSandbox()
  site = sandbox.createSite({ files: { 'index.html': 'home', 'docs/index.html': 'docs' } })
  clients = sdkClients(sandbox.aws, sandbox.aws.credentials)
  attach(await publishedVersion(clients, { Code: { ZipFile: zipOf(speaker('first')) } }))
})
afterEach(async () => {
  for (const client of Object.values<{ destroy(): void }>({ ...clients })) client.destroy()
  await sandbox.close()
})

describe('edge locations', () => {
  it('share no instance, and keep their own', async () => {
    const fra = await hear('fra')
    const local = await hear()
    expect(local.pid).not.toBe(fra.pid)
    expect(await hear('fra')).toMatchObject({ pid: fra.pid, count: 2 })
    expect(sandbox.cloudfront.coldStarts).toBe(2)
  })

  it('are named by a header that no function sees, and name themselves in the answer', async () => {
    expect((await hear('fra')).seen).not.toContain('x-sandbox-edge')
    expect((await ask('fra')).headers.get('x-amz-cf-pop')).toBe('FRA-P1')
    expect((await ask()).headers.get('x-amz-cf-pop')).toBe('LOCAL-P1')
  })

  it('can be chosen for a browser that knows nothing of them', async () => {
    const asked: string[] = []
    sandbox.cloudfront.edgeFor = ({ uri }) => {
      asked.push(uri)
      return asked.length % 2 === 0 ? 'fra' : 'syd'
    }
    const pops = [await ask(), await ask(), await ask('iad')].map(({ headers }) =>
      headers.get('x-amz-cf-pop'),
    )
    expect(pops).toEqual(['SYD-P1', 'FRA-P1', 'IAD-P1'])
  })
})

describe('an edge on hold', () => {
  async function status(): Promise<string | undefined> {
    const command = new GetDistributionCommand({ Id: site.distributionId })
    return (await clients.cloudfront.send(command)).Distribution?.Status
  }

  it('serves the version before while the others serve the new one, until it is released', async () => {
    sandbox.cloudfront.hold('fra')
    attach(await publish(speaker('second')))
    expect(await status()).toBe('Deployed')
    expect([(await hear('fra')).name, (await hear()).name]).toEqual(['first', 'second'])
    attach(await publish(speaker('third')))
    sandbox.cloudfront.hold('fra')
    expect([(await hear('fra')).name, (await hear()).name]).toEqual(['first', 'third'])
    sandbox.cloudfront.release('fra')
    expect((await hear('fra')).name).toBe('third')
  })

  it('has its replica although the function is gone', async () => {
    sandbox.cloudfront.hold('fra')
    detach()
    await clients.lambda.send(new DeleteFunctionCommand({ FunctionName: FUNCTION }))
    expect((await hear('fra')).name).toBe('first')
    expect((await ask()).text).toBe('home')
  })

  it('runs what was made again under the same name', async () => {
    expect((await hear()).name).toBe('first')
    detach()
    await clients.lambda.send(new DeleteFunctionCommand({ FunctionName: FUNCTION }))
    const Role = sandbox.aws.roles()[0]?.arn ?? ''
    const again = { Role, Code: { ZipFile: zipOf(speaker('again')) } }
    attach(await publishedVersion(clients, again))
    expect((await hear()).name).toBe('again')
  })
})

describe('the clock', () => {
  it('is the same in instances that run, in new ones, and at AWS', async () => {
    const before = await hear()
    sandbox.clock.advance(3_600_000)
    const warm = await hear()
    expect(warm.pid).toBe(before.pid)
    for (const { now, date, text } of [warm, await hear('fra')]) {
      expect(now - before.now).toBeGreaterThanOrEqual(3_600_000)
      expect(now - before.now).toBeLessThan(3_660_000)
      expect(Math.abs(date - now)).toBeLessThan(1000)
      expect(Math.abs(Date.parse(text) - now)).toBeLessThan(2000)
    }
    const { headers } = await fetch(sandbox.aws.url)
    expect(Date.parse(headers.get('date') ?? '') - before.now).toBeGreaterThan(3_590_000)
  })

  it('leaves given dates, and this process, alone', async () => {
    sandbox.clock.advance(400 * 86_400_000)
    expect(await hear()).toMatchObject({ made: 2026, isDate: true })
    expect(Math.abs(Date.now() - performance.timeOrigin - performance.now())).toBeLessThan(60_000)
  })
})

describe('what the function forwards', () => {
  it.each([
    ['/docs/', '/docs/index.html', 200, 'docs'],
    ['/docs/', '/docs/', 403, 'AccessDenied'],
    ['/deep/link', '/index.html', 200, 'home'],
    ['/deep/link', '/', 200, 'home'],
    ['/', '/', 200, 'home'],
    ['/', '/docs/index.html', 200, 'docs'],
  ])('%s as %s is %d at the origin', async (asked, uri, code, text) => {
    const rewrite = `exports.handler = async (event) =>
      ({ ...event.Records[0].cf.request, uri: '${uri}' })`
    attach(await publish(rewrite))
    const page = await ask(undefined, `${asked}?q=%20a&b=+&b`)
    expect([page.status, page.text]).toEqual([code, expect.stringContaining(text)])
    expect(sandbox.cloudfront.forwarded.at(-1)).toMatchObject({ uri, querystring: 'q=%20a&b=+&b' })
  })
})

it('keeps few idle processes, however many edges there are', async () => {
  const pids = new Set<number>()
  for (let index = 0; index < 12; index += 1) pids.add((await hear(`edge${index}`)).pid)
  const alive = (): number[] =>
    [...pids].filter((pid) => {
      try {
        return process.kill(pid, 0)
      } catch {
        return false
      }
    })
  await expect.poll(() => alive().length).toBeLessThanOrEqual(8)
  expect((await hear('edge0')).count).toBe(1)
  expect((await hear('edge11')).count).toBe(2)
})
