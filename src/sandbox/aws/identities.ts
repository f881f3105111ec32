import { createHash, randomBytes } from 'node:crypto'

import type { Cloud, Credentials, Principal } from './types.ts'

interface Entry {
  credentials: Credentials
  principal: Principal
  expired: boolean
}

export interface NewIdentity {
  account: string
  userName?: string
  /** A policy document that limits the user; without one everything is allowed. */
  policy?: unknown
  /** Temporary credentials with a session token, as SSO gives them. */
  temporary?: boolean
}

/** All access keys that this cloud knows. */
export interface Identities {
  add(identity: NewIdentity): Credentials
  find(accessKeyId: string): Entry | undefined
  setExpired(accessKeyId: string, expired: boolean): void
  /** Credentials of an execution role, the same ones for as long as the sandbox lives. */
  ofRole(roleArn: string, sessionName: string): Required<Credentials>
}

export function createIdentities(cloud: Cloud): Identities {
  const byKey = new Map<string, Entry>()
  const bySession = new Map<string, Required<Credentials>>()

  function remember(credentials: Credentials, principal: Principal): void {
    byKey.set(credentials.accessKeyId, { credentials, principal, expired: false })
  }

  return {
    add({ account, userName = 'operator', policy, temporary = false }) {
      const credentials: Credentials = {
        accessKeyId: keyId(temporary ? 'ASIA' : 'AKIA'),
        secretAccessKey: secret(30),
        ...(temporary && { sessionToken: secret(96) }),
      }
      remember(credentials, {
        account,
        arn: `arn:aws:iam::${account}:user/${userName}`,
        userId: keyId('AIDA'),
        policies: policy === undefined ? undefined : () => [policy],
        asked: new Set(),
      })
      return credentials
    },
    find: (accessKeyId) => byKey.get(accessKeyId),
    setExpired(accessKeyId, expired) {
      const entry = byKey.get(accessKeyId)
      if (entry) entry.expired = expired
    },
    ofRole(roleArn, sessionName) {
      const known = bySession.get(`${roleArn} ${sessionName}`)
      if (known) return known
      const [, , , , account = '', path = ''] = roleArn.split(':')
      const roleName = path.split('/').at(-1) ?? ''
      const credentials = {
        accessKeyId: keyId('ASIA'),
        secretAccessKey: secret(30),
        sessionToken: secret(96),
      }
      bySession.set(`${roleArn} ${sessionName}`, credentials)
      remember(credentials, {
        account,
        arn: `arn:aws:sts::${account}:assumed-role/${roleName}/${sessionName}`,
        userId: `${roleId(roleArn)}:${sessionName}`,
        policies: () => [...(cloud.roles.get(roleArn)?.inlinePolicies.values() ?? [])],
        asked: new Set(),
      })
      return credentials
    },
  }
}

/** The stable unique id of a role; AWS's begin with `AROA`. */
export function roleId(seed: string): string {
  return `AROA${createHash('sha256').update(seed).digest('hex').toUpperCase().slice(0, 17)}`
}

function keyId(prefix: string): string {
  return prefix + randomBytes(8).toString('hex').toUpperCase()
}

function secret(bytes: number): string {
  return randomBytes(bytes).toString('base64')
}
