import { GuardError } from '../errors/guard-error.ts'
import { interrupted } from '../errors/interrupted.ts'
import type { OktaApp, OktaGroup } from '../plan/observed.ts'
import { newApp, object, readApp, text, withFields } from './app-json.ts'
import type { AppJson } from './app-json.ts'
import { oktaFailure, readAnswer } from './failure.ts'
import { openSdk } from './sdk.ts'
import type { SdkOptions } from './sdk.ts'
import type { OktaAdmin, OktaUser } from './types.ts'

const PAGE = 200

/** Okta's management API with these credentials; loads the SDK, but asks nothing yet. */
export async function createOkta(options: SdkOptions): Promise<OktaAdmin> {
  const { orgUrl, credentials } = options
  const sdk = await openSdk(options)
  const { applicationApi, groupApi, userApi } = sdk.client

  let hasAnswered = false

  async function attempt<T>(action: string, run: () => Promise<T>): Promise<T> {
    try {
      const result = await run()
      hasAnswered = true
      return result
    } catch (error) {
      if (options.signal?.aborted) throw interrupted(error)
      throw oktaFailure(error, { orgUrl, credentials, action, hasAnswered })
    }
  }

  async function unlessMissing(action: string, run: () => Promise<unknown>): Promise<void> {
    await attempt(action, async () => {
      await orUndefined(run)
    })
  }

  const groups = (search: string | undefined, most: number): Promise<OktaGroup[]> =>
    attempt('list groups', async () => {
      const found: OktaGroup[] = []
      const query = { limit: Math.min(most, PAGE), ...(search === undefined ? {} : { search }) }
      for await (const group of await groupApi.listGroups(query)) {
        // An empty page is handed out as one null.
        if (group) found.push(readGroup(group))
        if (found.length >= most) break
      }
      return found
    })

  const findGroups = async (name: string): Promise<OktaGroup[]> => {
    const search = `profile.name eq "${name.replaceAll(/["\\]/g, String.raw`\$&`)}"`
    return (await groups(search, Infinity)).filter((group) => group.name === name)
  }

  const group = (id: string): Promise<OktaGroup> =>
    attempt('read a group', async () => readGroup(await groupApi.getGroup({ groupId: id })))

  return {
    orgUrl,
    async check() {
      await attempt('list apps', () => sdk.json('GET', '/api/v1/apps?limit=1'))
      await groups(undefined, 1)
    },
    async roles() {
      if (credentials.kind !== 'token') return undefined
      try {
        return await attempt('read the roles behind the token', async () => {
          const { id } = await sdk.json('GET', '/api/v1/users/me')
          const path = `/api/v1/users/${encodeURIComponent(text(id))}/roles`
          const found: string[] = []
          for await (const role of sdk.list(path)) {
            if (role) found.push(text(role['type']))
          }
          return found
        })
      } catch (error) {
        if (error instanceof GuardError && error.code === 'okta-denied') return undefined
        throw error
      }
    },
    findAppsByLabel: (prefix) =>
      attempt('list apps', async () => {
        const found: OktaApp[] = []
        // `q` looks at the name of the app's kind too, and at no capitals.
        const query = new URLSearchParams({ q: prefix, limit: String(PAGE) })
        for await (const app of sdk.list(`/api/v1/apps?${query.toString()}`)) {
          if (app && text(app['label']).startsWith(prefix)) found.push(readApp(app))
        }
        return found
      }),
    getApp: (id) =>
      attempt('read the app', async () => {
        const app = await orUndefined(() => sdk.json('GET', appPath(id)))
        return app && readApp(app)
      }),
    createApp: (fields) =>
      attempt(`create the app "${fields.label}"`, async () =>
        readApp(await sdk.json('POST', '/api/v1/apps?activate=true', newApp(fields))),
      ),
    updateApp: (id, fields) =>
      attempt(`change the app "${fields.label}"`, async () => {
        const there = await sdk.json('GET', appPath(id))
        return readApp(await sdk.json('PUT', appPath(id), withFields(there, fields)))
      }),
    activateApp: (id) =>
      attempt('activate the app', () => applicationApi.activateApplication({ appId: id })),
    deactivateApp: (id) =>
      attempt('deactivate the app', () => applicationApi.deactivateApplication({ appId: id })),
    deleteApp: (id) =>
      unlessMissing('delete the app', () => applicationApi.deleteApplication({ appId: id })),
    revokeAppTokens: (id) =>
      unlessMissing("revoke the app's tokens", () =>
        applicationApi.revokeOAuth2TokensForApplication({ appId: id }),
      ),
    revokeUserTokens: (userId, clientId) =>
      unlessMissing("revoke the user's tokens", () =>
        userApi.revokeTokensForUserAndClient({ userId, clientId }),
      ),
    findUsers: (name) =>
      attempt('find the user', async () => {
        if (!name.includes('@')) {
          const path = `/api/v1/users/${encodeURIComponent(name)}`
          const json = await orUndefined(() => sdk.json('GET', path))
          const user = json && readUser(json)
          // `me` is whose credentials these are.
          const isMeant = user?.id === name || user?.login.split('@')[0] === name
          return user && isMeant ? [user] : []
        }
        const quoted = `"${name.replaceAll(/["\\]/g, String.raw`\$&`)}"`
        const search = `profile.email eq ${quoted} or profile.login eq ${quoted}`
        const query = new URLSearchParams({ search, limit: String(PAGE) })
        const found: OktaUser[] = []
        for await (const user of sdk.list(`/api/v1/users?${query.toString()}`)) {
          if (user) found.push(readUser(user))
        }
        return found
      }),
    findGroups,
    listGroups: (limit) => groups(undefined, limit),
    async everyone() {
      return (await findGroups('Everyone')).find(({ type }) => type === 'BUILT_IN')
    },
    assignedGroups: (appId) =>
      attempt("list the app's groups", async () => {
        const found: OktaGroup[] = []
        for await (const item of sdk.list(`${appPath(appId)}/groups?limit=${PAGE}&expand=group`)) {
          if (!item) continue
          const embedded = object(object(item['_embedded'])['group'])
          found.push(embedded['profile'] ? readGroup(embedded) : await group(text(item['id'])))
        }
        return found
      }),
    assignGroup: (appId, groupId) =>
      attempt('assign a group to the app', async () => {
        await applicationApi.assignGroupToApplication({ appId, groupId })
      }),
    unassignGroup: (appId, groupId) =>
      unlessMissing('take a group off the app', () =>
        applicationApi.unassignApplicationFromGroup({ appId, groupId }),
      ),
  }
}

function appPath(id: string): string {
  return `/api/v1/apps/${encodeURIComponent(id)}`
}

async function orUndefined<T>(run: () => Promise<T>): Promise<T | undefined> {
  try {
    return await run()
  } catch (error) {
    if (readAnswer(error)?.status === 404) return undefined
    throw error
  }
}

function readGroup(group: object): OktaGroup {
  const { id, type, profile } = group as AppJson
  return { id: text(id), name: text(object(profile)['name']), type: text(type) }
}

function readUser(user: AppJson): OktaUser {
  const { id, status } = user
  return { id: text(id), login: text(object(user['profile'])['login']), status: text(status) }
}
