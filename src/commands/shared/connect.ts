import { readFile, stat } from 'node:fs/promises'
import { text } from 'node:stream/consumers'
import { createAws, type AwsCall } from '../../aws/create.ts'
import { endpointFor, s3StandIn } from '../../aws/endpoints.ts'
import type { Aws } from '../../aws/types.ts'
import { tryAws } from '../../credentials/aws.ts'
import { readClientSecret } from '../../credentials/client-secret.ts'
import { exposure } from '../../credentials/exposure.ts'
import { cleanToken, findOkta, type FoundOkta } from '../../credentials/okta.ts'
import { loadEdgeBuild } from '../../edge-package/build.ts'
import { GuardError } from '../../errors/guard-error.ts'
import { createOkta } from '../../okta/index.ts'
import { adminConsole, normalizeOrgUrl } from '../../okta/org-url.ts'
import type { OktaAdmin, OktaCredentials } from '../../okta/types.ts'
import type { Identity } from '../../plan/observed.ts'
import { LOOPBACK_PACE, PACE, type Cloud } from '../../provision/cloud.ts'
import { createWeb } from '../../web/index.ts'
import type { CommandContext } from '../program/context.ts'
import type { TargetOptions } from '../program/options.ts'
import { VERSION } from '../program/version.ts'

type Context = CommandContext<TargetOptions>

/** AWS without a call made: the clients load when they are first used. */
export function openAws(
  { io, options, output }: Context,
  onCall: (call: AwsCall) => void = () => undefined,
): Promise<Aws> {
  // Node's own warning is among those that the command line keeps to itself.
  if (io.env['NODE_TLS_REJECT_UNAUTHORIZED'] === '0') {
    output.warn(
      'NODE_TLS_REJECT_UNAUTHORIZED=0 is set: nobody checks that it is AWS and Okta who get the keys and tokens of this run. Unset it; NODE_EXTRA_CA_CERTS names the certificate of a proxy.',
    )
  }
  return createAws({
    env: io.env,
    // A stand-in on loopback gains nothing from the backoff that spares a shared service.
    ...(endpointFor('ssm', io.env) === undefined ? {} : { retryDelayMs: 20 }),
    ...(options.profile === undefined ? {} : { profile: options.profile }),
    deadline: (ms) => io.deadline(ms),
    onCall: (call) => {
      const { service, operation, ms, status } = call
      onCall(call)
      output.debug(`aws ${service} ${operation} ${status ?? 'no answer'} ${ms} ms`)
    },
  })
}

/** Where the Okta credentials are, if there are any. */
export function findOktaHere({ io, options }: Context, orgUrl?: string): Promise<FoundOkta> {
  return findOkta(
    { tokenFile: options.oktaTokenFile, orgUrl },
    {
      env: io.env,
      homedir: io.homedir,
      readFile: (path) => readFile(path, 'utf8').catch(() => undefined),
      readStdin: () => text(io.stdin),
      fileMode,
    },
  )
}

async function fileMode(path: string): Promise<number | undefined> {
  if (process.platform === 'win32') return undefined
  return (await stat(path).catch(() => undefined))?.mode
}

/** undefined: none was given. */
export async function clientSecretHere({
  io,
  options,
  output,
}: CommandContext<TargetOptions & { clientSecretFile?: string }>): Promise<string | undefined> {
  const { clientSecretFile: path, oktaTokenFile } = options
  if (path === undefined) return undefined
  if (path === '-' && oktaTokenFile === '-') {
    throw new GuardError({
      code: 'usage',
      message: '--client-secret-file and --okta-token-file cannot both read stdin.',
      hint: 'Give one of them a file.',
    })
  }
  const secret = await readClientSecret(path, {
    readFile: (name) => readFile(name, 'utf8').catch(() => undefined),
    readStdin: () => text(io.stdin),
  })
  if (path !== '-') (await exposure(path, fileMode)).forEach((warning) => output.warn(warning))
  return secret
}

/** A correction is said, so that the operator knows what was taken. */
export function normalized(context: Context, orgUrl: string): string {
  const { orgUrl: url, corrected } = normalizeOrgUrl(orgUrl)
  if (corrected !== undefined) context.output.notice(corrected)
  return url
}

export async function openOkta(
  context: Context,
  orgUrl: string,
  credentials: OktaCredentials,
): Promise<OktaAdmin> {
  const { output } = context
  return createOkta({
    orgUrl,
    credentials,
    signal: context.signal,
    sleep: (seconds) => context.sleep(seconds * 1000),
    deadline: (ms) => context.io.deadline(ms),
    onCall: (call) => {
      output.debug(`okta ${Object.values(call).join(' ')}`)
    },
    onWait: (seconds) => {
      output.notice(`Okta asks to wait ${seconds} s (rate limit).`)
    },
  })
}

/** Masked, and never echoed; says where a token comes from and which role it needs. */
export async function askToken(context: Context, orgUrl: string): Promise<OktaCredentials> {
  const console_ = adminConsole(orgUrl) ?? orgUrl
  context.output.view((view) => {
    view.line('An Okta API token is needed. Make one as an Application Administrator at')
    view.line(`  ${console_}/admin/access/api/tokens`)
  })
  const token = await context.prompter.password({
    message: `API token of ${orgUrl}:`,
    flag: '--okta-token-file FILE (or set OKTA_CLIENT_TOKEN)',
  })
  return { kind: 'token', token: cleanToken(token), source: 'your answer' }
}

/** Both sides are tried before anything is asked; what is wrong with both is shown together. */
export async function tryBoth(
  aws: Aws,
  okta: OktaAdmin | undefined,
  oktaError?: GuardError,
): Promise<Identity> {
  const [tried, oktaFailure] = await Promise.all([
    tryAws(aws.sts),
    oktaError ?? (okta ? failureOf(okta.check()) : undefined),
  ])
  if ('error' in tried && oktaFailure) throw both(tried.error, oktaFailure)
  if ('error' in tried) throw tried.error
  if (oktaFailure) throw oktaFailure
  return tried.identity
}

async function failureOf(attempt: Promise<void>): Promise<GuardError | undefined> {
  try {
    await attempt
    return undefined
  } catch (error) {
    if (error instanceof GuardError && error.code !== 'interrupted') return error
    throw error
  }
}

function both(aws: GuardError, okta: GuardError): GuardError {
  const lines = (error: GuardError): string[] => [
    error.message,
    ...error.details,
    ...(error.hint === undefined ? [] : [`→ ${error.hint}`]),
  ]
  return new GuardError({
    code: aws.code,
    message: 'Neither AWS nor Okta can be used with these credentials.',
    details: [...lines(aws), ...lines(okta)],
    hint: 'Put both right, then run this again; nothing was changed.',
    next: [...aws.next, ...okta.next],
    cause: aws,
  })
}

export async function cloudOf(
  context: Context,
  aws: Aws,
  okta: OktaAdmin | undefined,
  clientSecret?: string,
): Promise<Cloud> {
  return {
    aws,
    okta,
    ...(clientSecret !== undefined && { clientSecret }),
    web: createWeb({ signal: context.signal, s3: s3StandIn(context.io.env) }),
    build: await loadEdgeBuild(),
    tool: VERSION,
    sleep: context.sleep,
    pace: aws.endpoint === undefined ? PACE : LOOPBACK_PACE,
    signal: context.signal,
  }
}
