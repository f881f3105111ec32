import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Sandbox } from '../../src/sandbox/index.ts'
import { askAsStranger, endState, init, mutationsOf, startWorld, teardown } from './world.ts'
import { quickKeys } from './matrix/quick-keys.ts'

let sandbox: Sandbox

beforeAll(async () => {
  quickKeys()
  sandbox = await startWorld()
})
afterAll(() => sandbox.close())

it('B59 teardown takes away all that an init has left that died at any mutating call', async () => {
  const untouched = endState(sandbox, sandbox.createSite())
  const calls = await mutationsOf(sandbox, () => init(sandbox, sandbox.createSite()))
  for (let call = 1; call <= calls; call++) {
    const where = `init died after mutating call ${call} of ${calls}`
    const site = sandbox.createSite()
    sandbox.operations.arm({ at: { mutation: call }, kind: 'crash-after' })
    await init(sandbox, site)
    sandbox.operations.revive()

    const gone = await teardown(sandbox, site)
    expect(gone.exitCode, `${where}: ${gone.stdout}`).toBe(0)
    expect(endState(sandbox, site), where).toEqual(untouched)
    expect(await askAsStranger(site), where).toBe('open')
  }
}, 240_000)
