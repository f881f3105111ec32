import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { unzipSync } from 'fflate'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { canonicalJson } from '../../src/access/canonical-json.ts'
import type { EdgeConfig } from '../../src/access/edge-config.ts'
import type { Sandbox, Site } from '../../src/sandbox/index.ts'
import type { FaultKind } from '../../src/sandbox/types.ts'
import { cli, temporaryFolder, type CliRun } from '../helpers/cli.ts'
import { askAsStranger, GROUP, inconsistencies, init, mutationsOf, startWorld } from './world.ts'
import { quickKeys } from './matrix/quick-keys.ts'

const KINDS = ['crash-before', 'crash-after'] as const satisfies FaultKind[]

let sandbox: Sandbox

beforeAll(async () => {
  quickKeys()
  sandbox = await startWorld()
})
afterAll(() => sandbox.close())

/** `apply` of a file that makes these paths public. */
async function apply(cwd: string, site: Site, ...open: string[]): Promise<CliRun> {
  const file = {
    version: 1,
    distribution: site.distributionId,
    hosts: [new URL(site.url).host],
    behaviors: 'all',
    okta: { orgUrl: sandbox.okta.url },
    allow: { groups: [GROUP] },
    ...(open.length > 0 && { access: { public: open } }),
  }
  const name = path.join(cwd, `${site.distributionId}.json`)
  await writeFile(name, JSON.stringify(file))
  return cli(['apply', '--config', name, '--json'], { cwd, env: sandbox.environment() })
}

/** What the edges serve: the access of every version that is attached. */
function served(site: Site): EdgeConfig['access'][] {
  const xml = sandbox.aws.distributionXml(site.distributionId)
  return [...xml.matchAll(/<LambdaFunctionARN>([^<]*)</g)].map(([, arn = '']) => {
    const file = unzipSync(sandbox.aws.edge.version(arn)?.zip ?? new Uint8Array())['config.json']
    return (JSON.parse(Buffer.from(file ?? []).toString()) as EdgeConfig).access
  })
}

describe.each(KINDS)('apply of other access rules killed by %s at every mutating call', (kind) => {
  it('never serves one revision with two contents, nor a lower one, whatever is applied next', async () => {
    const cwd = await temporaryFolder()
    const site = sandbox.createSite()
    await init(sandbox, site)
    const installed = sandbox.snapshot()
    const calls = await mutationsOf(sandbox, () => apply(cwd, site, '/first'))
    expect(calls).toBeGreaterThan(6)
    for (let call = 1; call <= calls; call++) {
      const where = `${kind} at mutating call ${call} of ${calls}`
      installed()
      const contents = new Map<number, string>()
      let last = 0
      const look = (): void => {
        for (const { revision, ...content } of served(site)) {
          const text = canonicalJson(content)
          expect(contents.get(revision) ?? text, where).toBe(text)
          expect(revision, where).toBeGreaterThanOrEqual(last)
          contents.set(revision, text)
          last = revision
        }
      }
      look()
      sandbox.operations.arm({ at: { mutation: call }, kind })
      await apply(cwd, site, '/first')
      expect(sandbox.operations.crashed, where).toBe(true)
      sandbox.operations.revive()
      look()
      // In turn: what was begun, something else, and what was there before.
      const next = [['/first'], ['/second'], []][(call + KINDS.indexOf(kind)) % 3] ?? []
      const again = await apply(cwd, site, ...next)
      expect(again.exitCode, `${where}: ${again.stdout}`).toBe(0)
      look()
      expect(served(site)[0]?.public, where).toEqual(next)
      expect(inconsistencies(sandbox, site), where).toEqual([])
      expect(await askAsStranger(site), where).toBe('guarded')
    }
  }, 240_000)
})
