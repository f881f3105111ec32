import { expect, test } from 'vitest'
import type { OktaClientSettings } from '../../../src/access/settings.ts'
import { completeSettings } from '../../../src/commands/shared/ask.ts'
import { mergeSettings, type ToldClient } from '../../../src/config/precedence.ts'
import { settingsOf } from '../plan/world.ts'

const SECRET: OktaClientSettings = { id: '0oaAdmins', authentication: 'client_secret' }
const NO_FLAGS = { group: [], everyone: false, host: [], behavior: [], accept: [] }

/** The app of the settings, by what was told and what is installed. */
function clientOf(
  client: ToldClient | undefined,
  installed: OktaClientSettings | undefined,
  fromFile = false,
): OktaClientSettings | undefined {
  const told = mergeSettings(NO_FLAGS, {}, undefined)
  const { hosts, allow, behaviors, distribution, okta } = settingsOf()
  const former = settingsOf({ okta: { ...okta, ...(installed && { client: installed }) } })
  const asked = { hosts, allow, behaviors, distribution, orgUrl: okta.orgUrl }
  const settings = { ...told, okta: { ...told.okta, client } }
  return completeSettings(settings, former, asked, fromFile).okta.client
}

test('told nothing, init goes on with the app that is installed', () => {
  expect(clientOf(undefined, SECRET)).toEqual(SECRET)
  expect(clientOf(undefined, undefined)).toBeUndefined()
})

test('a file without an app wants one of the guard’s own', () => {
  expect(clientOf(undefined, SECRET, true)).toBeUndefined()
})

test('told the same client id again, the way to authenticate stays', () => {
  const told = { id: SECRET.id, authentication: undefined }
  expect(clientOf(told, SECRET)).toEqual(SECRET)
  expect(clientOf(told, SECRET, true)).toEqual(SECRET)
})

test('another client id begins with a key, and what is told counts', () => {
  const id = '0oaOthers'
  const byKey = { id, authentication: 'private_key_jwt' }
  expect(clientOf({ id, authentication: undefined }, SECRET)).toEqual(byKey)
  expect(clientOf({ id, authentication: undefined }, undefined)).toEqual(byKey)
  expect(clientOf({ id, authentication: 'client_secret' }, undefined)).toEqual({
    id,
    authentication: 'client_secret',
  })
})
