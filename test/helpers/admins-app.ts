import type { AdminSheet } from '../../src/plan/okta/admin-sheet.ts'
import { namesOf } from '../../src/plan/names.ts'
import type { NewSite, Site } from '../../src/sandbox/index.ts'
import { createUserAgent, type UserAgent } from '../../src/sandbox/user-agent.ts'
import type { RotateData } from '../../src/ui/schemas/data.ts'
import { expect } from 'vitest'
import type { CliOptions, CliRun } from './cli.ts'
import { read } from './documents.ts'
import { installData, type Stage } from './install.ts'
import { oktaAdmin, type NewApp, type OktaAdmin } from './okta-admin.ts'

export const ADA = { login: 'ada@tidewater.example', password: 'ferry-harbor-1', name: 'Ada Byron' }

/** Nowhere in what the tool writes. */
export const CANARY = 'CANARY-s3cret_~.%41+&=/'

export type Variant = 'private_key_jwt' | 'client_secret'

/** A site, an app that somebody else looks after, and an operator without a token of Okta. */
export interface Beach extends Site {
  cwd: string
  app: NewApp
  admin: OktaAdmin
  /** With `--client-id` and the secret, as typed for the first time. */
  init: string[]
  run(argv: string[], options?: CliOptions): Promise<CliRun>
  /** What `init --dry-run` prints. */
  sheet(): Promise<AdminSheet>
  /** Everything that was printed, with the key that `init` has made. */
  entered(): Promise<void>
  /** The secret that Okta takes from now on. */
  setSecret(secret: string): void
  signIn(edge?: string): Promise<{ agent: UserAgent; status: number; url: string }>
}

/** Also the command lines stand in it; `env` is without credentials of Okta. */
export async function beach(
  stage: Stage,
  variant: Variant = 'private_key_jwt',
  { site, secret = CANARY }: { site?: NewSite; secret?: string } = {},
): Promise<Beach> {
  const { sandbox } = stage
  const admin = oktaAdmin(sandbox)
  const method = variant === 'client_secret' ? 'client_secret_basic' : 'private_key_jwt'
  const app = await admin.newApp(method)
  const made = sandbox.createSite(site)
  const cwd = await stage.folder()
  const { OKTA_CLIENT_TOKEN: _, ...env } = stage.env
  const byStdin = variant === 'client_secret' ? ['--client-secret-file', '-'] : []
  const { distributionId: id } = made
  const setSecret = (to: string): void => {
    const { oauthClient } = sandbox.okta.store.apps.get(app.id)!.credentials
    Object.assign(oauthClient, { client_secret: to })
  }
  if (variant === 'client_secret') setSecret(secret)
  const run: Beach['run'] = (argv, options = {}) =>
    stage.run(argv, {
      cwd,
      env,
      stdin: secret,
      sleep: async (ms) => sandbox.clock.advance(Math.max(ms, 10_000)),
      ...options,
    })
  const init = [
    ...['init', '--distribution', id, '--group', 'Reports', '--yes'],
    ...['--host', new URL(made.url).host],
    ...['--client-id', app.clientId, ...byStdin],
  ]
  const sheet = async (): Promise<AdminSheet> => {
    const data = installData(await run([...init, '--dry-run', '--json']))
    return data.oktaAdmin as AdminSheet
  }
  return {
    ...made,
    ...{ cwd, app, admin, init, run, sheet, setSecret },
    async entered() {
      await admin.enter(app.id, await sheet())
    },
    async signIn(edge = 'first') {
      const agent = createUserAgent()
      agent.headers = { 'x-sandbox-edge': edge }
      const { status, url } = await agent.signIn(made.url, ADA.login, ADA.password)
      return { agent, status, url }
    },
  }
}

/** Installed, with everything entered that was printed. */
export async function landed(...given: Parameters<typeof beach>): Promise<Beach> {
  const one = await beach(...given)
  await one.run(one.init)
  await one.entered()
  const ran = await one.run(one.init)
  expect(ran.exitCode, ran.stderr).toBe(0)
  return one
}

export function rotation(ran: CliRun): RotateData {
  expect(ran.json.error, ran.stderr).toBeUndefined()
  return ran.json.data as RotateData
}

export interface HeldKey {
  kid: string
  key: string | { d: string }
}

/** As SSM holds them, the one to use first. */
export function clientKeys(stage: Stage, { distributionId }: Site): HeldKey[] {
  const name = namesOf(distributionId).keys.client
  const found = stage.sandbox.aws.parameters().find((one) => one.name === name)
  return (JSON.parse(found?.value ?? '{"keys":[]}') as { keys: HeldKey[] }).keys
}

export function manifestOf(stage: Stage, { distributionId }: Site) {
  return read(stage, namesOf(distributionId).manifest)
}

/** Everything that is written where a secret must not be. */
export function writtenBy(stage: Stage, ...runs: CliRun[]): string {
  const { aws, operations, cloudfront } = stage.sandbox
  const parameters = aws
    .parameters()
    .map(({ value, ...rest }) => (rest.type === 'SecureString' ? rest : { ...rest, value }))
  return [
    ...runs.flatMap(({ stdout, stderr }) => [stdout, stderr]),
    ...aws.functions().map(({ zip }) => Buffer.from(zip).toString('latin1')),
    JSON.stringify([parameters, aws.roles(), operations.log]),
    JSON.stringify(aws.functions().map(({ zip: _, ...rest }) => rest)),
    ...cloudfront.logs,
  ].join('\n')
}
