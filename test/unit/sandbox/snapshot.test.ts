import { expect, it } from 'vitest'
import { startSandbox } from '../../../src/sandbox/index.ts'
import { init } from '../../faults/world.ts'

it('goes back to what was stored, as often as wanted', async () => {
  const sandbox = await startSandbox()
  try {
    sandbox.okta.addGroup('Readers')
    const site = sandbox.createSite()
    const { aws, okta } = sandbox
    const stored = (): unknown[] => [
      aws.roles(),
      aws.functions(),
      aws.parameters(),
      aws.distributionXml(site.distributionId),
      [...okta.store.apps],
      [...okta.store.appGroups],
    ]
    const before = structuredClone(stored())
    const restore = sandbox.snapshot()
    for (let round = 0; round < 2; round += 1) {
      expect((await init(sandbox, site)).exitCode).toBe(0)
      expect(stored()).not.toEqual(before)
      restore()
      expect(stored()).toEqual(before)
    }
  } finally {
    await sandbox.close()
  }
})
