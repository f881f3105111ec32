import { get } from 'node:http'
import { unzipSync } from 'fflate'
import { MARKER_HEADER } from '../../src/access/names.ts'
import type { Manifest } from '../../src/plan/manifest.ts'
import { namesOf } from '../../src/plan/names.ts'
import { chunkNames, decodeDocument } from '../../src/provision/documents.ts'
import { type Sandbox, type Site, startSandbox } from '../../src/sandbox/index.ts'
import { cli, type CliRun } from '../helpers/cli.ts'

export const GROUP = 'Readers'

/** A sandbox in which nothing takes time; one site a scenario. */
export async function startWorld(): Promise<Sandbox> {
  const sandbox = await startSandbox()
  sandbox.okta.addGroup(GROUP)
  return sandbox
}

export function init(sandbox: Sandbox, site: Site): Promise<CliRun> {
  return cli(['init', '--distribution', site.distributionId, '--group', GROUP, '--yes', '--json'], {
    env: sandbox.environment(),
  })
}

export function teardown(sandbox: Sandbox, site: Site): Promise<CliRun> {
  const id = site.distributionId
  return cli(['teardown', '--distribution', id, '--confirm', id, '--json'], {
    env: sandbox.environment(),
  })
}

/** What a stranger gets: `open`, `guarded`, or the status of anything else. */
export async function askAsStranger(site: Site): Promise<'open' | 'guarded' | number> {
  const url = new URL(site.url)
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port: url.port, headers: { host: url.host } }
    get(options, (answer) => {
      answer.resume()
      const status = answer.statusCode ?? 0
      if (answer.headers[MARKER_HEADER] !== undefined) resolve('guarded')
      else resolve(status === 200 ? 'open' : status)
    }).on('error', reject)
  })
}

/** Everything of one site that is in the cloud, with what differs between two runs replaced. */
export function endState(sandbox: Sandbox, site: Site): unknown {
  const id = site.distributionId
  const names = namesOf(id)
  const owned = <T extends { name: string }>(list: T[], name: string): T[] =>
    list.filter((one) => one.name === name)
  const apps = [...sandbox.okta.store.apps.values()].filter(
    ({ profile }) => profile?.['distribution'] === id,
  )
  const kids = new Map<string, string>()
  const state = {
    roles: owned(sandbox.aws.roles(), names.role).map(({ trust, inlinePolicies, tags }) => ({
      trust,
      inlinePolicies,
      tags,
    })),
    functions: owned(sandbox.aws.functions(), names.function).map((one) => ({
      versions: one.versions.length,
      runtime: one.runtime,
      handler: one.handler,
      memory: one.memory,
      timeout: one.timeout,
      tags: one.tags,
      config: withoutKeys(configIn(one.zip)),
    })),
    rings: ringsIn(sandbox, site),
    parameters: parametersOf(sandbox)
      .filter(({ name }) => name.startsWith(names.path))
      .map(({ name, type, tags, value }) => ({
        ...{ name, type, tags },
        keys: type === 'SecureString' ? (JSON.parse(value) as { keys: [] }).keys.length : 0,
      }))
      .sort((a, b) => (a.name < b.name ? -1 : 1)),
    apps: apps.map(({ label, status, settings, profile, credentials }) => ({
      label,
      status,
      profile,
      redirects: settings.oauthClient.redirect_uris,
      keys: settings.oauthClient.jwks?.keys.length,
      method: credentials.oauthClient['token_endpoint_auth_method'],
    })),
    associations: associations(sandbox.aws.distributionXml(id)),
  }
  const text = JSON.stringify(state, undefined, 1)
    .replaceAll(id, '<id>')
    .replaceAll(new URL(site.url).host, '<host>')
  const clientIds = apps.map(({ credentials }) => credentials.oauthClient.client_id)
  clientIds.forEach((clientId, index) => kids.set(clientId, `<client ${index}>`))
  return JSON.parse([...kids].reduce((all, [from, to]) => all.replaceAll(from, to), text))
}

/** All but the further chunks of documents that are whole: how many of those there are is a matter of bytes. */
export function parametersOf(sandbox: Sandbox): ReturnType<Sandbox['aws']['parameters']> {
  const all = sandbox.aws.parameters()
  const chunks = new Set(
    all.flatMap(({ name, value }) => (value.startsWith('gz1 ') ? chunkNames(name, value) : [])),
  )
  return all.filter(({ name }) => !chunks.has(name))
}

/** What the manifest says of the keys: a run that comes later knows no more. */
function ringsIn(sandbox: Sandbox, site: Site): unknown {
  const { manifest: name } = namesOf(site.distributionId)
  const values = new Map(sandbox.aws.parameters().map((one) => [one.name, one.value]))
  const head = values.get(name)
  if (head === undefined) return undefined
  const { state, keys, rotation } = decodeDocument(
    name,
    head,
    Object.fromEntries(values),
  ) as Manifest
  const states = Object.entries(keys).map(([ring, entries]) => [
    ring,
    entries.map((entry: Manifest['keys']['seal'][number]) => entry.state),
  ])
  return { state, open: Object.keys(rotation ?? {}), ...Object.fromEntries(states) }
}

function configIn(zip: Uint8Array): Record<string, unknown> {
  const file = unzipSync(zip)['config.json']
  return JSON.parse(Buffer.from(file ?? []).toString('utf8')) as Record<string, unknown>
}

function withoutKeys(config: Record<string, unknown>): unknown {
  const keys = config['sessionKeys'] as unknown[]
  return { ...config, sessionKeys: keys.length }
}

function associations(xml: string): string[] {
  return [...xml.matchAll(/<LambdaFunctionARN>([^<]*)</g)].map(([, arn]) => arn ?? '')
}

/** Everything that is used must fit together: the keys in SSM, in the zip and at Okta are the same ones. */
export function inconsistencies(sandbox: Sandbox, site: Site): string[] {
  const names = namesOf(site.distributionId)
  const [lambda] = sandbox.aws.functions().filter(({ name }) => name === names.function)
  if (!lambda) return []
  const config = configIn(lambda.zip) as { sessionKeys: { kid: string }[]; clientId: string }
  const kidOf = (name: string): string => {
    const value = sandbox.aws.parameters().find((one) => one.name === name)?.value ?? '{"keys":[]}'
    return (JSON.parse(value) as { keys: { kid: string }[] }).keys[0]?.kid ?? ''
  }
  const app = [...sandbox.okta.store.apps.values()].find(
    ({ credentials }) => credentials.oauthClient.client_id === config.clientId,
  )
  const problems: string[] = []
  if (!config.sessionKeys.some(({ kid }) => kid === kidOf(names.keys.session))) {
    problems.push('the session key in SSM is not in the zip')
  }
  const clientKids = app?.settings.oauthClient.jwks?.keys.map(({ kid }) => kid) ?? []
  if (!clientKids.includes(kidOf(names.keys.client))) {
    problems.push('the client key in SSM is not at Okta')
  }
  const published = lambda.versions.at(-1)?.codeSha256
  if (published !== lambda.codeSha256) problems.push('the newest version is not the code')
  return problems
}

/** How many mutating calls a run makes. */
export async function mutationsOf(sandbox: Sandbox, run: () => Promise<unknown>): Promise<number> {
  const before = sandbox.operations.log.length
  await run()
  return sandbox.operations.log.slice(before).filter(({ mutating }) => mutating).length
}
