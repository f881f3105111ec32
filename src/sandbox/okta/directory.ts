import { randomBytes } from 'node:crypto'
import {
  type ApiToken,
  type ClientKey,
  type Group,
  type GroupsClaim,
  oktaId,
  type OktaStore,
  type User,
} from './store.ts'

export interface NewUser {
  login: string
  password: string
  name: string
  email?: string
  /** Names; missing groups are made. */
  groups?: string[]
}

/** What an administrator does in Okta's console, for the demo and for tests. */
export interface Directory {
  addUser(user: NewUser): User
  addGroup(name: string, description?: string): Group
  addToGroup(login: string, group: string): void
  removeFromGroup(login: string, group: string): void
  /** Cannot sign in, and what Okta has given to this person ends; what has ended does not come back. */
  suspendUser(login: string): void
  unsuspendUser(login: string): void
  deactivateUser(login: string): void
  activateUser(login: string): void
  deleteUser(login: string): void
  setPassword(login: string, password: string): void
  /** Ends a user's Okta session; refresh tokens live on. */
  endSessions(login: string): void
  /** What the admin console sets under Sign On → OpenID Connect ID Token; undefined takes it away. */
  setGroupsClaim(appId: string, claim: GroupsClaim | undefined): void
  /** Another SSWS token; `all` unless told. */
  addToken(options?: Partial<ApiToken>): string
  addServiceApp(options: { keys: ClientKey[]; scopes: string[]; dpop?: boolean }): string
}

/** A user who is no longer active loses every session and token at once. */
export function setUserStatus(store: OktaStore, user: User, status: User['status']): void {
  user.status = status
  if (status === 'ACTIVE') return
  for (const listener of store.onUserGone) listener(user.id)
}

export function createDirectory(store: OktaStore): Directory {
  function userOf(login: string): User {
    const user = [...store.users.values()].find((one) => one.login === login)
    if (user === undefined) throw new Error(`no user ${login}`)
    return user
  }
  function groupOf(name: string): Group | undefined {
    return [...store.groups.values()].find((group) => group.name === name)
  }
  function addGroup(name: string, description = ''): Group {
    const group: Group = { id: oktaId('00g'), name, description, type: 'OKTA_GROUP' }
    store.groups.set(group.id, group)
    return group
  }
  return {
    addGroup,
    addUser({ login, password, name, email = login, groups = [] }) {
      const groupIds = new Set(groups.map((group) => (groupOf(group) ?? addGroup(group)).id))
      const user: User = {
        id: oktaId('00u'),
        login,
        password,
        name,
        email,
        status: 'ACTIVE',
        groupIds,
      }
      store.users.set(user.id, user)
      return user
    },
    addToGroup(login, group) {
      userOf(login).groupIds.add((groupOf(group) ?? addGroup(group)).id)
    },
    removeFromGroup(login, group) {
      const found = groupOf(group)
      if (found) userOf(login).groupIds.delete(found.id)
    },
    suspendUser: (login) => setUserStatus(store, userOf(login), 'SUSPENDED'),
    unsuspendUser: (login) => setUserStatus(store, userOf(login), 'ACTIVE'),
    deactivateUser: (login) => setUserStatus(store, userOf(login), 'DEPROVISIONED'),
    activateUser: (login) => setUserStatus(store, userOf(login), 'ACTIVE'),
    deleteUser(login) {
      const user = userOf(login)
      store.users.delete(user.id)
      for (const listener of store.onUserGone) listener(user.id)
    },
    setPassword(login, password) {
      userOf(login).password = password
    },
    endSessions(login) {
      const { id } = userOf(login)
      for (const listener of store.onSessionsEnded) listener(id)
    },
    setGroupsClaim(appId, claim) {
      if (claim === undefined) store.groupsClaims.delete(appId)
      else store.groupsClaims.set(appId, claim)
    },
    addToken({ power = 'all', expired = false } = {}) {
      const token = `00${randomBytes(30).toString('base64url')}`
      store.tokens.set(token, { power, expired })
      return token
    },
    addServiceApp({ keys, scopes, dpop = false }) {
      const clientId = oktaId('0oa')
      store.serviceApps.set(clientId, { clientId, keys, scopes, dpop })
      return clientId
    },
  }
}
