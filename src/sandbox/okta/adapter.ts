import type { Adapter, AdapterPayload } from 'oidc-provider'
import { toClientMetadata, toServiceClient } from './clients.ts'
import { leewayOf } from './refresh.ts'
import { appByClientId, type OktaStore } from './store.ts'

interface Stored {
  payload: AdapterPayload
  expiresAt: number
  /** When a refresh token was rotated for the first time. */
  rotatedAt?: number
}

export interface Memory {
  adapter: (model: string) => Adapter
  /** Drops every session, code and token for which `matches` says so. */
  drop(matches: (payload: AdapterPayload) => boolean): void
}

/**
 * What the provider stores, by model; clients are read from the Apps API's own store. It is called in
 * the library's time.
 */
export function createMemory(store: OktaStore): Memory {
  const models = new Map<string, Map<string, Stored>>()

  function client(id: string): AdapterPayload | undefined {
    const app = appByClientId(store, id)
    if (app !== undefined) return toClientMetadata(store, app)
    const service = store.serviceApps.get(id)
    return service && toServiceClient(service)
  }

  function adapter(model: string): Adapter {
    const items = models.get(model) ?? new Map<string, Stored>()
    models.set(model, items)
    const alive = (id: string): AdapterPayload | undefined => {
      const item = items.get(id)
      if (item === undefined) return undefined
      if (item.expiresAt > Date.now()) return item.payload
      items.delete(id)
      return undefined
    }
    const isInLeeway = (id: string): boolean => {
      const { rotatedAt, payload } = items.get(id) ?? {}
      if (model !== 'RefreshToken' || rotatedAt === undefined) return false
      return Date.now() < rotatedAt + leewayOf(store, payload?.clientId ?? '')
    }
    const by = (field: 'uid' | 'userCode', value: string): AdapterPayload | undefined =>
      [...items.values()].find((item) => item.payload[field] === value)?.payload
    return {
      find: async (id) => {
        if (model === 'Client') return client(id)
        const payload = alive(id)
        return payload && isInLeeway(id) ? { ...payload, consumed: undefined } : payload
      },
      findByUid: async (uid) => by('uid', uid),
      findByUserCode: async (code) => by('userCode', code),
      upsert: async (id, payload, expiresIn) => {
        const expiresAt = expiresIn ? Date.now() + expiresIn * 1000 : Infinity
        items.set(id, { payload, expiresAt })
      },
      consume: async (id) => {
        const item = items.get(id)
        if (!item) return
        item.rotatedAt ??= Date.now()
        item.payload.consumed = Math.floor(item.rotatedAt / 1000)
      },
      destroy: async (id) => {
        items.delete(id)
      },
      revokeByGrantId: async (grantId) => {
        for (const [id, item] of items) if (item.payload.grantId === grantId) items.delete(id)
      },
    }
  }

  return {
    adapter,
    drop(matches) {
      for (const items of models.values())
        for (const [id, item] of items) if (matches(item.payload)) items.delete(id)
    },
  }
}
