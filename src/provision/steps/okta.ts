import { GuardError } from '../../errors/guard-error.ts'
import { MANAGED_BY, type OktaApp, type OktaAppFields } from '../../plan/observed.ts'
import type { OktaAdmin } from '../../okta/types.ts'
import type { Cloud } from '../cloud.ts'
import type { Executor } from './executor.ts'

/** The plan makes such steps only where Okta was observed, so credentials are there. */
function admin(cloud: Cloud): OktaAdmin {
  if (!cloud.okta) throw new Error('a step for Okta without Okta credentials')
  return cloud.okta
}

export const createApp: Executor = async (inputs, cloud) => {
  const { fields } = inputs as unknown as { fields: OktaAppFields }
  const okta = admin(cloud)
  const app = await createOnce(okta, fields)
  return { appId: app.id, clientId: app.clientId }
}

/** Creating is not idempotent: when the answer was lost, what is there and ours is the app that was asked for. */
async function createOnce(okta: OktaAdmin, fields: OktaAppFields): Promise<OktaApp> {
  try {
    return await okta.createApp(fields)
  } catch (error) {
    const lost =
      error instanceof GuardError && ['okta-unreachable', 'okta-failed'].includes(error.code)
    const found = lost ? await okta.findAppsByLabel(fields.label).catch(() => []) : []
    const ours = found.find(
      ({ profile }) =>
        profile.managedBy === MANAGED_BY && profile.distribution === fields.profile.distribution,
    )
    if (!ours) throw error
    return okta.updateApp(ours.id, fields)
  }
}

export const updateApp: Executor = async (inputs, cloud) => {
  const { appId, fields, activate } = inputs as unknown as {
    appId: string
    fields: OktaAppFields
    activate: boolean
  }
  const app = await admin(cloud).updateApp(appId, fields)
  if (activate) await admin(cloud).activateApp(appId)
  return { appId: app.id, clientId: app.clientId }
}

export const assignGroup: Executor = async (inputs, cloud) => {
  const { appId, groupId } = inputs as { appId: string; groupId: string }
  await admin(cloud).assignGroup(appId, groupId)
  return undefined
}

export const unassignGroup: Executor = async (inputs, cloud) => {
  const { appId, groupId } = inputs as { appId: string; groupId: string }
  await admin(cloud).unassignGroup(appId, groupId)
  return undefined
}

export const revokeTokens: Executor = async (inputs, cloud) => {
  await admin(cloud).revokeAppTokens((inputs as { appId: string }).appId)
  return undefined
}

/** Never the call for the whole app: nobody else is signed out by it. */
export const revokeUserTokens: Executor = async (inputs, cloud) => {
  const { userId, clientId } = inputs as { userId: string; clientId: string }
  await admin(cloud).revokeUserTokens(userId, clientId)
  return undefined
}

/** Okta deletes only what is inactive. */
export const deleteApp: Executor = async (inputs, cloud) => {
  const { appId } = inputs as { appId: string }
  const okta = admin(cloud)
  const app = await okta.getApp(appId)
  if (!app) return undefined
  if (app.status === 'ACTIVE') await okta.deactivateApp(appId)
  await okta.deleteApp(appId)
  return undefined
}
