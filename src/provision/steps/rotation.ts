import type { PublicRsaJwk } from '../../access/jwk.ts'
import { GuardError } from '../../errors/guard-error.ts'
import { tryClient } from '../../okta/try-client.ts'
import { ringOf, withRing } from '../../plan/keys/begin.ts'
import { recorded, type RingEvent } from '../../plan/keys/record.ts'
import type { KeyTimes } from '../../plan/keys/times.ts'
import { namesOf, type RingName } from '../../plan/names.ts'
import { cloudTime } from '../cloud.ts'
import { readDocuments } from '../installed.ts'
import { putDocument } from './documents.ts'
import type { Executor } from './executor.ts'
import { privateKey, timeAfter } from './keys.ts'

/** Reads the manifest first: other rings may have been recorded since it was planned. */
export const recordKey: Executor = async (inputs, cloud, context) => {
  const { ring, event, times } = inputs as unknown as {
    ring: RingName
    event: RingEvent
    times: KeyTimes
  }
  const { manifest } = await readDocuments(context.distribution, cloud)
  if (!manifest) throw gone(context.distribution)
  const after = recorded(ring, ringOf(manifest, ring), event, timeAfter(cloud), times)
  const { manifest: name } = namesOf(context.distribution)
  return putDocument({ name, value: withRing(manifest, ring, after) }, cloud, context)
}

/** Changes nothing of the app but its keys. */
export const putAppKeys: Executor = async (inputs, cloud) => {
  const { appId, jwks } = inputs as { appId: string; jwks: PublicRsaJwk[] }
  const app = await cloud.okta?.getApp(appId)
  if (!app) {
    throw new GuardError({
      code: 'install-incomplete',
      message: `The Okta app ${appId} is gone.`,
      hint: 'apply makes it anew.',
      next: ['s3-okta-guard apply'],
    })
  }
  await cloud.okta?.updateApp(appId, { ...app, jwks })
  return undefined
}

interface Tried {
  name: string
  kid: string
  clientId: string
  issuer: string
  tokenEndpoint: string
  /** The app is an Okta admin's. */
  admins?: { clientId: string; jwk?: PublicRsaJwk }
}

/** Okta may take a moment until every server of it has the new key. */
const TRIES = 5

/** A real token call, before anybody's sign-in depends on the key. */
export const tryKey: Executor = async (inputs, cloud, context) => {
  const { name, kid, admins, ...client } = inputs as unknown as Tried
  const key = await privateKey(name, kid, cloud)
  // What waits for people is not asked for again and again.
  const most = admins ? 1 : TRIES
  for (let tries = 1; ; tries++) {
    const now = cloudTime(cloud.aws)
    const trial = { ...client, kid, key, now, signal: cloud.signal }
    const { authenticated, error = 'something else' } = await tryClient(trial)
    if (authenticated) return undefined
    if (tries >= most) throw admins ? notEntered(admins, error) : refused(error)
    context.note(`Okta does not take the new key yet (${error}); asking again`)
    await cloud.sleep(cloud.pace.probe)
  }
}

function notEntered({ clientId, jwk }: NonNullable<Tried['admins']>, error: string): GuardError {
  return new GuardError({
    code: 'okta-client-incomplete',
    message: `The Okta app ${clientId} does not take the new client ${jwk ? 'key' : 'secret'} yet: its token endpoint answers ${error}.`,
    details: jwk
      ? [
          'What your Okta admin adds to its public keys, beside the ones that are there:',
          JSON.stringify(jwk),
        ]
      : [],
    hint: 'Sign-ins go on with the one before. When your Okta admin has done so, run the same command again.',
  })
}

function refused(error: string): GuardError {
  return new GuardError({
    code: 'client-key-refused',
    message: `Okta does not take the new client key: its token endpoint answers ${error}.`,
    hint: 'Nothing depends on that key yet: sign-ins go on with the one before. Look at the app’s keys in the Okta console, then run the same command again.',
  })
}

function gone(distribution: string): GuardError {
  return new GuardError({
    code: 'changed-meanwhile',
    message: `The record of what is installed on ${distribution} is gone.`,
    hint: 'Somebody else has taken the guard away meanwhile.',
  })
}
