import { anySignal } from '../errors/any-signal.ts'
import { beginSignIn } from './begin-sign-in.ts'
import { askBucket } from './bucket.ts'
import { issuerOf, readDiscovery, readJwks } from './discovery.ts'
import { fetchJson } from './fetch-json.ts'
import { askAsStranger } from './stranger.ts'
import type { Web } from './types.ts'

const METADATA_DEADLINE_MS = 10_000
const STRANGER_DEADLINE_MS = 5_000

interface WebOptions {
  signal?: AbortSignal
  timeoutMs?: number
  /** A stand-in for S3 on this machine. */
  s3?: string | undefined
}

/** Requests to public addresses, each with a deadline. */
export function createWeb(options: WebOptions = {}): Web {
  const within = (milliseconds: number): AbortSignal => {
    const deadline = AbortSignal.timeout(options.timeoutMs ?? milliseconds)
    return options.signal ? anySignal([options.signal, deadline]) : deadline
  }
  return {
    async metadata({ orgUrl, authorizationServer, clientId }) {
      const signal = within(METADATA_DEADLINE_MS)
      const server = { orgUrl, authorizationServer }
      const url = new URL(`${issuerOf(server)}/.well-known/openid-configuration`)
      if (clientId !== undefined) url.searchParams.set('client_id', clientId)
      const discovery = readDiscovery(server, url, await fetchJson(url, signal))
      const jwks = new URL(discovery.jwksUri)
      return { ...discovery, keys: readJwks(jwks, await fetchJson(jwks, signal)) }
    },
    beginSignIn: (question) => beginSignIn(question, within(STRANGER_DEADLINE_MS)),
    askAsStranger: (question) => askAsStranger(question, within(STRANGER_DEADLINE_MS)),
    askBucket: (address) => askBucket(address, options.s3, within(STRANGER_DEADLINE_MS)),
  }
}
