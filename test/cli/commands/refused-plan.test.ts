import { afterAll, beforeAll, expect, test } from 'vitest'
import { startStage, statusData, type Stage } from '../../helpers/install.ts'

let stage: Stage

beforeAll(async () => {
  stage = await startStage()
})
afterAll(() => stage.close())

test('status calls nothing right that it could not compare, when a group was renamed in Okta', async () => {
  const site = await stage.installed()
  for (const group of stage.sandbox.okta.store.groups.values()) {
    if (group.name === 'Reports') group.name = 'Renamed'
  }
  const ran = await stage.run(['status', '--distribution', site.distributionId, '--json'])
  expect(ran.exitCode).toBe(3)
  const { findings, parts } = statusData(ran)
  expect(findings).toMatchObject([{ code: 'okta-group-not-found', severity: 'broken' }])
  const ok = parts.filter(({ state }) => state === 'ok').map(({ part }) => part)
  expect(ok.filter((part) => part !== 'CloudFront')).toEqual([])
})
