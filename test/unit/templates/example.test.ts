import { expect, it } from 'vitest'
import example from '../../../templates/s3-okta-guard.json' with { type: 'json' }
import { accept } from '../../../src/checks/index.ts'
import { checkErrorPages } from '../../../src/checks/distribution/error-pages.ts'
import { loadConfig } from '../../../src/config/load.ts'
import { EXAMPLE } from './distribution.ts'

const file = new URL('../../../templates/s3-okta-guard.json', import.meta.url).pathname

it('the example file is one that the tool takes', async () => {
  const loaded = await loadConfig(file, true)
  expect(loaded?.file).toEqual(example)
})

it('what the example accepts is a finding that the tool makes', () => {
  const found = checkErrorPages(EXAMPLE)
  expect(found).toHaveLength(1)
  expect(found[0]?.accepted).toBeUndefined()
  const [accepted] = accept(found, example.status.accept)
  expect(accepted?.accepted).toBe(example.status.accept[0]?.reason)
})
