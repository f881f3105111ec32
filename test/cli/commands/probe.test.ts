import { zipSync } from 'fflate'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { EdgeSource } from '../../../src/sandbox/types.ts'
import { editFile, startStage, statusData, type Stage } from '../../helpers/install.ts'

let stage: Stage
let shipped: EdgeSource['version']

beforeAll(async () => {
  stage = await startStage()
  shipped = stage.sandbox.aws.edge.version
})
afterEach(() => {
  stage.sandbox.aws.edge.version = shipped
})
afterAll(() => stage.close())

const THROWS = 'exports.handler = async () => { throw new Error("broken build") }'
const PASSES = 'exports.handler = async (event) => event.Records[0].cf.request'

/** From now on the edges run other code for the versions that fit than what was published. */
function edgesRun(code: string, fits: (arn: string) => boolean = () => true): void {
  const zip = zipSync({ 'index.js': new TextEncoder().encode(code) })
  stage.sandbox.aws.edge.version = (arn) => {
    const found = shipped(arn)
    return found && fits(arn) ? { ...found, zip } : found
  }
}

function attached(id: string): string[] {
  const xml = stage.sandbox.aws.distributionXml(id)
  return [...xml.matchAll(/s3-okta-guard-[A-Z0-9]+:(\d+)/g)].map(([, version = '']) => version)
}

test('B54 a function that fails at the first install is taken off again: exit 1, and the site is as before', async () => {
  const { distributionId, url } = stage.sandbox.createSite()
  const xml = stage.sandbox.aws.distributionXml(distributionId)
  const argv = ['init', '--distribution', distributionId, '--group', 'Reports', '--yes', '--json']
  edgesRun(THROWS)
  const run = await stage.run(argv)
  expect(run.exitCode).toBe(1)
  expect(run.json.error).toMatchObject({ code: 'edge-broken' })
  expect(run.json.error?.message).toContain('was put back')
  expect(run.json.error?.details.join('\n')).toContain(`${url}/: 50`)
  expect(run.json.error?.hint).toContain('open as it was before')
  expect(stage.sandbox.aws.distributionXml(distributionId)).toBe(xml)
  expect((await fetch(url)).status).toBe(200)
  const teardown = ['teardown', '--distribution', distributionId, '--confirm', distributionId]
  expect((await stage.run([...teardown, '--json'])).exitCode).toBe(0)
  const left = stage.sandbox.aws.parameters().filter(({ name }) => name.includes(distributionId))
  expect(left).toEqual([])
})

test('B54 a function that fails at an update gives way to the version before, never to nothing', async () => {
  const { distributionId, cwd, url } = await stage.installed()
  await editFile(cwd, (file) => ({ ...file, session: { tokenMinutes: 10 } }))
  edgesRun(THROWS, (arn) => arn.endsWith(`${distributionId}:2`))
  const run = await stage.run(['init', '--yes', '--json'], { cwd })
  expect(run.exitCode).toBe(1)
  expect(run.json.error).toMatchObject({ code: 'edge-broken' })
  expect(run.json.error?.hint).toContain('guarded by the version before')
  expect(attached(distributionId)).toEqual(['1'])
  expect((await fetch(url)).status).toBe(401)
  const between = await stage.run(['status', '--json'], { cwd })
  expect({ exit: between.exitCode, state: statusData(between).state }).toEqual({
    exit: 6,
    state: 'installing',
  })
  await editFile(cwd, (file) => ({ ...file, session: { tokenMinutes: 12 } }))
  const again = await stage.run(['init', '--yes', '--json'], { cwd })
  expect(again.exitCode, again.stdout).toBe(0)
  expect(attached(distributionId)).toEqual(['3'])
  const status = await stage.run(['status', '--json'], { cwd })
  expect({ exit: status.exitCode, findings: statusData(status).findings }).toEqual({
    exit: 0,
    findings: [],
  })
})

test('a site that still answers a stranger stays attached: exit 3, and it says where', async () => {
  const { distributionId, url } = stage.sandbox.createSite({
    behaviors: [{ pathPattern: '/docs/*' }],
  })
  const argv = ['init', '--distribution', distributionId, '--group', 'Reports', '--yes', '--json']
  edgesRun(PASSES)
  const run = await stage.run(argv)
  expect(run.exitCode).toBe(3)
  expect(run.json.error).toMatchObject({ code: 'site-exposed', next: ['s3-okta-guard status'] })
  expect(run.json.error?.details).toEqual([
    expect.stringContaining(`${url}/docs/x (behavior /docs/*)`),
    expect.stringContaining(`${url}/ (behavior default)`),
  ])
  expect(attached(distributionId)).toEqual(['1', '1'])
  const again = await stage.run(argv)
  expect(again.exitCode).toBe(3)
  expect(attached(distributionId)).toEqual(['1', '1'])
})

test('a host that cannot be reached is a warning, and no failure', async () => {
  const { distributionId } = stage.sandbox.createSite({ aliases: ['far.example.com'] })
  const run = await stage.run([
    ...['init', '--distribution', distributionId, '--group', 'Reports', '--yes', '--json'],
  ])
  expect(run.exitCode).toBe(0)
  expect(run.stderr).toMatch(
    /warning: https:\/\/far\.example\.com did not answer .*not checked as a stranger/,
  )
})
