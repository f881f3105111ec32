import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Sandbox } from '../../../src/sandbox/index.ts'
import type { StatusData } from '../../../src/ui/schemas/data.ts'
import { GROUP, startWorld } from '../../faults/world.ts'
import { answering, json } from '../../helpers/answering.ts'
import { cli } from '../../helpers/cli.ts'

let sandbox: Sandbox

beforeAll(async () => {
  sandbox = await startWorld()
})
afterAll(() => sandbox.close())

it('sends the Okta token to the org that it was given for, whatever org SSM names', async () => {
  const { distributionId: id } = sandbox.createSite()
  const env = sandbox.environment()
  await cli(['init', '--distribution', id, '--group', GROUP, '--yes'], { env })
  const other = await answering((_request, response) => {
    json(response, 200, [])
  })
  const before = sandbox.operations.log.length

  const given = { ...env, OKTA_CLIENT_ORGURL: other.url, OKTA_CLIENT_TOKEN: 'token-of-the-other' }
  const status = await cli(['status', '--distribution', id, '--json'], { env: given })
  const { parts } = status.json.data as StatusData
  expect(parts.find(({ part }) => part === 'Okta app')).toMatchObject({ state: 'not-checked' })
  expect(JSON.stringify(status.json.data)).toContain(other.url)
  const later = sandbox.operations.log.slice(before)
  expect(later.filter(({ service }) => service === 'okta')).toEqual([])

  const torn = await cli(['teardown', '--distribution', id, '--confirm', id, '--json'], {
    env: given,
  })
  expect(torn.exitCode).toBe(5)
  expect(torn.json.error?.message).toContain(other.url)
})
